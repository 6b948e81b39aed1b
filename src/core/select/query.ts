/**
 * The metadata query: what a person types to choose images, and what a dataset version freezes.
 *
 *     kind=fluorescence and split!=test        name="plate 3 A01" or cells>20
 *     kind~fluo (contains)                     status in (accepted, proposed) and not organ=lung
 *
 * `not` binds tighter than `and`, `and` tighter than `or`; parentheses group. Words are case-insensitive. A query is
 * plain data once parsed, so that it can be stored, compared and sent.
 */

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
  | { readonly type: "in"; readonly field: string; readonly values: readonly string[] };

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
 */
export function matchesQuery(query: Query, record: QueryRecord): boolean {
  switch (query.type) {
    case "all":
      return true;
    case "and":
      return query.parts.every((part) => matchesQuery(part, record));
    case "or":
      return query.parts.some((part) => matchesQuery(part, record));
    case "not":
      return !matchesQuery(query.part, record);
    case "in": {
      const found = valuesOf(record, query.field);
      return query.values.some((value) => found.some((item) => isEqual(item, value)));
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
const keyword = /^(and|or|not|in)$/i;

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
