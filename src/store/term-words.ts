/**
 * What the words of metadata mean: each distinct word of a field is looked up once per project.
 *
 * The word itself is never changed. Writers call `prepareWords` before they write, so that an image has its terms from
 * the start; readers call `settledScope`, which also looks up words of writers that did not. A person's choice for an
 * ambiguous word ("H9") holds for every image of the project that uses it, and no later release takes it back.
 */

import { FoundryError } from "#core/errors.ts";
import { isFacetName, type Term, trainingBucket, type Vocabulary } from "#core/ontology/index.ts";
import { type TermScope, termScope } from "#core/select/index.ts";
import { appendEvent } from "./events.ts";
import { type CellTerm, facetFields } from "./sql/catalogue-targets.ts";
import * as text from "./sql/terms.ts";
import { inTransaction, type Store } from "./store.ts";
import { settledCellTerms } from "./typed-cells.ts";
import type { Agent } from "./types.ts";
import { loadVocabulary } from "./vocabulary.ts";

export type WordState = "new" | "known" | "chosen" | "ambiguous" | "unknown" | "plain";

interface WordRow {
  readonly id: number;
  readonly field: string;
  readonly word: string;
  readonly curie: string | null;
  /** Training bucket of the term. */
  readonly bucket: string | null;
  readonly state: WordState;
}

/** Images whose terms follow a changed word per transaction: short enough that nobody waits for it. */
const imagesPerStep = 5_000;

type Meaning = Pick<WordRow, "curie" | "bucket" | "state">;

/** What metadata means, field by field: terms where known, and the fields whose words stand for none. */
export function resolveTerms(
  metadata: Readonly<Record<string, string | undefined>>,
  vocabulary: Vocabulary,
): { readonly terms: Record<string, string>; readonly needed: string[] } {
  const terms: Record<string, string> = {};
  const needed: string[] = [];
  for (const field of facetFields) {
    const word = metadata[field];
    if (word === undefined || word === "" || !isFacetName(field)) continue;
    const { curie } = meaningOf(field, word, vocabulary);
    if (curie === null) needed.push(field);
    else terms[field] = curie;
  }
  return { terms, needed };
}

function meaningOf(field: string, word: string, vocabulary: Vocabulary): Meaning {
  if (!isFacetName(field)) return { curie: null, bucket: null, state: "plain" };
  const resolution = vocabulary.resolve(field, word);
  if (resolution.state !== "known") return { curie: null, bucket: null, state: resolution.state };
  const { curie } = resolution.term;
  return { curie, bucket: trainingBucket(field, curie, vocabulary), state: "known" };
}

/** Looks up the words of metadata that is about to be written; cheap when all are known. */
export async function prepareWords(
  store: Store,
  projectId: string,
  list: readonly Readonly<Record<string, string | undefined>>[],
): Promise<void> {
  const words = new Map<string, { field: string; word: string }>();
  for (const metadata of list) {
    for (const field of facetFields) {
      const word = metadata[field];
      if (word !== undefined && word !== "") words.set(`${field} ${word}`, { field, word });
    }
  }
  if (words.size === 0) return;
  const all = [...words.values()];
  const missing = await store.sql.query<{ field: string; word: string }>(text.selectMissingWords, [
    projectId,
    all.map(({ field }) => field),
    all.map(({ word }) => word),
  ]);
  if (missing.length === 0) return;
  const vocabulary = await loadVocabulary(store);
  const meanings = missing.map(({ field, word }) => meaningOf(field, word, vocabulary));
  await store.sql.query(text.insertWords, [
    projectId,
    missing.map(({ field }) => field),
    missing.map(({ word }) => word),
    meanings.map(({ curie }) => curie),
    meanings.map(({ bucket }) => bucket),
    meanings.map(({ state }) => state),
  ]);
}

/** What a query of a project needs to know besides its images. */
export interface QueryScope extends TermScope {
  /** Terms of the cells of its images. */
  readonly cellTerms: readonly CellTerm[];
}

/**
 * The ontology for queries of a project, after every word of its images has been looked up and every type of a cell
 * counted.
 */
export async function settledScope(store: Store, projectId: string): Promise<QueryScope> {
  const vocabulary = await loadVocabulary(store);
  await settleWords(store, projectId);
  return { ...termScope(vocabulary), cellTerms: await settledCellTerms(store, projectId, vocabulary) };
}

/** Looks up words that came in without it, and ends what an interrupted change of meanings left. */
export async function settleWords(store: Store, projectId: string): Promise<void> {
  const fresh = await store.sql.query<WordRow>(text.selectNewWords, [projectId]);
  const [stale] =
    fresh.length > 0 ? [{ found: true }] : await store.sql.query<{ found: boolean }>(text.hasStale);
  if (stale?.found !== true) return;
  const vocabulary = await loadVocabulary(store);
  await changeMeanings(
    store,
    fresh.map((row) => ({ ...row, ...meaningOf(row.field, row.word, vocabulary) })),
  );
}

