/**
 * The licence of a set of images from many sources: at least as strict as the strictest of them.
 *
 * Says in words what may be done with the set and with a model trained on it, where two licences cannot be kept at
 * once, and whom to name. Whether weights are a derivative of the images is disputed; the careful answer is used.
 */

import { bothTerms, type Licence, type LicenceTerms, licenceOf } from "./terms.ts";

export interface LicensedSource {
  readonly title: string;
  /** SPDX name or free text; "unknown" or empty when nobody said. */
  readonly licence: string;
  readonly url: string;
  /** How to cite it; empty when unknown. */
  readonly citation: string;
  readonly images: number;
}

export interface LicenceReport {
  /** Every licence that applies, joined by AND, in order of name; "unknown" for sources without one. */
  readonly expression: string;
  readonly terms: LicenceTerms;
  /** What that means, one sentence each. */
  readonly sentences: string[];
  /** Licences that cannot be kept at once when the set is passed on, one sentence each. */
  readonly conflicts: string[];
  /** Sources by title, each with what must be said of it. */
  readonly attributions: LicensedSource[];
}

const noTerms: LicenceTerms = {
  known: true,
  redistribute: true,
  commercial: true,
  derivative: true,
  attribution: false,
  shareAlike: false,
};

/** Licence of a set made of these sources; of none, that of the public domain. Cost: O(sources). Pure. */
export function combineLicences(sources: readonly LicensedSource[]): LicenceReport {
  const licences = new Map<string, Licence>();
  for (const { licence } of sources) {
    const read = licenceOf(licence);
    licences.set(nameOf(read), read);
  }
  const names = [...licences.keys()].sort();
  const members = names.map((name) => licences.get(name) as Licence);
  const terms = members.reduce((all, { terms }) => bothTerms(all, terms), noTerms);
  const conflicts = conflictsOf(members);
  return {
    expression: names.join(" AND "),
    terms,
    sentences: sentencesOf(terms, members, sources),
    conflicts,
    attributions: [...sources].sort((a, b) => (a.title < b.title ? -1 : a.title > b.title ? 1 : 0)),
  };
}

function nameOf({ spdx, text, terms }: Licence): string {
  if (spdx !== null) return spdx;
  return text === "" || (!terms.known && /^unknown$/i.test(text)) ? "unknown" : text;
}

const namesWhere = (members: readonly Licence[], rule: (terms: LicenceTerms) => boolean): string =>
  members
    .filter(({ terms }) => rule(terms))
    .map(nameOf)
    .join(", ");

function sentencesOf(
  terms: LicenceTerms,
  members: readonly Licence[],
  sources: readonly LicensedSource[],
): string[] {
  const unknown = sources.filter(({ licence }) => !licenceOf(licence).terms.known);
  const unknownImages = unknown.reduce((sum, { images }) => sum + images, 0);
  return [
    terms.known
      ? ""
      : `${unknownImages} images come without a licence that is understood (${unknown.map(({ title }) => title).join(", ")}): the set may be used inside the lab, not passed on.`,
    terms.redistribute || !terms.known
      ? ""
      : `The set may not be passed on (${namesWhere(members, (one) => !one.redistribute)}).`,
    terms.derivative || !terms.redistribute
      ? ""
      : `Changed copies such as crops or corrected labels may not be passed on (${namesWhere(members, (one) => !one.derivative)}).`,
    terms.commercial || !terms.known
      ? ""
      : `Not for commercial use, which holds for models trained on it too (${namesWhere(members, (one) => one.known && !one.commercial)}).`,
    terms.shareAlike
      ? `What is made from the set must carry the same licence (${namesWhere(members, (one) => one.shareAlike)}).`
      : "",
    terms.attribution && terms.known ? "The makers of the images must be named." : "",
    terms.known && terms.redistribute && terms.commercial && terms.derivative && !terms.shareAlike
      ? terms.attribution
        ? "The set and models trained on it may be used and passed on for any purpose."
        : "No conditions: the set and models trained on it may be used and passed on for any purpose."
      : "",
  ].filter((sentence) => sentence !== "");
}

function conflictsOf(members: readonly Licence[]): string[] {
  const conflicts: string[] = [];
  const alike = members.filter(({ terms }) => terms.shareAlike);
  const [first, second] = alike;
  if (first !== undefined && second !== undefined) {
    conflicts.push(
      `${alike.map(nameOf).join(" and ")} each ask that the whole set carry that licence; it cannot carry both, so it may not be passed on as one.`,
    );
  }
  for (const one of alike) {
    const stricter = members.filter(
      ({ terms }) => terms.known && !terms.shareAlike && !terms.commercial && one.terms.commercial,
    );
    if (stricter.length > 0) {
      conflicts.push(
        `${nameOf(one)} asks that the whole set may be used commercially, ${stricter.map(nameOf).join(", ")} forbids it.`,
      );
    }
  }
  const fixed = members.filter(({ terms }) => terms.known && terms.redistribute && !terms.derivative);
  if (fixed.length > 0) {
    conflicts.push(
      `${fixed.map(nameOf).join(", ")} allows no changed copies, and a training set is one: cropped, resampled, with new labels.`,
    );
  }
  return conflicts;
}
