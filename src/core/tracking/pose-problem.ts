/**
 * From scored candidates to the problem that solvers take: logarithms, what is settled already, and what can never pay.
 */
import type { CandidateWindow } from "./candidates.ts";
import type { LinkProblem } from "./link-problem.ts";
import type { CandidateScores } from "./link-scorer.ts";

/** What stands before solving; arrays by detection of the window. */
export interface Settled {
  /** 1: the origin, or fate, is decided elsewhere (committed, accepted by a person, or outside the region). */
  readonly inTaken: Uint8Array;
  readonly outTaken: Uint8Array;
  /** `Presence`. */
  readonly presence: Uint8Array;
  /** Links, and divisions that imply them, that must not be: `pairKey` of (from, to). */
  readonly forbidden: ReadonlySet<number>;
  /** 1: must not divide. */
  readonly undividing: Uint8Array;
  /** Added to the gain of links and divisions that stand in an earlier solution: changing them must pay. */
  readonly bonus?: (parent: number, daughters: readonly number[], kind: "link" | "division") => number;
}

/** Probabilities are not believed below this; a single score can so never forbid what others want. */
const probabilityFloor = 1e-9;

/**
 * Candidates less likely than this are left out: they could only be chosen where several likelier ones of the same
 * detections are, and they make most of the problem (of a dense movie 3 in 4).
 */
const probabilityMin = 1e-4;

export const pairKey = (from: number, to: number, count: number): number => from * count + to;

const cost = (probability: number): number => -Math.log(Math.max(probabilityFloor, probability));

/** Everything open: the start for a window without history. Detections in conflict are optional. */
export function nothingSettled({
  frameOf,
  frames,
  offsets,
}: CandidateWindow): Settled & { forbidden: Set<number> } {
  const count = frameOf.length;
  const presence = new Uint8Array(count).fill(1);
  for (const [f, frame] of frames.entries())
    for (const at of frame.conflicts ?? []) presence[offsets[f] + at] = 2;
  return {
    inTaken: new Uint8Array(count),
    outTaken: new Uint8Array(count),
    presence,
    forbidden: new Set<number>(),
    undividing: new Uint8Array(count),
  };
}

/** Cost: O(candidates). */
export function poseProblem(
  candidates: CandidateWindow,
  scores: CandidateScores,
  settled: Settled,
): LinkProblem {
  const count = candidates.frameOf.length;
  const { inTaken, outTaken, presence, forbidden, undividing, bonus } = settled;
  const appear = Float64Array.from(scores.appearance, cost);
  const vanish = Float64Array.from(scores.disappearance, cost);
  const stay = Float64Array.from(scores.disappearance, (p) => cost(1 - p));
  const [from, to, linkGain]: [number[], number[], number[]] = [[], [], []];
  const bestOut = new Map<number, number>();
  for (let e = 0; e < candidates.from.length; e++) {
    const [i, j] = [candidates.from[e], candidates.to[e]];
    if (scores.link[e] < probabilityMin || outTaken[i] === 1 || inTaken[j] === 1) continue;
    if (presence[i] === 0 || presence[j] === 0) continue;
    if (forbidden.has(pairKey(i, j, count))) continue;
    const gain = appear[j] + vanish[i] - cost(scores.link[e]) - stay[i] + (bonus?.(i, [j], "link") ?? 0);
    if (!(gain > 0)) continue;
    from.push(i);
    to.push(j);
    linkGain.push(gain);
    if (candidates.divisions.length > 0) bestOut.set(pairKey(i, j, count), gain);
  }
  const [divisions, divisionGain]: [number[], number[]] = [[], []];
  for (let d = 0; d < candidates.divisions.length / 3; d++) {
    const [p, a, b] = candidates.divisions.subarray(3 * d, 3 * d + 3);
    if (scores.division[d] < probabilityMin || undividing[p] === 1) continue;
    if (outTaken[p] === 1 || inTaken[a] === 1 || inTaken[b] === 1) continue;
    if (presence[p] === 0 || presence[a] === 0 || presence[b] === 0) continue;
    if (forbidden.has(pairKey(p, a, count)) || forbidden.has(pairKey(p, b, count))) continue;
    const gain =
      vanish[p] +
      appear[a] +
      appear[b] -
      cost(scores.division[d]) -
      stay[p] +
      (bonus?.(p, [a, b], "division") ?? 0);
    // A division that gains no more than one of its links takes more ways for nothing.
    const link = Math.max(bestOut.get(pairKey(p, a, count)) ?? 0, bestOut.get(pairKey(p, b, count)) ?? 0);
    if (!(gain > link)) continue;
    divisions.push(p, a, b);
    divisionGain.push(gain);
  }
  const conflicts: number[] = [];
  for (const [f, { conflicts: pairs }] of candidates.frames.entries()) {
    for (let k = 0; k < (pairs?.length ?? 0); k += 2) {
      const [a, b] = [candidates.offsets[f] + pairs![k], candidates.offsets[f] + pairs![k + 1]];
      if (presence[a] === 2 && presence[b] === 2) conflicts.push(a, b);
    }
  }
  return {
    count,
    frameOf: candidates.frameOf,
    from: Int32Array.from(from),
    to: Int32Array.from(to),
    linkGain: Float64Array.from(linkGain),
    divisions: Int32Array.from(divisions),
    divisionGain: Float64Array.from(divisionGain),
    presence,
    presenceCost: presenceCosts(candidates, scores.real, presence, appear, vanish),
    conflicts: Int32Array.from(conflicts),
  };
}

function presenceCosts(
  { frames, offsets }: CandidateWindow,
  real: Float32Array | undefined,
  presence: Uint8Array,
  appear: Float64Array,
  vanish: Float64Array,
): Float64Array {
  const costs = new Float64Array(presence.length);
  for (const [f, { priors, labels }] of frames.entries()) {
    for (let i = 0; i < labels.length; i++) {
      const at = offsets[f] + i;
      if (presence[at] !== 2) continue;
      const prior = Math.min(
        1 - probabilityFloor,
        Math.max(probabilityFloor, real?.[at] ?? priors?.[i] ?? 0.5),
      );
      costs[at] = appear[at] + vanish[at] - Math.log(prior / (1 - prior));
    }
  }
  return costs;
}
