/**
 * AOGM and what follows from it: the cost of mending a result until it is the reference (Matula et al. 2015).
 *
 * Detections: split those that hold several references, add the missing, delete the false. Links are compared among
 * detections that found exactly one reference: delete the needless, add the missing (those at a detection that is wrong
 * too), change those that mean something else. TRA, DET and LNK set the cost against that of an empty result.
 */
import { detectionWeights } from "../metrics/index.ts";
import { type MovieMatch, uniqueFinder } from "./movie-match.ts";
import { isParentLink, type ParentLinks } from "./track-forest.ts";

/** Weights of the challenge for deleting a link, adding one, and changing its meaning. */
export const linkWeights = { false: 1, missed: 1.5, changed: 1 } as const;

/** Operations by their published names. */
export interface GraphCounts {
  /** Splits of a detection: references beyond the first of each prediction. */
  readonly NS: number;
  /** Detections to add. */
  readonly FN: number;
  /** Detections to delete. */
  readonly FP: number;
  /** Links to delete. */
  readonly ED: number;
  /** Links to add. */
  readonly EA: number;
  /** Links between parent and daughter that are links of one cell in the reference, or the reverse. */
  readonly EC: number;
  readonly referenceDetections: number;
  readonly predictedDetections: number;
  readonly referenceLinks: number;
  readonly predictedLinks: number;
}

/** @param rule  which links are between parent and daughter. Cost: linear. */
export function countGraphErrors(match: MovieMatch, rule: ParentLinks): GraphCounts {
  const { reference, predicted, foundCount, partner } = match;
  const [truth, result] = [reference.forest, predicted.forest];
  let [NS, FN, FP, ED, EA, EC] = [0, 0, 0, 0, 0, 0];
  let [referenceLinks, predictedLinks] = [0, 0];
  for (const count of foundCount) {
    if (count === 0) FP++;
    else NS += count - 1;
  }
  for (const [to, from] of truth.origin.entries()) {
    if ((match.found[to] as number) < 0) FN++;
    if (from < 0) continue;
    referenceLinks++;
    const [a, b] = [uniqueFinder(match, from), uniqueFinder(match, to)];
    if (a < 0 || b < 0 || result.origin[b] !== a) EA++;
    else if (isParentLink(truth, to, rule) !== isParentLink(result, b, rule)) EC++;
  }
  for (const [to, from] of result.origin.entries()) {
    if (from < 0) continue;
    predictedLinks++;
    const [a, b] = [partner[from] as number, partner[to] as number];
    if (a >= 0 && b >= 0 && truth.origin[b] !== a) ED++;
  }
  const detections = { referenceDetections: truth.frames.length, predictedDetections: result.frames.length };
  return { NS, FN, FP, ED, EA, EC, ...detections, referenceLinks, predictedLinks };
}

export interface GraphScores {
  readonly counts: GraphCounts;
  /** Cost of all operations. */
  readonly aogm: number;
  /** Cost of the reference from nothing. */
  readonly aogmEmpty: number;
  /** 1 minus the normalised cost, 0..1, of everything, of detections, of links; null where the reference has none. */
  readonly tra: number | null;
  readonly det: number | null;
  readonly lnk: number | null;
  /** Of all links and of those found, both ends and the link right: recall (Caliban's association accuracy), precision. */
  readonly linkRecall: number | null;
  readonly linkPrecision: number | null;
}

export function graphScores(counts: GraphCounts): GraphScores {
  const { NS, FN, FP, ED, EA, EC, referenceDetections, referenceLinks, predictedLinks } = counts;
  const detections = detectionWeights.split * NS + detectionWeights.missed * FN + detectionWeights.false * FP;
  const links = linkWeights.false * ED + linkWeights.missed * EA + linkWeights.changed * EC;
  const emptyDetections = detectionWeights.missed * referenceDetections;
  const emptyLinks = linkWeights.missed * referenceLinks;
  const score = (cost: number, empty: number): number | null =>
    empty === 0 ? null : 1 - Math.min(cost, empty) / empty;
  const right = referenceLinks - EA;
  return {
    counts,
    aogm: detections + links,
    aogmEmpty: emptyDetections + emptyLinks,
    tra: score(detections + links, emptyDetections + emptyLinks),
    det: score(detections, emptyDetections),
    lnk: score(links, emptyLinks),
    linkRecall: referenceLinks === 0 ? null : right / referenceLinks,
    linkPrecision: predictedLinks === 0 ? null : right / predictedLinks,
  };
}
