/**
 * A metadata query as a condition in SQL, with the meaning `matchesQuery` of core gives it.
 *
 * Everything a person typed goes in as a parameter, field names included. Columns that are numbers or dates are
 * compared as such, so that an index can serve them; all else is text, which compares as a number when both sides are
 * numbers and without regard to case otherwise. Which columns a field stands for is the target's business: a query
 * over facet fields alone is answered from combinations of words, without touching an image.
 */

import { type CompareOperator, matchesQuery, type Query, type TermScope } from "#core/select/index.ts";

/** Condition and the parameters it uses. */
export interface Condition {
  readonly sql: string;
  readonly params: readonly unknown[];
}

export interface Column {
  readonly type: "text" | "integer" | "number" | "date";
  readonly sql: string;
  /** Whether it can be null, which is an empty field. */
  readonly nullable?: boolean;
}

/** A field of which an image has several values out of a few that are known, each under a key. */
export interface ListColumn {
  readonly type: "list";
  readonly values: readonly { readonly key: string; readonly text: string }[];
  /** Condition: the image has a value with one of the keys, a parameter with their list. */
  hasOne(keys: string): string;
  readonly hasAny: string;
}

/** SQL of a field; `bind` turns a value into a parameter. */
export type Target = (field: string, bind: Bind) => Column | ListColumn;
export type Bind = (value: unknown) => string;

export interface CompileOptions {
  /** Number of the first parameter to use. */
  readonly first: number;
  readonly target: Target;
  readonly scope: TermScope;
}

/** @throws FoundryError `query.term` for a term that is not known. */
export function compileQuery(query: Query, { first, target, scope }: CompileOptions): Condition {
  const params: unknown[] = [];
  const bind: Bind = (value) => `$${first + params.push(value) - 1}`;
  const compile = (part: Query): string => {
    switch (part.type) {
      case "all":
        return "true";
      case "and":
      case "or":
        return part.parts.length === 0
          ? String(part.type === "and")
          : `(${part.parts.map(compile).join(` ${part.type} `)})`;
      case "not":
        return `(not ${compile(part.part)})`;
      case "in": {
        const column = target(part.field, bind);
        return `(${part.values.map((value) => compare(column, "=", value, bind)).join(" or ")})`;
      }
      case "under": {
        const curies = part.values.flatMap((value) => [...scope.closure(part.field, value)]);
        const column = target(`${part.field}.term`, bind);
        if (column.type === "list") return isInList(column, (text) => curies.includes(text), bind);
        return `(${asText(column)} = any(${bind([...new Set(curies)])}::text[]))`;
      }
      case "compare":
        return compare(target(part.field, bind), part.operator, part.value, bind);
    }
  };
  return { sql: compile(query), params };
}

/** Decimal numbers as `as_number` of the schema reads them. */
const isNumber = (text: string): boolean =>
  /^\s*[+-]?(\d{1,100}\.?\d{0,100}|\.\d{1,100})([eE][+-]?\d{1,2})?\s*$/.test(text);

const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) && isSameDay(text);
const isSameDay = (text: string): boolean => new Date(text).toISOString().startsWith(text);

function asText({ type, sql, nullable }: Column): string {
  const text = type === "text" ? sql : type === "date" ? `to_char(${sql}, 'YYYY-MM-DD')` : `${sql}::text`;
  return nullable === true ? `coalesce(${text}, '')` : text;
}

/** Images with a value that holds; `text` "" stands for an image with none. */
function isInList(column: ListColumn, holds: (text: string) => boolean, bind: Bind): string {
  const keys = column.values.filter(({ text }) => holds(text)).map(({ key }) => key);
  const some = keys.length === 0 ? "false" : column.hasOne(bind(keys));
  return holds("") ? `(${some} or not ${column.hasAny})` : some;
}

function compare(column: Column | ListColumn, operator: CompareOperator, value: string, bind: Bind): string {
  if (column.type === "list") {
    const positive = operator === "!=" ? "=" : operator === "!~" ? "~" : operator;
    const part: Query = { type: "compare", field: "text", operator: positive, value };
    const found = isInList(column, (text) => matchesQuery(part, { text }), bind);
    return positive === operator ? found : `(not ${found})`;
  }
  switch (operator) {
    case "!=":
      return `(not ${compare(column, "=", value, bind)})`;
    case "~":
      return `(position(lower(${bind(value)}::text) in lower(${asText(column)})) > 0)`;
    case "!~":
      return `(not ${compare(column, "~", value, bind)})`;
    default:
      return ordered(column, operator, value, bind);
  }
}

type Ordering = "=" | "<" | "<=" | ">" | ">=";

function ordered(column: Column, operator: Ordering, value: string, bind: Bind): string {
  const known = column.nullable === true ? ` and ${column.sql} is not null` : "";
  if (column.type === "integer" && isNumber(value))
    return integerOrder(column.sql, operator, Number(value), bind);
  if (column.type === "number" && isNumber(value)) {
    return `(${column.sql} ${operator} ${bind(Number(value))}::double precision${known})`;
  }
  if (column.type === "date" && isDay(value))
    return `(${column.sql} ${operator} ${bind(value)}::date${known})`;
  return textOrder(asText(column), operator, value, bind);
}

/** Against a whole number, so that the index on an integer column serves. */
function integerOrder(sql: string, operator: Ordering, value: number, bind: Bind): string {
  const bound = operator === ">" || operator === "<=" ? Math.floor(value) : Math.ceil(value);
  if (operator === "=" && bound !== value) return "false";
  if (Math.abs(bound) > 2_147_483_647) return String(operator.startsWith(bound > 0 ? "<" : ">"));
  return `(${sql} ${operator} ${bind(bound)}::integer)`;
}

/** A number and a text have no order; an empty field has none with anything. */
function textOrder(text: string, operator: Ordering, value: string, bind: Bind): string {
  if (isNumber(value)) {
    return `coalesce(as_number(${text}) ${operator} ${bind(Number(value))}::double precision, false)`;
  }
  const other = `lower(${bind(value)}::text)`;
  if (operator === "=") return `(lower(${text}) = ${other})`;
  return `(${text} <> '' and as_number(${text}) is null
    and lower(${text}) collate "C" ${operator} ${other} collate "C")`;
}
