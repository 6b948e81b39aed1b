/**
 * Features of candidate divisions: what tells two daughters from a cell and its neighbour, or from a cell cut in two.
 *
 * Symmetric in the daughters, so that no network has to learn that their order means nothing.
 */
import type { CandidateWindow } from "#core/tracking/index.ts";
import { bounded, farness, sureness, type Traits } from "./detection-traits.ts";

export const divisionFeatures = [
  "middleInSteps",
  "middleInRadii",
  "apartInRadii",
  "opposite",
  "distanceBalance",
  "areasDiffer",
  "areasTogether",
  "largerAgainstParent",
  "lightsDiffer",
  "lightChange",
  "parentEccentricity",
  "partAcrossParentAxis",
  "daughtersAcross",
  "eccentricitiesDiffer",
  "rankAtParent",
  "plain",
] as const;

const bySum = (a: number, b: number): number => Math.log((Math.exp(a) + Math.exp(b)) / 2);

/** @param rank  among the parent's divisions by how near the middle lies, from 0. @param plain  probability. */
export function featuresOfDivision(
  { divisions }: CandidateWindow,
  traits: Traits,
  d: number,
  rank: number,
  plain: number,
): number[] {
  const [p, a, b] = [divisions[3 * d]!, divisions[3 * d + 1]!, divisions[3 * d + 2]!];
  const arm = (daughter: number): { y: number; x: number; length: number } => {
    const [y, x] = [traits.y[daughter]! - traits.y[p]!, traits.x[daughter]! - traits.x[p]!];
    return { y, x, length: Math.hypot(y, x) };
  };
  const [first, second] = [arm(a), arm(b)];
  const lengths = first.length * second.length;
  const opposite = lengths === 0 ? 0 : (first.y * second.y + first.x * second.x) / lengths;
  const middle = Math.hypot(first.y + second.y, first.x + second.x) / 2;
  const [dy, dx] = [second.y - first.y, second.x - first.x];
  const apart = Math.hypot(dy, dx);
  const [area, light] = [traits.area, traits.light];
  // Twice the angle between the daughters, as cosine and sine: 1 along a long axis, -1 across it.
  const double = apart === 0 ? [0, 0] : [(dx * dx - dy * dy) / apart ** 2, (2 * dy * dx) / apart ** 2];
  const along = (at: number): number =>
    traits.axisCosine[at]! * double[0]! + traits.axisSine[at]! * double[1]!;
  return [
    farness(middle / traits.sigmaPx),
    farness(middle / traits.radiusPx),
    farness(apart / traits.radiusPx),
    opposite,
    bounded(Math.abs(first.length - second.length), Math.max(apart, 1e-6)),
    bounded(Math.abs(area[a]! - area[b]!), 1),
    bounded(traits.hasArea ? bySum(area[a]!, area[b]!) + Math.LN2 - area[p]! : 0, 1),
    bounded(Math.max(area[a]!, area[b]!) - area[p]!, 1),
    bounded(Math.abs(light[a]! - light[b]!), 1),
    bounded((light[a]! + light[b]!) / 2 - light[p]!, 1),
    traits.eccentricity[p]!,
    along(p),
    (along(a) + along(b)) / 2,
    Math.abs(traits.eccentricity[a]! - traits.eccentricity[b]!),
    Math.min(1, rank / 5),
    sureness(plain),
  ];
}
