/**
 * Facets and the query text are one thing seen twice.
 *
 * Ticking a value edits the query; the ticks are read back out of it. Only the outermost `and` is looked at: what a
 * person typed inside `or` and `not` is kept as it is and simply has no tick.
 */

import { formatQuery, parseQuery, type Query } from "#core/select/index.ts";

/** Ticked values by field, as written in the query. */
export type Chosen = ReadonlyMap<string, readonly string[]>;

/** null when the text is not a query. */
function tryParse(text: string): Query | null {
  try {
    return parseQuery(text);
  } catch {
    return null;
  }
}

export function chosenValues(text: string): Chosen {
  const query = tryParse(text);
  const chosen = new Map<string, string[]>();
  for (const part of query === null ? [] : conjuncts(query)) {
    const tick = tickOf(part);
    if (tick !== null) chosen.set(tick.field, [...(chosen.get(tick.field) ?? []), ...tick.values]);
  }
  return chosen;
}

/** Adds the value to its field, or takes it out; a text that is no query stays as it is. */
export function toggleValue(text: string, field: string, value: string): string {
  const query = tryParse(text);
  if (query === null) return text;
  const before = chosenValues(text).get(field) ?? [];
  const after = before.some((known) => same(known, value))
    ? before.filter((known) => !same(known, value))
    : [...before, value];
  return textOf([...otherParts(query, field), ...ticked(field, after)]);
}

/** The query without the ticks of one field, for counting what else that field could be. */
export function withoutField(text: string, field: string): string {
  const query = tryParse(text);
  return query === null ? text : textOf(otherParts(query, field));
}

function conjuncts(query: Query): readonly Query[] {
  if (query.type === "all") return [];
  return query.type === "and" ? query.parts.flatMap(conjuncts) : [query];
}

function tickOf(part: Query): { field: string; values: readonly string[] } | null {
  if (part.type === "in") return part;
  if (part.type === "compare" && part.operator === "=") return { field: part.field, values: [part.value] };
  return null;
}

function otherParts(query: Query, field: string): Query[] {
  return conjuncts(query).filter((part) => tickOf(part)?.field !== field);
}

function ticked(field: string, values: readonly string[]): Query[] {
  const [only] = values;
  if (only === undefined) return [];
  if (values.length === 1) return [{ type: "compare", field, operator: "=", value: only }];
  return [{ type: "in", field, values }];
}

function textOf(parts: readonly Query[]): string {
  const [only] = parts;
  if (only === undefined) return "";
  return formatQuery(parts.length === 1 ? only : { type: "and", parts });
}

/** Text compares without regard to case, as in the query language. */
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
