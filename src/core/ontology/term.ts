/**
 * A term of a vocabulary, as the program holds it.
 *
 * The same shape for shipped terms, terms of an installed release and a lab's own (`local:`) terms, so that search and
 * hierarchy do not care where a term comes from. A term is never a replacement for the words a person wrote: those stay
 * in the metadata, and the CURIE stands beside them.
 */

export type TermRelation = "isA" | "partOf";

export interface TermParent {
  readonly curie: string;
  readonly relation: TermRelation;
}

/** Where a cell line comes from, as CURIEs. The disease is the donor's, not the state of a sample. */
export interface CellLineOrigin {
  readonly species?: string;
  readonly organ?: string;
  readonly disease?: string;
  readonly sex?: string;
  /** Set when the line is known not to be what its name says. */
  readonly problem?: string;
}

export interface Term {
  /** `PREFIX:id`; Cellosaurus alone writes `CVCL_id`. */
  readonly curie: string;
  readonly label: string;
  /** Name of the vocabulary for people: "UBERON", "Cellosaurus", "local". */
  readonly source: string;
  /** Release the label was read from; "" for local terms. */
  readonly release: string;
  /** Names that mean this term and nothing else; a written word may be resolved by them. */
  readonly synonyms: readonly string[];
  readonly parents: readonly TermParent[];
  readonly deprecated?: boolean;
  /** What to use instead of a deprecated term. */
  readonly replacedBy?: string;
  /** Broader, narrower or related names: found by search, never resolved silently. */
  readonly related?: readonly string[];
  /** A remark for people. */
  readonly note?: string;
  readonly origin?: CellLineOrigin;
  /** The same thing under another vocabulary's name. */
  readonly sameAs?: string;
  /** Came from an installed release rather than with the program or from the lab; ranks behind those in search. */
  readonly installed?: boolean;
}
