/** Limits on ontology files, and what reading one gives. */
import type { Term } from "#core/ontology/index.ts";

export interface OntologyLimits {
  /** Characters of the file. */
  readonly textMax: number;
  readonly termsMax: number;
}

export const defaultOntologyLimits: OntologyLimits = {
  // MONDO as JSON has about 100 MB, Cellosaurus as OBO somewhat less; the runtime's longest string is twice this.
  textMax: 256 * 1024 * 1024,
  // UBERON, CL, MONDO, EFO, GO and Cellosaurus in full have 330,000 together. NCBITaxon (2.7 million) needs a slim.
  termsMax: 500_000,
};

/** Names per term; the richest terms of UBERON have about a hundred. */
export const NAMES_MAX = 1_000;

/** Longer names are definitions in the wrong place. */
export const NAME_LENGTH_MAX = 1_000;

export interface OntologyFile {
  readonly terms: readonly Term[];
  /** What the file calls its version; "" when it does not say. */
  readonly release: string;
  /** What was left out and why, each a sentence. */
  readonly notes: readonly string[];
}

export interface OntologyOptions {
  /** For messages. */
  readonly name: string;
  /** Only terms of these vocabularies, such as `["UBERON"]`; default all. */
  readonly prefixes?: readonly string[];
  /** Name of the release when the file does not say, or to overrule it. */
  readonly release?: string;
  readonly limits?: Partial<OntologyLimits>;
}
