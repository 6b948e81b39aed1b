/**
 * The vocabulary of this data folder: shipped terms, installed releases, terms of the lab.
 *
 * Read once and kept until the version in the database changes, because building the indexes takes longer than any
 * query that needs them. An installed release replaces the shipped terms it also has.
 */

import {
  buildVocabulary,
  foldReplaced,
  mergeTerms,
  shippedTerms,
  type Term,
  type Vocabulary,
} from "#core/ontology/index.ts";
import * as text from "./sql/terms.ts";
import type { Store } from "./store.ts";

interface Kept {
  readonly version: number;
  readonly vocabulary: Vocabulary;
}

/** By database: a process that opens several folders (tests) keeps them apart. */
const kept = new Map<string, Kept>();

export async function loadVocabulary(store: Store): Promise<Vocabulary> {
  const [state] = await store.sql.query<{ version: number }>(text.selectVocabularyVersion);
  const version = state?.version ?? 0;
  const known = kept.get(store.databaseUrl);
  if (known?.version === version) return known.vocabulary;
  const rows = await store.sql.query<{ body: Term }>(text.selectTerms);
  const merged = mergeTerms(
    shippedTerms(),
    rows.map(({ body }) => body),
  );
  const vocabulary = buildVocabulary(foldReplaced(merged));
  kept.set(store.databaseUrl, { version, vocabulary });
  return vocabulary;
}
