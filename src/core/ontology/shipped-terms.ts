/**
 * The vocabulary that comes with the program: 693 checked terms and a few that hold them together.
 *
 * Data lies as JSON beside this file, one file per vocabulary, made by `scripts/make-ontology.ts`; sources, releases and
 * licences are in `sources.json` and on the attribution page. Parents and origins of cell lines are our own curation.
 */
import { curiePrefix } from "./curie.ts";
import type { FacetName } from "./facets.ts";
import type { CellLineOrigin, Term, TermParent } from "./term.ts";
import ambiguousRows from "./terms/ambiguous.json" with { type: "json" };
import cellosaurus from "./terms/cellosaurus.json" with { type: "json" };
import chmo from "./terms/chmo.json" with { type: "json" };
import cl from "./terms/cl.json" with { type: "json" };
import clo from "./terms/clo.json" with { type: "json" };
import efo from "./terms/efo.json" with { type: "json" };
import extra from "./terms/extra.json" with { type: "json" };
import fbbi from "./terms/fbbi.json" with { type: "json" };
import go from "./terms/go.json" with { type: "json" };
import mondo from "./terms/mondo.json" with { type: "json" };
import ncbitaxon from "./terms/ncbitaxon.json" with { type: "json" };
import obi from "./terms/obi.json" with { type: "json" };
import pato from "./terms/pato.json" with { type: "json" };
import sourceRows from "./terms/sources.json" with { type: "json" };
import uberon from "./terms/uberon.json" with { type: "json" };
import uniprot from "./terms/uniprot.json" with { type: "json" };

interface TermRow {
  readonly curie: string;
  readonly label: string;
  readonly synonyms?: readonly string[];
  readonly note?: string;
  readonly isA?: readonly string[];
  readonly partOf?: readonly string[];
  readonly origin?: CellLineOrigin;
  readonly sameAs?: string;
}

/** A vocabulary we took terms from. */
export interface TermSource {
  readonly key: string;
  /** Of its CURIEs. */
  readonly prefix: string;
  readonly title: string;
  readonly release: string;
  /** SPDX. */
  readonly licence: string;
  /** Whether the licence was read at its origin; otherwise it is what is commonly stated. */
  readonly licenceVerified: boolean;
  readonly url: string;
  readonly about: string;
}

/** A name that several things bear; a person chooses. */
export interface AmbiguousName {
  readonly facet: FacetName;
  readonly names: readonly string[];
  readonly candidates: readonly string[];
  readonly reason: string;
}

export const termSources: readonly TermSource[] = sourceRows;

export const ambiguousNames: readonly AmbiguousName[] = ambiguousRows.map((row) => ({
  ...row,
  facet: row.facet as FacetName,
}));

const checkedRows: readonly TermRow[] = [
  ...uberon,
  ...cl,
  ...cellosaurus,
  ...clo,
  ...ncbitaxon,
  ...fbbi,
  ...obi,
  ...chmo,
  ...efo,
  ...go,
  ...mondo,
  ...pato,
  ...uniprot,
];

/** Rows of the checked table, without the terms we added to hold them together. */
export const checkedTermCount = checkedRows.length;

/** Release of terms that we wrote down ourselves: roots, groups, platforms without a term of their own. */
const handWritten = "added by hand";

const sourceByPrefix = new Map(termSources.map((source) => [source.prefix, source]));

/** All shipped terms, the checked ones first. A new array at each call; the terms themselves are shared and never changed. */
export function shippedTerms(): Term[] {
  return [
    ...checkedRows.map((row) => toTerm(row, sourceByPrefix.get(curiePrefix(row.curie))?.release ?? "")),
    ...(extra satisfies readonly TermRow[]).map((row) => toTerm(row, handWritten)),
  ];
}

function toTerm(row: TermRow, release: string): Term {
  const prefix = curiePrefix(row.curie);
  const parents: TermParent[] = [
    ...(row.isA ?? []).map((curie) => ({ curie, relation: "isA" as const })),
    ...(row.partOf ?? []).map((curie) => ({ curie, relation: "partOf" as const })),
  ];
  return {
    curie: row.curie,
    label: row.label,
    source: sourceByPrefix.get(prefix)?.title ?? prefix,
    release,
    synonyms: row.synonyms ?? [],
    parents,
    ...(row.note === undefined ? {} : { note: row.note }),
    ...(row.origin === undefined ? {} : { origin: row.origin }),
    ...(row.sameAs === undefined ? {} : { sameAs: row.sameAs }),
  };
}
