/**
 * What the fields of a query are in SQL, and which of the tables a query needs.
 *
 * Aliases: `c` facet_combination, `k` catalogue, `i` image, `g` image_group. The narrower the tables a condition
 * needs, the quicker the answer; `levelOf` says how far it has to look.
 */

import { imageFacetNames } from "#core/ontology/index.ts";
import { cellsTypeField, type Query } from "#core/select/index.ts";
import type { Bind, Column, ListColumn, Target } from "./compile-query.ts";

/** Fields that are part of a combination; the schema has the same list in `facet_fields()`. */
export const facetFields = ["kind", ...imageFacetNames] as const;

export type FacetField = (typeof facetFields)[number];

const isFacetField = (field: string): boolean => (facetFields as readonly string[]).includes(field);

const rowColumns: Readonly<Record<string, Column>> = {
  id: { type: "text", sql: "k.image_id" },
  cells: { type: "integer", sql: "k.cells" },
  height: { type: "integer", sql: "k.height" },
  width: { type: "integer", sql: "k.width" },
  mpp: { type: "number", sql: "k.mpp", nullable: true },
  imported: { type: "date", sql: "k.imported" },
  group: { type: "text", sql: "g.key" },
  split: { type: "text", sql: "g.role", nullable: true },
};

/** Tables a condition needs: 0 combinations, 1 the catalogue, 2 its groups, 3 the images themselves. */
export type Level = 0 | 1 | 2 | 3;

function levelOfField(field: string): Level {
  const base = field.endsWith(".term") ? field.slice(0, -".term".length) : field;
  if (field === "status" || isFacetField(base)) return 0;
  if (field === "split" || field === "group") return 2;
  if (base === cellsTypeField) return 1;
  return Object.hasOwn(rowColumns, field) ? 1 : 3;
}

export function levelOf(query: Query): Level {
  switch (query.type) {
    case "all":
      return 0;
    case "and":
    case "or":
      return levelOfParts(query.parts);
    case "not":
      return levelOf(query.part);
    case "under":
      return levelOfField(`${query.field}.term`);
    default:
      return levelOfField(query.field);
  }
}

/** Words are read from combinations, or beside other things from the image itself: there is nothing between. */
function levelOfParts(parts: readonly Query[]): Level {
  const levels = parts.filter(({ type }) => type !== "all").map(levelOf);
  const most = Math.max(0, ...levels) as Level;
  return most > 0 && levels.includes(0) ? 3 : most;
}

/** The parts of a query that all must hold. */
export function conjuncts(query: Query): readonly Query[] {
  if (query.type === "all") return [];
  return query.type === "and" ? query.parts.flatMap(conjuncts) : [query];
}

/** Fields of a combination; any other is a mistake of the caller. */
export const combinationTarget: Target = (field, bind) => {
  if (field === "status") return { type: "text", sql: "c.status" };
  return jsonField("c.terms", "c.fields", field, bind);
};

function imageColumn(field: string, bind: Bind): Column {
  if (field === "name") return { type: "text", sql: "i.name" };
  if (field === "status") return { type: "text", sql: "i.status" };
  const column = Object.hasOwn(rowColumns, field) ? rowColumns[field] : undefined;
  if (column !== undefined) return column;
  if (field.endsWith(".bucket")) {
    return {
      type: "text",
      sql: `(i.buckets->>${bind(field.slice(0, -".bucket".length))}::text)`,
      nullable: true,
    };
  }
  return jsonField("i.terms", "i.metadata", field, bind);
}

/** A term that cells of the project bear. */
export interface CellTerm {
  readonly curie: string;
  readonly label: string;
}

/**
 * What the cells of an image are. The words of a query are met with the terms of the project outside the database, so
 * that a label is a label also after a new release of its vocabulary.
 */
function cellsColumn(terms: readonly CellTerm[], ofTerms: boolean): ListColumn {
  const found = (condition: string): string =>
    `(k.image_id IN (SELECT y.image_id FROM typed_cells y WHERE y.project_id = $1${condition}))`;
  return {
    type: "list",
    values: terms.map(({ curie, label }) => ({ key: curie, text: ofTerms ? curie : label })),
    hasOne: (keys) => found(` AND y.terms && ${keys}::text[]`),
    hasAny: found(""),
  };
}

/**
 * Every field, over `k` joined with `i` and `g` as far as the level of the query asks; $1 is the project.
 *
 * @param terms  what cells of the project are.
 */
export const imageTarget =
  (terms: readonly CellTerm[]): Target =>
  (field, bind) =>
    field === cellsTypeField || field === `${cellsTypeField}.term`
      ? cellsColumn(terms, field !== cellsTypeField)
      : imageColumn(field, bind);

function jsonField(terms: string, fields: string, field: string, bind: Bind): Column {
  const sql = field.endsWith(".term")
    ? `(${terms}->>${bind(field.slice(0, -".term".length))}::text)`
    : `(${fields}->>${bind(field)}::text)`;
  return { type: "text", sql, nullable: true };
}
