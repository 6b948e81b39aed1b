/** Terms that are not shipped: releases a lab installs, and its own terms below known ones. */

import { FoundryError } from "#core/errors.ts";
import { type LocalTermInput, makeLocalTerm, type Term } from "#core/ontology/index.ts";
import { isoTime } from "#platform/index.ts";
import { appendEvent } from "./events.ts";
import * as text from "./sql/terms.ts";
import { inTransaction, type Store } from "./store.ts";
import { resettleWords } from "./term-words.ts";
import type { Agent } from "./types.ts";
import { loadVocabulary } from "./vocabulary.ts";

/** UBERON, CL, MONDO, EFO, GO and Cellosaurus in full are 330,000 terms together. */
const termsMax = 500_000;

export interface InstalledTerms {
  readonly terms: number;
  /** Words of images that mean another term than before. */
  readonly wordsChanged: number;
}

/**
 * Installs a release: its terms replace those of the same sources, and every word of every image is looked up anew.
 *
 * @throws FoundryError `limit.objects` above half a million terms.
 */
export async function installTerms(
  store: Store,
  actor: Agent,
  terms: readonly Term[],
): Promise<InstalledTerms> {
  if (terms.length > termsMax) {
    throw new FoundryError("limit.objects", {
      message: `The file has ${terms.length} terms, more than the ${termsMax} that can be installed.`,
      hint: "Install a slim of the ontology.",
    });
  }
  await inTransaction(store, async (tx) => {
    await tx.sql.query(text.deleteInstalled, [[...new Set(terms.map((term) => term.source))]]);
    const bodies = [...new Map(terms.map((term) => [term.curie, { ...term, installed: true }])).values()];
    for (let from = 0; from < bodies.length; from += 10_000) {
      const page = JSON.stringify(bodies.slice(from, from + 10_000));
      await tx.sql.query(text.upsertTerms, [page, false, actor.id, isoTime(tx.clock)]);
    }
    await tx.sql.query(text.raiseVocabularyVersion);
    const sources = [...new Set(terms.map((term) => `${term.source} ${term.release}`))];
    await appendEvent(tx, actor, {
      verb: "terms.installed",
      entity: "vocabulary",
      entityId: "terms",
      details: { terms: terms.length, sources },
    });
  });
  return { terms: terms.length, wordsChanged: await resettleWords(store) };
}

/**
 * Adds or changes a term of the lab, which must hang below a known one, so that asking for the parent finds it.
 *
 * @throws FoundryError `metadata.invalid` when it has no parent, an unknown one, or is below itself.
 */
export async function addLocalTerm(store: Store, actor: Agent, input: LocalTermInput): Promise<Term> {
  const body = makeLocalTerm(await loadVocabulary(store), input);
  await inTransaction(store, async (tx) => {
    await tx.sql.query(text.upsertTerms, [JSON.stringify([body]), true, actor.id, isoTime(tx.clock)]);
    await tx.sql.query(text.raiseVocabularyVersion);
    const details = { parents: body.parents.map(({ curie }) => curie) };
    await appendEvent(tx, actor, { verb: "term.added", entity: "term", entityId: body.curie, details });
  });
  await resettleWords(store);
  return body;
}

/** Terms of the lab. */
export async function localTerms(store: Store): Promise<Term[]> {
  const rows = await store.sql.query<{ body: Term; isLocal: boolean }>(text.selectTerms);
  return rows.filter(({ isLocal }) => isLocal).map(({ body }) => body);
}
