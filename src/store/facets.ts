/**
 * Facets: how many images and cells each word, term, status, role and group has within a selection. Exact, never
 * estimated.
 *
 * Facet fields and status come from combinations of words, so they cost the same for a thousand images and a million.
 * Roles and groups need one pass over the selected catalogue rows. Other metadata fields need the images themselves and
 * are counted for selections of up to `otherFieldsMax` images; above it `hasOtherFields` is false.
 */

import type { Query } from "#core/select/index.ts";
import { type ImageFilter, selectImages } from "./select-images.ts";
import * as text from "./sql/catalogue.ts";
import { conjuncts, facetFields } from "./sql/catalogue-targets.ts";
import type { Store } from "./store.ts";
import { type TermTree, termTree } from "./term-tree.ts";
import { settledScope, type WordState } from "./term-words.ts";
import type { Facet } from "./types.ts";
import { loadVocabulary } from "./vocabulary.ts";

/** A field with more values is no choice but a list of names. */
const facetValuesMax = 50;

/** Reading this many rows of metadata takes about a second on a small machine. */
const otherFieldsMax = 50_000;

export interface WordCount {
  readonly word: string;
  readonly curie: string | null;
  readonly state: WordState;
  readonly images: number;
  readonly cells: number;
}

export interface FieldCounts {
  readonly field: string;
  /** Most images first. */
  readonly words: readonly WordCount[];
}

export interface FacetCounts {
  readonly images: number;
  readonly cells: number;
  readonly fields: readonly FieldCounts[];
  /** Whether metadata fields that are no facets were counted too. */
  readonly hasOtherFields: boolean;
}

interface CountRow extends WordCount {
  readonly field: string;
}

export async function facetCounts(
  store: Store,
  projectId: string,
  selection: text.Selection,
): Promise<FacetCounts> {
  const [rows, split] = await Promise.all([
    store.sql.query<CountRow>(text.selectCounts(selection), selection.params),
    splitCounts(store, projectId, selection),
  ]);
  const total = rows.find(({ field }) => field === "");
  const images = total?.images ?? 0;
  const small = images <= otherFieldsMax;
  const groups = await groupCounts(store, projectId, selection, small);
  const others = small ? await otherFields(store, selection) : [];
  const all = [...rows.filter(({ field }) => field !== ""), ...split, ...groups, ...others];
  const fields = [...Map.groupBy(all, ({ field }) => field)].map(([field, counts]) => ({
    field,
    words: counts
      .map(({ field: _, ...count }) => count)
      .sort((a, b) => b.images - a.images || (a.word < b.word ? -1 : 1)),
  }));
  return { images, cells: total?.cells ?? 0, fields, hasOtherFields: small };
}

type PlainRow = { readonly word: string; readonly images: number; readonly cells: number };

const plain =
  (field: string) =>
  (row: PlainRow): CountRow => ({ ...row, field, curie: null, state: "plain" });

async function splitCounts(store: Store, projectId: string, selection: text.Selection): Promise<CountRow[]> {
  const [roles] = await store.sql.query<{ found: boolean }>(text.hasRoles, [projectId]);
  if (roles?.found !== true) return [];
  const rows = await store.sql.query<PlainRow>(text.selectSplitCounts(selection), selection.params);
  return rows.filter(({ word }) => word !== "").map(plain("split"));
}

/** A group that stands for one image each is nothing to choose by: skipped when a project has too many. */
async function groupCounts(
  store: Store,
  projectId: string,
  selection: text.Selection,
  small: boolean,
): Promise<CountRow[]> {
  if (!small) {
    const [groups] = await store.sql.query<{ count: number }>(text.countGroups, [
      projectId,
      facetValuesMax + 1,
    ]);
    if ((groups?.count ?? 0) > facetValuesMax) return [];
  }
  const rows = await store.sql.query<PlainRow>(text.selectGroupCounts(selection), [
    ...selection.params,
    facetValuesMax + 1,
  ]);
  return rows.length > facetValuesMax ? [] : rows.map(plain("group"));
}

