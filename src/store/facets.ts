/**
 * Facets: how many images and cells each word, term, status, role and group has within a selection. Exact, never
 * estimated.
 *
 * Facet fields and status come from combinations of words, so they cost the same for a thousand images and a million.
 * Roles and groups need one pass over the selected catalogue rows, types of cells one over the selected images that have
 * any; their cells are those of the type, not all of the image. Other metadata fields need the images themselves, so
 * they are asked for apart (`otherFacets`) and counted for selections of up to `otherFieldsMax` images.
 */

import type { Vocabulary } from "#core/ontology/index.ts";
import { cellsTypeField, type Query } from "#core/select/index.ts";
import { findSelection, type ImageFilter } from "./select-images.ts";
import * as text from "./sql/catalogue.ts";
import { conjuncts, facetFields } from "./sql/catalogue-targets.ts";
import type { Store } from "./store.ts";
import { type TermSet, type TermTree, termTree } from "./term-tree.ts";
import type { WordState } from "./term-words.ts";
import { nameOfTerm } from "./type-words.ts";
import { typeCounts } from "./typed-cells.ts";
import type { Facet } from "./types.ts";
import { loadVocabulary } from "./vocabulary.ts";

/** A field with more values is no choice but a list of names. */
const facetValuesMax = 50;

/** Projects with more groups have none to choose by; counting up to here takes a few milliseconds. */
const groupsMax = 500;

/** Reading the metadata of this many images takes about a second on a small machine. */
const otherFieldsMax = 100_000;

/** Up to here other fields come with the facets of a list, without being asked for. */
const otherFieldsInListMax = 5_000;

export interface WordCount {
  readonly word: string;
  readonly curie: string | null;
  readonly state: WordState;
  readonly images: number;
  readonly cells: number;
}

interface FieldCounts {
  readonly field: string;
  /** Most images first. */
  readonly words: readonly WordCount[];
  /** Terms that stand together, of a field of which an image can have several. */
  readonly sets?: readonly TermSet[];
}

export interface FacetCounts {
  readonly images: number;
  readonly cells: number;
  readonly fields: readonly FieldCounts[];
}

interface CountRow extends WordCount {
  readonly field: string;
}

/** Counts of facet fields and status, of roles and of groups, the last when there are few. */
async function facetCounts(store: Store, projectId: string, selection: text.Selection): Promise<FacetCounts> {
  const [rows, split, groups, types] = await Promise.all([
    store.sql.query<CountRow>(text.selectCounts(selection), selection.params),
    splitCounts(store, projectId, selection),
    groupCounts(store, projectId, selection),
    cellTypeCounts(store, projectId, selection),
  ]);
  const total = rows.find(({ field }) => field === "");
  const words = byField([...rows.filter(({ field }) => field !== ""), ...split, ...groups]);
  const fields = types === undefined ? words : [...words, types];
  return { images: total?.images ?? 0, cells: total?.cells ?? 0, fields };
}

/** The counts of one field, from as little as that needs. */
async function fieldCounts(
  store: Store,
  projectId: string,
  selection: text.Selection,
  field: string,
): Promise<FieldCounts | undefined> {
  if (field === cellsTypeField) return cellTypeCounts(store, projectId, selection);
  const read = async (): Promise<CountRow[]> => {
    if (field === "split") return splitCounts(store, projectId, selection);
    if (field === "group") return groupCounts(store, projectId, selection);
    return store.sql.query<CountRow>(text.selectCounts(selection), selection.params);
  };
  return byField(await read()).find((entry) => entry.field === field);
}

function byField(rows: readonly CountRow[]): FieldCounts[] {
  return [...Map.groupBy(rows, ({ field }) => field)].map(([field, counts]) => ({
    field,
    words: counts
      .map(({ field: _, ...count }) => count)
      .sort((a, b) => b.images - a.images || (a.word < b.word ? -1 : 1)),
  }));
}

