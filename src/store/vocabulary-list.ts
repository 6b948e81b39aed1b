/** What the vocabulary of a data folder is made of, and the life of a lab's own terms: renamed, merged into a real one. */

import { FoundryError } from "#core/errors.ts";
import {
  curiePrefix,
  type FacetName,
  facetNames,
  shippedTerms,
  type Term,
  termPath,
  termSources,
  type Vocabulary,
} from "#core/ontology/index.ts";
import { isoTime } from "#platform/index.ts";
import { appendEvent } from "./events.ts";
import { localTerms } from "./install-terms.ts";
import * as text from "./sql/terms.ts";
import { inTransaction, type Store } from "./store.ts";
import { redirectChosen, resettleWords } from "./term-words.ts";
import type { Agent } from "./types.ts";
import { loadVocabulary } from "./vocabulary.ts";

export interface TermPlace {
  readonly curie: string;
  readonly label: string;
  /** Labels above it, the widest first. */
  readonly path: readonly string[];
}

interface InstalledSource {
  readonly release: string;
  readonly terms: number;
  readonly at: string;
  readonly agent: string;
}

export interface VocabularySource {
  readonly title: string;
  readonly prefix: string;
  readonly about: string;
  readonly url: string | null;
  readonly licence: string | null;
  readonly licenceVerified: boolean;
  readonly release: string | null;
  readonly shippedTerms: number;
  readonly installed: InstalledSource | null;
}

export interface ListedLocalTerm extends TermPlace {
  readonly synonyms: readonly string[];
  readonly parents: readonly {
    readonly curie: string;
    readonly label: string;
    readonly relation: "isA" | "partOf";
  }[];
  readonly replacedBy: TermPlace | null;
}

export function placeOfTerm(vocabulary: Vocabulary, term: Term): TermPlace {
  const facet = facetOfTerm(vocabulary, term.curie);
  return { curie: term.curie, label: term.label, path: termPath(vocabulary, term.curie, facet) };
}

function facetOfTerm(vocabulary: Vocabulary, curie: string): FacetName | undefined {
  return facetNames.find((facet) => vocabulary.belongs(facet, curie));
}

/** Shipped sources in their order, each with the release installed over it; then sources that were only installed. */
export async function listVocabulary(store: Store): Promise<{
  readonly sources: readonly VocabularySource[];
  readonly local: readonly ListedLocalTerm[];
}> {
  const vocabulary = await loadVocabulary(store);
  const rows = await store.sql.query<InstalledSource & { source: string }>(text.selectInstalledSources);
  const counts = Map.groupBy(shippedTerms(), ({ curie }) => curiePrefix(curie));
  const installedAs = new Map(rows.map(({ source, ...rest }) => [source, rest]));
  const take = (name: string): InstalledSource | null => {
    const found = installedAs.get(name) ?? null;
    installedAs.delete(name);
    return found;
  };
  const shipped = termSources.map((source): VocabularySource => {
    const { title, prefix, about, url, licence, licenceVerified, release } = source;
    const installed = take(title) ?? take(prefix);
    const terms = counts.get(prefix)?.length ?? 0;
    return { title, prefix, about, url, licence, licenceVerified, release, shippedTerms: terms, installed };
  });
  const others = [...installedAs].map(
    ([title, installed]): VocabularySource => ({
      title,
      prefix: title,
      about: "installed from a file",
      url: null,
      licence: null,
      licenceVerified: false,
      release: null,
      shippedTerms: 0,
      installed,
    }),
  );
  const local = (await localTerms(store)).map((term): ListedLocalTerm => {
    const target = term.replacedBy === undefined ? undefined : vocabulary.term(term.replacedBy);
    return {
      ...placeOfTerm(vocabulary, term),
      synonyms: term.synonyms,
      parents: term.parents.map(({ curie, relation }) => ({
        curie,
        relation,
        label: vocabulary.term(curie)?.label ?? curie,
      })),
      replacedBy: target === undefined ? null : placeOfTerm(vocabulary, target),
    };
  });
  return { sources: [...shipped, ...others], local };
}

/**
 * Gives a lab's own term another label; the old one stays as a synonym, so that words that stand for it still do.
 *
 * @throws FoundryError `request.notFound` when it is no term of the lab; `metadata.invalid` for a name that is taken.
 */
export async function renameLocalTerm(
  store: Store,
  actor: Agent,
  { curie, label }: { readonly curie: string; readonly label: string },
): Promise<void> {
  const term = await ownTerm(store, curie);
  const vocabulary = await loadVocabulary(store);
  const facet = facetOfTerm(vocabulary, curie);
  const taken = facet === undefined ? undefined : vocabulary.resolve(facet, label);
  if (taken?.state === "known" && taken.term.curie !== curie) {
    throw new FoundryError("metadata.invalid", {
      message: `${taken.term.label} (${taken.term.curie}) has this name already.`,
      hint: "Merge the two terms, or choose another name.",
    });
  }
  const synonyms = [...new Set([...term.synonyms, term.label])].filter((name) => name !== label);
  await writeLocal(store, actor, { ...term, label, synonyms }, "term.renamed");
}

/**
 * Ends a lab's own term in favour of another: its names mean that one from now on, on every image of every project.
 *
 * @throws FoundryError `request.notFound`; `metadata.invalid` when the other is not known or serves another field.
 */
export async function mergeLocalTerm(
  store: Store,
  actor: Agent,
  { from, into }: { readonly from: string; readonly into: string },
): Promise<void> {
  const term = await ownTerm(store, from);
  const vocabulary = await loadVocabulary(store);
  const facet = facetOfTerm(vocabulary, from);
  const target = vocabulary.term(into);
  if (from === into || target === undefined || facet === undefined || !vocabulary.belongs(facet, into)) {
    throw new FoundryError("metadata.invalid", {
      message: `${term.label} cannot become ${target?.label ?? into}: they do not serve the same field.`,
      hint: "Search for a term of the same field.",
    });
  }
  if (vocabulary.ancestors(into).includes(from)) {
    throw new FoundryError("metadata.invalid", {
      message: `${target.label} lies below ${term.label}, so the two are not the same.`,
      hint: "Choose a term that means the same.",
    });
  }
  await writeLocal(store, actor, { ...term, deprecated: true, replacedBy: into }, "term.merged");
  await redirectChosen(store, from, into);
}

async function ownTerm(store: Store, curie: string): Promise<Term> {
  const term = (await localTerms(store)).find((one) => one.curie === curie && one.deprecated !== true);
  if (term !== undefined) return term;
  throw new FoundryError("request.notFound", { message: `${curie} is not a term of this lab.` });
}

async function writeLocal(store: Store, actor: Agent, body: Term, verb: string): Promise<void> {
  await inTransaction(store, async (tx) => {
    await tx.sql.query(text.upsertTerms, [JSON.stringify([body]), true, actor.id, isoTime(tx.clock)]);
    await tx.sql.query(text.raiseVocabularyVersion);
    const details = {
      label: body.label,
      ...(body.replacedBy === undefined ? {} : { into: body.replacedBy }),
    };
    await appendEvent(tx, actor, { verb, entity: "term", entityId: body.curie, details });
  });
  await resettleWords(store);
}
