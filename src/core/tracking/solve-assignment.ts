/**
 * Linear assignment in two steps (Jaqaman et al. 2008).
 *
 * First the best matching between each frame and the next, which gives pieces of tracks; then one matching of the starts
 * of pieces to what they could come from: the end of an earlier piece (a gap), or the middle of one that divides. Each
 * step is optimal, the whole is not: a division whose daughters were given away in the first step is lost, except where
 * turning a link into a division pays. Matching is by shortest augmenting paths on the sparse candidates.
 */
import { assignPairs, type WeightedPair } from "../metrics/index.ts";
import type { LinkProblem, LinkSolver } from "./link-problem.ts";
import { settlePresence } from "./settle-presence.ts";
import { upgradeLinksInPlace } from "./solve-greedy.ts";

export const assignmentSolver: LinkSolver = {
  name: "assignment",
  solve(asked) {
    const { problem, links, divisions, absent } = settlePresence(asked);
    const chosen = assignInSteps(problem);
    return {
      links: chosen.links.map((e) => links[e]),
      divisions: chosen.divisions.map((d) => divisions[d]),
      absent,
    };
  },
};

/** Cost: that of two sparse assignments. */
function assignInSteps(problem: LinkProblem): { links: number[]; divisions: number[] } {
  const { count, frameOf, from, to, linkGain } = problem;
  const steps = (e: number): number => frameOf[to[e]] - frameOf[from[e]];
  const [wayIn, wayOut] = [new Int32Array(count).fill(-1), new Int32Array(count).fill(-1)];
  const near: number[] = [];
  const gaps: number[] = [];
  for (let e = 0; e < from.length; e++) (steps(e) === 1 ? near : gaps).push(e);
  const pairs = near.map((e) => ({ row: from[e], column: to[e], weight: linkGain[e], candidate: e }));
  for (const e of assign(count, pairs)) {
    wayOut[from[e]] = e;
    wayIn[to[e]] = e;
  }
  closeGapsAndDivide(problem, gaps, wayIn, wayOut);
  upgradeLinksInPlace(problem, wayIn, wayOut);
  const taken = [...new Set(wayOut)].filter((k) => k >= 0).sort((a, b) => a - b);
  return {
    links: taken.filter((k) => k < from.length),
    divisions: taken.filter((k) => k >= from.length).map((k) => k - from.length),
  };
}

interface CandidatePair extends WeightedPair {
  readonly candidate: number;
}

/** Candidates of the best matching. */
function assign(count: number, pairs: readonly CandidatePair[]): number[] {
  const columns = assignPairs(count, count, pairs);
  return pairs.filter(({ row, column }) => columns[row] === column).map(({ candidate }) => candidate);
}

/** Second step: each start of a piece is given an end before a gap, or a parent that loses its plain link. */
function closeGapsAndDivide(
  { count, from, to, linkGain, divisions, divisionGain }: LinkProblem,
  gaps: readonly number[],
  wayIn: Int32Array,
  wayOut: Int32Array,
): void {
  const best = new Map<number, CandidatePair>();
  const offer = (pair: CandidatePair): void => {
    const key = pair.row * count + pair.column;
    if (pair.weight > (best.get(key)?.weight ?? 0)) best.set(key, pair);
  };
  for (const e of gaps)
    if (wayOut[from[e]] === -1 && wayIn[to[e]] === -1)
      offer({ row: from[e], column: to[e], weight: linkGain[e], candidate: e });
  for (let d = 0; d < divisionGain.length; d++) {
    const [parent, first, second] = divisions.subarray(3 * d, 3 * d + 3);
    const link = wayOut[parent];
    if (link === -1) continue;
    const start = wayIn[first] === link ? second : wayIn[second] === link ? first : -1;
    if (start === -1 || wayIn[start] !== -1) continue;
    offer({
      row: parent,
      column: start,
      weight: divisionGain[d] - linkGain[link],
      candidate: from.length + d,
    });
  }
  for (const candidate of assign(count, [...best.values()])) {
    if (candidate < from.length) {
      wayOut[from[candidate]] = candidate;
      wayIn[to[candidate]] = candidate;
      continue;
    }
    const d = candidate - from.length;
    wayOut[divisions[3 * d]] = candidate;
    wayIn[divisions[3 * d + 1]] = candidate;
    wayIn[divisions[3 * d + 2]] = candidate;
  }
}
