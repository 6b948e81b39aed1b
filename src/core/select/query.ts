/**
 * The metadata query: what a person types to choose images, and what a dataset version freezes.
 *
 *     kind=fluorescence and split!=test        name="plate 3 A01" or cells>20
 *     kind~fluo (contains)                     status in (accepted, proposed) and not organ=lung
 *     organ under epithelium                   cellType under (CL:0000084, "B cell") and mpp<=0.5
 *
 * A field is the text as the source gave it; its ontology term is `organ.term` (a CURIE, "" when there is none), its
 * training bucket `organ.bucket`. What the cells of an image are is `cells.type` (cells-field.ts). `organ under X` holds when the term is X or any descendant by is_a or part_of; X is
 * a CURIE, a label or a synonym.
 *
 * `not` binds tighter than `and`, `and` tighter than `or`; parentheses group. Words are case-insensitive. A query is
 * plain data once parsed, so that it can be stored, compared and sent.
 */

import { assert } from "../errors.ts";

export type CompareOperator = "=" | "!=" | "~" | "!~" | "<" | "<=" | ">" | ">=";

export type Query =
  | { readonly type: "all" }
  | { readonly type: "and" | "or"; readonly parts: readonly Query[] }
  | { readonly type: "not"; readonly part: Query }
  | {
      readonly type: "compare";
      readonly field: string;
      readonly operator: CompareOperator;
      readonly value: string;
    }
  | { readonly type: "in"; readonly field: string; readonly values: readonly string[] }
  /** The field's term is one of these terms or descends from one of them. */
  | { readonly type: "under"; readonly field: string; readonly values: readonly string[] };

/** What a query needs to know of an ontology. */
export interface TermScope {
  /**
   * CURIEs of the term that a text names in a field, and of all its descendants.
   *
   * @throws FoundryError `query.term` when the text names no term, or several.
   */
  closure(field: string, text: string): ReadonlySet<string>;
}

/** Values of one image by field; a field that is missing, null or "" is empty. */
export type QueryRecord = Readonly<
  Record<string, string | number | boolean | null | undefined | readonly string[]>
>;

/**
 * Whether a record answers a query.
 *
 * Text compares without regard to case; `=` and `<` compare as numbers when both sides are numbers, `<` otherwise as
 * text, which orders ISO dates. A field with a list matches when one of its items does. An empty field equals only ""
 * and is never less or greater; `!=`, `!~` are exactly the opposite of `=`, `~`, so they hold for an empty field.
 *
 * @param scope  the ontology; needed by queries with `under` only.
 * @throws FoundryError `query.term` for a term that is not known.
 */
export function matchesQuery(query: Query, record: QueryRecord, scope?: TermScope): boolean {
  switch (query.type) {
    case "all":
      return true;
    case "and":
      return query.parts.every((part) => matchesQuery(part, record, scope));
    case "or":
      return query.parts.some((part) => matchesQuery(part, record, scope));
    case "not":
      return !matchesQuery(query.part, record, scope);
    case "in": {
      const found = valuesOf(record, query.field);
      return query.values.some((value) => found.some((item) => isEqual(item, value)));
    }
    case "under": {
      assert(scope !== undefined, "a query with terms needs an ontology");
      const found = valuesOf(record, `${query.field}.term`);
      const closures = query.values.map((value) => scope.closure(query.field, value));
      return closures.some((closure) => found.some((curie) => closure.has(curie)));
    }
    case "compare":
      return compare(valuesOf(record, query.field), query.operator, query.value);
  }
}

function valuesOf(record: QueryRecord, field: string): readonly string[] {
  const value = Object.hasOwn(record, field) ? record[field] : undefined;
  if (value === null || value === undefined) return [""];
  if (typeof value !== "object") return [String(value)];
  return value.length === 0 ? [""] : value;
}

function compare(found: readonly string[], operator: CompareOperator, value: string): boolean {
  switch (operator) {
    case "=":
      return found.some((item) => isEqual(item, value));
    case "!=":
      return !found.some((item) => isEqual(item, value));
    case "~":
      return found.some((item) => contains(item, value));
    case "!~":
      return !found.some((item) => contains(item, value));
    default:
      return found.some((item) => item !== "" && isOrdered(order(item, value), operator));
  }
}

const contains = (item: string, value: string): boolean => item.toLowerCase().includes(value.toLowerCase());

/** Decimal only, as the catalogue's SQL reads numbers: `0x10` is the name of something, not sixteen. */
const isNumber = (text: string): boolean =>
  /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) && Number.isFinite(Number(text));

function isEqual(a: string, b: string): boolean {
  if (isNumber(a) && isNumber(b)) return Number(a) === Number(b);
  return a.toLowerCase() === b.toLowerCase();
}

/** Negative, zero or positive; `null` when a number meets a text, which have no order. */
function order(a: string, b: string): number | null {
  if (isNumber(a) !== isNumber(b)) return null;
  if (isNumber(a)) return Number(a) - Number(b);
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}

function isOrdered(difference: number | null, operator: "<" | "<=" | ">" | ">="): boolean {
  if (difference === null) return false;
  switch (operator) {
    case "<":
      return difference < 0;
    case "<=":
      return difference <= 0;
    case ">":
      return difference > 0;
    case ">=":
      return difference >= 0;
  }
}

const bareWord = /^[\p{L}\p{N}_.:/+-]+$/u;
const keyword = /^(and|or|not|in|under)$/i;

function quote(text: string): string {
  if (bareWord.test(text) && !keyword.test(text)) return text;
  return `"${text.replace(/["\\]/g, (character) => `\\${character}`)}"`;
}

/** Text of a query, with as few parentheses as its meaning allows; `parseQuery` of it gives the query back. */
export function formatQuery(query: Query): string {
  switch (query.type) {
    case "all":
      return "";
    case "compare":
      return `${quote(query.field)}${query.operator}${quote(query.value)}`;
    case "in":
      return `${quote(query.field)} in (${query.values.map(quote).join(", ")})`;
    case "under": {
      const values = query.values.map(quote).join(", ");
      return `${quote(query.field)} under ${query.values.length === 1 ? values : `(${values})`}`;
    }
    case "not":
      return `not ${formatPart(query.part, true)}`;
    case "and":
    case "or":
      return query.parts
        .map((part) =>
          formatPart(part, part.type === query.type || (query.type === "and" && part.type === "or")),
        )
        .join(` ${query.type} `);
  }
}

function formatPart(query: Query, enclose: boolean): string {
  const text = formatQuery(query);
  return enclose && (query.type === "and" || query.type === "or") ? `(${text})` : text;
}