/** After a change of the vocabulary: every word that no person has decided. Returns how many mean something else. */
export async function resettleWords(store: Store): Promise<number> {
  const vocabulary = await loadVocabulary(store);
  const rows = await store.sql.query<WordRow>(text.selectAllWords);
  const changed = rows.flatMap((row) => {
    const meaning = meaningOf(row.field, row.word, vocabulary);
    const same = meaning.curie === row.curie && meaning.bucket === row.bucket && meaning.state === row.state;
    return same ? [] : [{ ...row, ...meaning }];
  });
  await changeMeanings(store, changed);
  return changed.length;
}

/** After a merge of terms: words for which a person chose the one that is gone now stand for the other. */
export async function redirectChosen(store: Store, from: string, into: string): Promise<void> {
  const vocabulary = await loadVocabulary(store);
  const rows = await store.sql.query<WordRow>(text.selectChosenWords, [from]);
  await changeMeanings(
    store,
    rows.map((row) => ({
      ...row,
      curie: into,
      bucket: isFacetName(row.field) ? trainingBucket(row.field, into, vocabulary) : null,
    })),
  );
}

/**
 * First the words and their combinations, alone; then the images, in steps. A crash between leaves combinations
 * marked stale, which the next reader finishes.
 */
async function changeMeanings(store: Store, rows: readonly WordRow[]): Promise<void> {
  if (rows.length > 0) {
    await inTransaction(store, async (tx) => {
      await tx.sql.query(text.lockMeanings);
      await tx.sql.query(text.updateWords, [
        rows.map(({ id }) => id),
        rows.map(({ curie }) => curie),
        rows.map(({ bucket }) => bucket),
        rows.map(({ state }) => state),
      ]);
      await tx.sql.query(text.followWords, [rows.map(({ id }) => id)]);
    });
  }
  for (;;) {
    const done = await store.sql.query(text.followStaleImages, [imagesPerStep]);
    if (done.length < imagesPerStep) break;
  }
  await store.sql.query(text.clearStale);
}

export interface WordWithoutTerm {
  readonly field: string;
  readonly word: string;
  readonly images: number;
  readonly state: "ambiguous" | "unknown";
  /** Terms it may mean, or the nearest ones. */
  readonly candidates: readonly { readonly curie: string; readonly label: string }[];
}

/** A person works through tens of words, not thousands. */
const wordsShownMax = 200;

/** Words of a project that need a term, most used first. */
export async function wordsWithoutTerm(store: Store, projectId: string): Promise<WordWithoutTerm[]> {
  await settleWords(store, projectId);
  const vocabulary = await loadVocabulary(store);
  const rows = await store.sql.query<{ field: string; word: string; state: WordState; images: number }>(
    text.selectWordsWithoutTerm,
    [projectId, wordsShownMax],
  );
  return rows.flatMap(({ field, word, images }) => {
    if (!isFacetName(field)) return [];
    const resolution = vocabulary.resolve(field, word);
    const candidates: readonly Term[] =
      resolution.state === "ambiguous"
        ? resolution.candidates
        : resolution.state === "unknown"
          ? resolution.nearest
          : [resolution.term];
    const state = resolution.state === "ambiguous" ? "ambiguous" : "unknown";
    return [
      { field, word, images, state, candidates: candidates.map(({ curie, label }) => ({ curie, label })) },
    ];
  });
}

/**
 * Says what a word means in a project, for all of its images; null takes a choice back.
 *
 * @throws FoundryError `metadata.invalid` when the field does not accept the term; `request.notFound` when no image
 *         of the project uses the word.
 */
export async function chooseTerm(
  store: Store,
  actor: Agent,
  choice: {
    readonly projectId: string;
    readonly field: string;
    readonly word: string;
    readonly curie: string | null;
  },
): Promise<void> {
  const { projectId, field, word, curie } = choice;
  const vocabulary = await loadVocabulary(store);
  if (!isFacetName(field) || (curie !== null && !vocabulary.belongs(field, curie))) {
    throw new FoundryError("metadata.invalid", {
      message: `${curie ?? "That"} is not a term of the field "${field}".`,
      hint: "Search the terms of this field.",
    });
  }
  const rows = await store.sql.query<WordRow>(text.selectWordsLike, [projectId, field, word]);
  if (rows.length === 0) {
    throw new FoundryError("request.notFound", { message: `No image has the ${field} "${word}".` });
  }
  const meaning = (row: WordRow): Meaning =>
    curie === null
      ? meaningOf(field, row.word, vocabulary)
      : { curie, bucket: trainingBucket(field, curie, vocabulary), state: "chosen" };
  await changeMeanings(
    store,
    rows.map((row) => ({ ...row, ...meaning(row) })),
  );
  await appendEvent(store, actor, {
    verb: "word.chosen",
    entity: "project",
    entityId: projectId,
    details: { field, word, curie },
  });
}
