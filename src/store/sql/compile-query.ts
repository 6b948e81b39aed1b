/**
 * A metadata query as a condition in SQL, with the meaning `matchesQuery` of core gives it.
 *
 * Everything a person typed goes in as a parameter, field names included. Text compares without regard to case; `=`
 * and `<` compare as numbers when both sides are numbers.
 */

import type { CompareOperator, Query } from "#core/select/index.ts";

/** Condition on image `i` with group_split `g`, and the parameters it uses. */
export interface Condition {
  readonly sql: string;
  readonly params: readonly unknown[];
}

/** Fields of the image itself; every other name is a metadata field. */
const columns: Readonly<Record<string, string>> = {
  id: "i.id",
  name: "i.name",
  status: "i.status",
  cells: "i.cell_count::text",
  group: "i.group_key",
  split: "coalesce(g.role, '')",
  height: "i.height::text",
  width: "i.width::text",
};

/** @param first  number of the first parameter to use. */
export function compileQuery(query: Query, first = 1): Condition {
  const params: unknown[] = [];
  const bind = (value: unknown): string => `$${first + params.push(value) - 1}`;
  return { sql: compile(query, bind), params };
}

type Bind = (value: unknown) => string;

function compile(query: Query, bind: Bind): string {
  switch (query.type) {
    case "all":
      return "true";
    case "and":
    case "or":
      return `(${query.parts.map((part) => compile(part, bind)).join(` ${query.type} `)})`;
    case "not":
      return `(not ${compile(query.part, bind)})`;
    case "in": {
      const field = fieldText(query.field, bind);
      return `(${query.values.map((value) => isEqual(field, value, bind)).join(" or ")})`;
    }
    case "compare":
      return compare(fieldText(query.field, bind), query.operator, query.value, bind);
  }
}

function fieldText(field: string, bind: Bind): string {
  if (Object.hasOwn(columns, field)) return columns[field] as string;
  return `coalesce(i.metadata->>${bind(field)}::text, '')`;
}

function compare(field: string, operator: CompareOperator, value: string, bind: Bind): string {
  switch (operator) {
    case "=":
      return isEqual(field, value, bind);
    case "!=":
      return `(not ${isEqual(field, value, bind)})`;
    case "~":
      return contains(field, value, bind);
    case "!~":
      return `(not ${contains(field, value, bind)})`;
    default:
      return isOrdered(field, operator, value, bind);
  }
}

const lower = (text: string): string => `lower(${text})`;

function isEqual(field: string, value: string, bind: Bind): string {
  const text = `${bind(value)}::text`;
  return `(case when as_number(${field}) is not null and as_number(${text}) is not null
    then as_number(${field}) = as_number(${text}) else ${lower(field)} = ${lower(text)} end)`;
}

function contains(field: string, value: string, bind: Bind): string {
  return `(position(${lower(`${bind(value)}::text`)} in ${lower(field)}) > 0)`;
}

/** A number and a text have no order; an empty field has none with anything. */
function isOrdered(field: string, operator: "<" | "<=" | ">" | ">=", value: string, bind: Bind): string {
  const text = `${bind(value)}::text`;
  return `(${field} <> '' and case
    when (as_number(${field}) is null) <> (as_number(${text}) is null) then false
    when as_number(${field}) is not null then as_number(${field}) ${operator} as_number(${text})
    else ${lower(field)} collate "C" ${operator} ${lower(text)} collate "C" end)`;
}
