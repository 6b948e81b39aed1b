/**
 * Facets, ranges and the query text are one thing seen twice.
 *
 * Ticking a value or a term edits the query; the ticks are read back out of it. Only the outermost `and` is looked at:
 * what a person typed inside `or` and `not` is kept as it is, shown as one chip, and simply has no tick.
 */

import { formatQuery, parseQuery, type Query } from "#core/select/index.ts";

/** Ticked values by field, as written in the query; terms under the key `FIELD under`. */
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
    if (tick !== null) chosen.set(tick.key, [...(chosen.get(tick.key) ?? []), ...tick.values]);
  }
  return chosen;
}

/** Key of a field's terms in {@link Chosen}. */
export const underKey = (field: string): string => `${field} under`;

/** Adds the value to its field, or takes it out; a text that is no query stays as it is. */
export function toggleValue(text: string, field: string, value: string): string {
  return toggle(text, field, value, (values) =>
    values.length === 1
      ? { type: "compare", field, operator: "=", value: values[0] as string }
      : { type: "in", field, values },
  );
}

/** The same for a term with everything below it. */
export function toggleTerm(text: string, field: string, curie: string): string {
  return toggle(text, underKey(field), curie, (values) => ({ type: "under", field, values }));
}

function toggle(
  text: string,
  key: string,
  value: string,
  make: (values: readonly string[]) => Query,
): string {
  const query = tryParse(text);
  if (query === null) return text;
  const before = chosenValues(text).get(key) ?? [];
  const after = before.some((known) => same(known, value))
    ? before.filter((known) => !same(known, value))
    : [...before, value];
  const others = conjuncts(query).filter((part) => tickOf(part)?.key !== key);
  return textOf(after.length === 0 ? others : [...others, make(after)]);
}

export interface Range {
  readonly low: string;
  readonly high: string;
}

/** Bounds of a field in the query; "" where there is none. */
export function rangeOf(text: string, field: string): Range {
  const query = tryParse(text);
  const bound = (operator: string): string => {
    const part = (query === null ? [] : conjuncts(query)).find((one) => isBound(one, field, operator));
    return part?.type === "compare" ? part.value : "";
  };
  return { low: bound(">="), high: bound("<=") };
}

/** Replaces the bounds of a field; "" takes one away. */
export function withRange(text: string, field: string, { low, high }: Range): string {
  const query = tryParse(text);
  if (query === null) return text;
  const others = conjuncts(query).filter(
    (part) => !isBound(part, field, ">=") && !isBound(part, field, "<="),
  );
  const bound = (operator: ">=" | "<=", value: string): Query[] =>
    value === "" ? [] : [{ type: "compare", field, operator, value }];
  return textOf([...others, ...bound(">=", low), ...bound("<=", high)]);
}

const isBound = (part: Query, field: string, operator: string): boolean =>
  part.type === "compare" && part.field === field && part.operator === operator;

export interface Chip {
  readonly text: string;
  /** The query without this part. */
  readonly rest: string;
}

/**
 * The parts of a query that all must hold, one chip each.
 *
 * @param labelOf  name of a term, so that a chip reads "organ under lung".
 */
export function chipsOf(text: string, labelOf: (curie: string) => string | undefined): Chip[] {
  const query = tryParse(text);
  if (query === null) return [];
  const parts = conjuncts(query);
  return parts.map((part, index) => ({
    text: chipText(part, labelOf),
    rest: textOf(parts.filter((_, other) => other !== index)),
  }));
}

function chipText(part: Query, labelOf: (curie: string) => string | undefined): string {
  if (part.type === "under") {
    return `${part.field}: ${part.values.map((value) => labelOf(value) ?? value).join(" or ")}`;
  }
  if (part.type === "in") return `${part.field}: ${part.values.join(" or ")}`;
  if (part.type !== "compare" || part.value === "") return formatQuery(part);
  const sign = { "=": ":", ">=": " at least", "<=": " at most" }[part.operator as string];
  return sign === undefined ? formatQuery(part) : `${part.field}${sign} ${part.value}`;
}

function conjuncts(query: Query): readonly Query[] {
  if (query.type === "all") return [];
  return query.type === "and" ? query.parts.flatMap(conjuncts) : [query];
}

function tickOf(part: Query): { readonly key: string; readonly values: readonly string[] } | null {
  if (part.type === "in") return { key: part.field, values: part.values };
  if (part.type === "under") return { key: underKey(part.field), values: part.values };
  if (part.type === "compare" && part.operator === "=") return { key: part.field, values: [part.value] };
  return null;
}

function textOf(parts: readonly Query[]): string {
  const [only] = parts;
  if (only === undefined) return "";
  return formatQuery(parts.length === 1 ? only : { type: "and", parts });
}

/** Text compares without regard to case, as in the query language. */
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
