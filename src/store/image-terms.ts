/**
 * The ontology terms of images as training needs them: those of the facets, and those of stains.
 *
 * Facets have their terms beside the words already. Stains are words of images and channels that no facet keeps terms of,
 * so each distinct one is looked up when a version is drafted, or when a single image is looked at.
 */
import type { Vocabulary } from "#core/ontology/index.ts";
import * as drafts from "./sql/drafts.ts";
import * as text from "./sql/image-facts.ts";
import type { Store } from "./store.ts";
import { settleWords } from "./term-words.ts";
import { loadVocabulary } from "./vocabulary.ts";

/** As the database has them: one CURIE, or a list for stains. */
export type TermRecord = Readonly<Record<string, string | string[]>>;

/** CURIEs by field, always as lists. */
export const termLists = (record: TermRecord): Readonly<Record<string, string[]>> =>
  Object.fromEntries(Object.entries(record).map(([field, curies]) => [field, [curies].flat()]));

/** A lab has tens of ways to write its stains. */
const stainWordsMax = 1_000;

function stainTerms(words: readonly string[], vocabulary: Vocabulary): { word: string; curie: string }[] {
  return words.flatMap((word) => {
    const resolution = vocabulary.resolve("fluor", word);
    return resolution.state === "known" ? [{ word, curie: resolution.term.curie }] : [];
  });
}

/** Gives the items of this transaction's draft the terms of their stains. Cost: two statements. */
export async function freezeStains(tx: Store): Promise<void> {
  const words = await tx.sql.query<{ word: string }>(drafts.selectStainWords, [stainWordsMax]);
  if (words.length === 0) return;
  const known = stainTerms(
    words.map(({ word }) => word),
    await loadVocabulary(tx),
  );
  if (known.length === 0) return;
  await tx.sql.query(drafts.updateStains, [known.map(({ word }) => word), known.map(({ curie }) => curie)]);
}

/** Terms of an image as they are now, in the form a dataset version freezes: CURIEs by field, `stain` may have several. */
export async function readImageTerms(
  store: Store,
  image: { readonly id: string; readonly projectId: string },
): Promise<Readonly<Record<string, string[]>>> {
  await settleWords(store, image.projectId);
  const [row] = await store.sql.query<{ terms: TermRecord; stains: string[] }>(text.selectImageTerms, [
    image.id,
  ]);
  if (row === undefined) return {};
  const stains = stainTerms(row.stains, await loadVocabulary(store)).map(({ curie }) => curie);
  return termLists(stains.length === 0 ? row.terms : { ...row.terms, stain: [...new Set(stains)].sort() });
}
