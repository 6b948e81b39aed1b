/**
 * Features of candidate links: what tells the same cell from a neighbour.
 *
 * All lie near -1..1 and none has units. The judgement of the plain scorer is among them, so that a network starts from
 * what is known without learning.
 */
import { type CandidateWindow, neighbourCount } from "#core/tracking/index.ts";
import { bounded, farness, sureness, type Traits } from "./detection-traits.ts";

export const linkFeatures = [
  "distanceInSteps",
  "distanceInGates",
  "distanceInRadii",
  "gapOfOne",
  "gapOfTwo",
  "areaChange",
  "areaChangeSize",
  "lightChange",
  "lightChangeSize",
  "eccentricityChange",
  "axisChange",
  "contrastChange",
  "skewChange",
  "textureChange",
  "rankAtTarget",
  "rankAtSource",
  "nearestOfBoth",
  "nearerThanRivalOfTarget",
  "nearerThanRivalOfSource",
  "surroundingsDiffer",
  "againstMotionBefore",
  "motionBeforeKnown",
  "againstMotionAfter",
  "motionAfterKnown",
  "plain",
] as const;

/** Of each detection, its mutually nearest link to the frame before and after; -1 for none. */
export interface NearestLinks {
  readonly before: Int32Array;
  readonly after: Int32Array;
  /** Rank of each link among those of its target, and of its source, over the same number of frames; from 0. */
  readonly rankAtTarget: Uint8Array;
  readonly rankAtSource: Uint8Array;
  /** Log of the distance of the nearest rival over its own, at each end; large when there is none. */
  readonly leadAtTarget: Float32Array;
  readonly leadAtSource: Float32Array;
}

const noRival = 3;

export function nearestLinks({ from, to, distancePx, frameOf, scale }: CandidateWindow): NearestLinks {
  const links = from.length;
  const ranked = (end: Int32Array): [Uint8Array, Float32Array] => {
    const [rank, lead] = [new Uint8Array(links), new Float32Array(links).fill(noRival)];
    const groups = new Map<number, number[]>();
    for (let e = 0; e < links; e++) {
      const key = end[e]! * 8 + frameOf[to[e]!]! - frameOf[from[e]!]!;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [e]);
      else group.push(e);
    }
    for (const group of groups.values()) {
      group.sort((a, b) => distancePx[a]! - distancePx[b]! || a - b);
      for (const [k, e] of group.entries()) {
        rank[e] = Math.min(255, k);
        const rival = group[k === 0 ? 1 : 0];
        if (rival === undefined) continue;
        const floor = scale.sigmaPx / 4;
        lead[e] = Math.log((distancePx[rival]! + floor) / (distancePx[e]! + floor));
      }
    }
    return [rank, lead];
  };
  const [rankAtTarget, leadAtTarget] = ranked(to);
  const [rankAtSource, leadAtSource] = ranked(from);
  const [before, after] = [0, 1].map(() => new Int32Array(frameOf.length).fill(-1)) as [
    Int32Array,
    Int32Array,
  ];
  for (let e = 0; e < links; e++) {
    if (rankAtTarget[e] !== 0 || rankAtSource[e] !== 0) continue;
    if (frameOf[to[e]!]! - frameOf[from[e]!]! !== 1) continue;
    before[to[e]!] = e;
    after[from[e]!] = e;
  }
  return { before, after, rankAtTarget, rankAtSource, leadAtTarget, leadAtSource };
}

/** @returns [linkFeatures.length] values of link `e`, in order. @param plain  probability by the plain scorer. */
export function featuresOfLink(
  window: CandidateWindow,
  traits: Traits,
  near: NearestLinks,
  e: number,
  plain: number,
): number[] {
  const { from, to, distancePx, frameOf, scale } = window;
  const [i, j] = [from[e]!, to[e]!];
  const steps = frameOf[j]! - frameOf[i]!;
  const sigma = traits.sigmaPx * Math.sqrt(steps);
  const change = (trait: Float32Array): number => trait[j]! - trait[i]!;
  const areaChange = change(traits.area);
  const lightChange = change(traits.light);
  const [targetRank, sourceRank] = [near.rankAtTarget[e]!, near.rankAtSource[e]!];
  const step = { y: (traits.y[j]! - traits.y[i]!) / steps, x: (traits.x[j]! - traits.x[i]!) / steps };
  const against = (other: number): number => {
    if (other === -1) return 0;
    const [a, b] = [from[other]!, to[other]!];
    const away = Math.hypot(step.y - (traits.y[b]! - traits.y[a]!), step.x - (traits.x[b]! - traits.x[a]!));
    return farness(away / traits.sigmaPx);
  };
  const [motionBefore, motionAfter] = [near.before[i]!, near.after[j]!];
  return [
    farness(distancePx[e]! / sigma),
    bounded(distancePx[e]!, scale.gatePx * Math.sqrt(steps)),
    farness(distancePx[e]! / traits.radiusPx),
    steps === 2 ? 1 : 0,
    steps >= 3 ? 1 : 0,
    bounded(areaChange, 1),
    bounded(Math.abs(areaChange), 6 * scale.areaSpread),
    bounded(lightChange, 1),
    bounded(Math.abs(lightChange), 6 * scale.lightSpread),
    bounded(change(traits.eccentricity), 1),
    bounded(Math.hypot(change(traits.axisCosine), change(traits.axisSine)), 1),
    bounded(change(traits.contrast), 0.5),
    bounded(change(traits.skew), 2),
    bounded(change(traits.texture), 0.2),
    Math.min(1, targetRank / 5),
    Math.min(1, sourceRank / 5),
    targetRank === 0 && sourceRank === 0 ? 1 : 0,
    bounded(near.leadAtTarget[e]!, noRival),
    bounded(near.leadAtSource[e]!, noRival),
    surroundingsDiffer(window, i, j, sigma),
    against(motionBefore),
    motionBefore === -1 ? 0 : 1,
    against(motionAfter),
    motionAfter === -1 ? 0 : 1,
    sureness(plain),
  ];
}

/** Farness of the neighbours of one detection from those of the other, both seen from their own cell; 0 alike. */
export function surroundingsDiffer(
  { frames, frameOf, offsets }: CandidateWindow,
  i: number,
  j: number,
  sigma: number,
): number {
  const [f, g] = [frameOf[i]!, frameOf[j]!];
  const width = 2 * neighbourCount;
  const vectors = (frame: number, at: number): Float32Array =>
    frames[frame]!.neighbours.subarray((at - offsets[frame]!) * width, (at - offsets[frame]! + 1) * width);
  const [a, b] = [vectors(f, i), vectors(g, j)];
  let [sum, seen] = [0, 0];
  // The farthest two of one may be beyond the list of the other.
  for (let k = 0; k < neighbourCount - 2; k++) {
    const [y, x] = [a[2 * k]!, a[2 * k + 1]!];
    if (y === 0 && x === 0) break;
    let least = Infinity;
    for (let m = 0; m < neighbourCount; m++) {
      if (b[2 * m] === 0 && b[2 * m + 1] === 0) break;
      least = Math.min(least, (b[2 * m]! - y) ** 2 + (b[2 * m + 1]! - x) ** 2);
    }
    if (least === Infinity) break;
    sum += farness(Math.sqrt(least) / sigma);
    seen++;
  }
  return seen === 0 ? 0 : sum / seen;
}