async function otherFields(store: Store, selection: text.Selection): Promise<CountRow[]> {
  const rows = await store.sql.query<PlainRow & { readonly field: string }>(
    text.selectOtherFields(selection),
    [...selection.params, facetValuesMax],
  );
  return rows.map((row) => plain(row.field)(row));
}

/** First in a list of facets, when the images have them; others follow by name. */
const facetOrder = ["kind", "status", "split", "group"];

/** Facets as words with their number of images, for fields of at most 50 words. */
export function toFlatFacets({ fields }: FacetCounts): Facet[] {
  const rank = (field: string): number => {
    const position = facetOrder.indexOf(field);
    return position < 0 ? facetOrder.length : position;
  };
  return fields
    .filter(({ words }) => words.length <= facetValuesMax)
    .map(({ field, words }) => ({
      field,
      values: words.map(({ word, images }) => ({ value: word, count: images })),
    }))
    .sort((a, b) => rank(a.field) - rank(b.field) || (a.field < b.field ? -1 : 1));
}

export interface CatalogueFacet {
  readonly field: string;
  /** Terms with their descendants counted in; empty for a field without vocabulary. */
  readonly terms: TermTree;
  /** Words as written, most images first, at most 50; for a field with vocabulary those without a term. */
  readonly words: readonly WordCount[];
  /** Number of words beyond those listed. */
  readonly moreWords: number;
}

export interface CatalogueFacets {
  readonly images: number;
  readonly cells: number;
  readonly facets: readonly CatalogueFacet[];
  readonly hasOtherFields: boolean;
}

/**
 * Facets of a query, each counted without the query's own choice in that field, so that its other values stay to
 * choose.
 *
 * @throws FoundryError `query.term` for a term that is not known.
 */
export async function catalogueFacets(store: Store, filter: ImageFilter): Promise<CatalogueFacets> {
  const scope = await settledScope(store, filter.projectId);
  const vocabulary = await loadVocabulary(store);
  const parts = conjuncts(filter.query ?? { type: "all" });
  const chosen = [...new Set(parts.flatMap((part) => chosenField(part) ?? []))];
  const count = (query: Query): Promise<FacetCounts> =>
    facetCounts(store, filter.projectId, selectImages({ ...filter, query }, scope));
  const [whole, ...without] = await Promise.all([
    count({ type: "and", parts }),
    ...chosen.map((field) =>
      count({ type: "and", parts: parts.filter((part) => chosenField(part) !== field) }),
    ),
  ]);
  const byField = new Map(whole.fields.map((entry) => [entry.field, entry]));
  for (const [i, field] of chosen.entries()) {
    const open = without[i]?.fields.find((entry) => entry.field === field);
    if (open !== undefined) byField.set(field, open);
  }
  const facets = [...byField.values()].map(({ field, words }): CatalogueFacet => {
    const listed = words.filter(({ curie }) => curie === null);
    return {
      field,
      terms: termTree(words, vocabulary),
      words: listed.slice(0, facetValuesMax),
      moreWords: Math.max(0, listed.length - facetValuesMax),
    };
  });
  const { images, cells, hasOtherFields } = whole;
  return { images, cells, hasOtherFields, facets: facets.sort(byRank) };
}

const fieldOrder = ["status", "split", "organ", "cellType", "cellLine", "species", "modality", "platform"];
const facetRank = (field: string): number => {
  const known = [...fieldOrder, ...facetFields.filter((name) => !fieldOrder.includes(name)), "group"];
  const position = known.indexOf(field);
  return position < 0 ? known.length : position;
};
const byRank = (a: CatalogueFacet, b: CatalogueFacet): number =>
  facetRank(a.field) - facetRank(b.field) || (a.field < b.field ? -1 : 1);

/** Field of a part that a facet panel would show as ticks; undefined for anything else a person typed. */
function chosenField(part: Query): string | undefined {
  if (part.type === "under" || part.type === "in") return part.field.replace(/\.term$/, "");
  if (part.type === "compare" && part.operator === "=") return part.field.replace(/\.term$/, "");
  return undefined;
}