/** What a list shows beside its first page: the facets, and other fields of a selection that is not large. */
export async function listFacets(
  store: Store,
  projectId: string,
  selection: text.Selection,
): Promise<FacetCounts> {
  const counts = await facetCounts(store, projectId, selection);
  if (counts.images > otherFieldsInListMax) return counts;
  return { ...counts, fields: [...counts.fields, ...byField(await readOtherFields(store, selection))] };
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

/** Groups are for choosing only when there are few: in the project, or in a selection that is not large. */
async function groupCounts(store: Store, projectId: string, selection: text.Selection): Promise<CountRow[]> {
  const [groups] = await store.sql.query<{ count: number }>(text.countGroups, [projectId, groupsMax + 1]);
  if ((groups?.count ?? 0) > groupsMax) return [];
  const params = [...selection.params, facetValuesMax + 1];
  const rows = await store.sql.query<PlainRow>(text.selectGroupCounts(selection), params);
  return rows.length > facetValuesMax ? [] : rows.map(plain("group"));
}

/** What the cells of the selected images are; undefined when no cell has a type. */
async function cellTypeCounts(
  store: Store,
  projectId: string,
  selection: text.Selection,
): Promise<FieldCounts | undefined> {
  const sets = await typeCounts(store, projectId, selection);
  if (sets.length === 0) return undefined;
  const vocabulary = await loadVocabulary(store);
  const sums = new Map<string, { images: number; cells: number }>();
  for (const { terms, images, cells } of sets) {
    for (const term of terms) {
      const sum = sums.get(term) ?? { images: 0, cells: 0 };
      sums.set(term, { images: sum.images + images, cells: sum.cells + cells });
    }
  }
  const words = [...sums].map(
    ([curie, counts]): WordCount => ({
      ...counts,
      word: nameOfTerm(curie, vocabulary),
      curie,
      state: "known",
    }),
  );
  words.sort((a, b) => b.images - a.images || (a.word < b.word ? -1 : 1));
  return { field: cellsTypeField, words, sets };
}

async function readOtherFields(store: Store, selection: text.Selection): Promise<CountRow[]> {
  const params = [...selection.params, facetValuesMax];
  const rows = await store.sql.query<PlainRow & { readonly field: string }>(
    text.selectOtherFields(selection),
    params,
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
}

/**
 * Facets of a query, each counted without the query's own choice in that field, so that its other values stay to
 * choose.
 *
 * @throws FoundryError `query.term` for a term that is not known.
 */
export async function catalogueFacets(store: Store, filter: ImageFilter): Promise<CatalogueFacets> {
  const vocabulary = await loadVocabulary(store);
  const parts = conjuncts(filter.query ?? { type: "all" });
  const chosen = [...new Set(parts.flatMap((part) => chosenField(part) ?? []))];
  const select = (query: Query): Promise<text.Selection> => findSelection(store, { ...filter, query });
  const { projectId } = filter;
  const [whole, ...open] = await Promise.all([
    select({ type: "and", parts }).then((selection) => facetCounts(store, projectId, selection)),
    ...chosen.map(async (field) => {
      const rest = parts.filter((part) => chosenField(part) !== field);
      return fieldCounts(store, projectId, await select({ type: "and", parts: rest }), field);
    }),
  ]);
  const found = new Map(whole.fields.map((entry) => [entry.field, entry]));
  for (const counts of open) if (counts !== undefined) found.set(counts.field, counts);
  const facets = [...found.values()].map((counts) => toCatalogueFacet(counts, vocabulary));
  return { images: whole.images, cells: whole.cells, facets: facets.sort(byRank) };
}

/**
 * The metadata fields that are no facets, each counted under the whole query; null when the selection is too large to
 * read.
 *
 * @throws FoundryError `query.term`.
 */
export async function otherFacets(store: Store, filter: ImageFilter): Promise<CatalogueFacet[] | null> {
  const selection = await findSelection(store, filter);
  if ((await countSelection(store, selection)) > otherFieldsMax) return null;
  const vocabulary = await loadVocabulary(store);
  return byField(await readOtherFields(store, selection))
    .map((counts) => toCatalogueFacet(counts, vocabulary))
    .sort(byRank);
}

/** Number of images of a selection, from counts alone where that can be. */
export async function countSelection(store: Store, selection: text.Selection): Promise<number> {
  const isCounted = selection.row === null && selection.text === null;
  const statement = isCounted ? text.selectCombinationTotal : text.selectTotal;
  const [row] = await store.sql.query<{ images: number }>(statement(selection), selection.params);
  return row?.images ?? 0;
}

function toCatalogueFacet(counts: FieldCounts, vocabulary: Vocabulary): CatalogueFacet {
  const { field, words } = counts;
  const sets = words.map(({ curie, images, cells }) => ({
    terms: curie === null ? [] : [curie],
    images,
    cells,
  }));
  const listed = words.filter(({ curie }) => curie === null);
  return {
    field,
    terms: termTree(counts.sets ?? sets, vocabulary),
    words: listed.slice(0, facetValuesMax),
    moreWords: Math.max(0, listed.length - facetValuesMax),
  };
}

const fieldOrder = [
  "status",
  "split",
  "organ",
  cellsTypeField,
  "cellType",
  "cellLine",
  "species",
  "modality",
  "platform",
];
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
