/**
 * A lab's own terms, for what no vocabulary names yet.
 *
 * Each hangs below an existing term, so that asking for the parent finds it and a later move to an official term is one
 * row. The parents must all serve one facet: a term below an organ and a platform would belong to neither.
 */
import { FoundryError } from "../errors.ts";
import { facetNames } from "./facets.ts";
import { nameKey } from "./name-key.ts";
import type { Term, TermParent } from "./term.ts";
import type { Vocabulary } from "./vocabulary.ts";

const localPattern = /^local:[A-Za-z0-9][A-Za-z0-9_-]{0,59}$/;

/** As long as the longest label of the vocabularies that we have seen, twice. */
const labelLengthMax = 300;

const namesMax = 50;

export interface LocalTermInput {
  readonly curie: string;
  readonly label: string;
  readonly parents: readonly TermParent[];
  readonly synonyms?: readonly string[];
}

/**
 * Checks and makes a local term; a term of the same CURIE is meant to be replaced.
 *
 * @throws FoundryError `metadata.invalid` naming what is wrong and, for a known name, the term to use instead.
 */
export function makeLocalTerm(vocabulary: Vocabulary, input: LocalTermInput): Term {
  const { curie } = input;
  const label = input.label.trim();
  const synonyms = (input.synonyms ?? []).map((name) => name.trim()).filter((name) => name !== "");
  if (!localPattern.test(curie)) {
    throw invalid(
      curie,
      `"${curie.slice(0, 80)}" is no name for a local term.`,
      "Write local: and letters, digits, - or _.",
    );
  }
  if (label === "") throw invalid(curie, "A term needs a label.");
  if ([label, ...synonyms].some((name) => name.length > labelLengthMax) || synonyms.length > namesMax) {
    throw invalid(curie, `A term has up to ${namesMax} names of up to ${labelLengthMax} characters.`);
  }
  checkParents(vocabulary, input);
  const facets = facetNames.filter((facet) =>
    input.parents.some((parent) => vocabulary.belongs(facet, parent.curie)),
  );
  for (const facet of facets) {
    const same = vocabulary
      .members(facet)
      .find((term) => term.curie !== curie && nameKey(term.label) === nameKey(label));
    if (same !== undefined) {
      throw invalid(curie, `${same.label} (${same.curie}) has this name already.`, "Use that term.");
    }
  }
  return { curie, label, source: "local", release: "", synonyms, parents: input.parents };
}

function checkParents(vocabulary: Vocabulary, { curie, parents }: LocalTermInput): void {
  if (parents.length === 0) {
    throw invalid(curie, `${curie} has no parent.`, "Name a term that it is a kind of, or a part of.");
  }
  for (const parent of parents) {
    const term = vocabulary.term(parent.curie);
    if (term === undefined) {
      throw invalid(curie, `The parent ${parent.curie} is not known.`, "Search the terms for one that is.");
    }
    if (term.deprecated === true) {
      throw invalid(
        curie,
        `The parent ${term.label} (${term.curie}) is deprecated.`,
        `Use ${term.replacedBy ?? "another one"}.`,
      );
    }
    if (parent.curie === curie || vocabulary.ancestors(parent.curie).includes(curie)) {
      throw invalid(curie, `${curie} would be below itself.`);
    }
  }
  const served = facetNames.filter((facet) =>
    parents.every((parent) => vocabulary.belongs(facet, parent.curie)),
  );
  if (served.length === 0) {
    throw invalid(
      curie,
      "The parents belong to different fields of the metadata, or to none.",
      "Choose parents of one field.",
    );
  }
}

function invalid(curie: string, message: string, hint?: string): FoundryError {
  return new FoundryError("metadata.invalid", {
    message,
    ...(hint === undefined ? {} : { hint }),
    details: { curie: curie.slice(0, 100) },
  });
}
