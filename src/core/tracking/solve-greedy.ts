/**
 * Best candidate first: links and divisions in order of gain, each kept when its ways are still free.
 *
 * Then a link becomes a division where that pays, since the greedy order often takes the nearer daughter as the same
 * cell. The fastest solver and the floor for the others.
 */
import type { LinkProblem, LinkSolver } from "./link-problem.ts";
import { settlePresence } from "./settle-presence.ts";

export const greedySolver: LinkSolver = {
  name: "greedy",
  solve(asked) {
    const { problem, links, divisions, absent } = settlePresence(asked);
    const chosen = chooseGreedily(problem);
    return {
      links: chosen.links.map((e) => links[e]),
      divisions: chosen.divisions.map((d) => divisions[d]),
      absent,
    };
  },
};

/** Cost: O(candidates x log). */
function chooseGreedily(problem: LinkProblem): { links: number[]; divisions: number[] } {
  const { count, from, to, linkGain, divisions, divisionGain } = problem;
  const linkCount = from.length;
  const order = Array.from({ length: linkCount + divisionGain.length }, (_, k) => k);
  const gain = (k: number): number => (k < linkCount ? linkGain[k] : divisionGain[k - linkCount]);
  // A division waits for what its parent's better link would gain alone: only what it adds speaks for it.
  const bestOut = new Float64Array(count);
  for (let e = 0; e < linkCount; e++) bestOut[from[e]] = Math.max(bestOut[from[e]], linkGain[e]);
  const rank = (k: number): number =>
    k < linkCount ? gain(k) : gain(k) - bestOut[divisions[3 * (k - linkCount)]];
  order.sort((a, b) => rank(b) - rank(a) || a - b);
  const [wayIn, wayOut] = [new Int32Array(count).fill(-1), new Int32Array(count).fill(-1)];
  for (const k of order) {
    if (k < linkCount) {
      if (wayOut[from[k]] !== -1 || wayIn[to[k]] !== -1) continue;
      wayOut[from[k]] = k;
      wayIn[to[k]] = k;
      continue;
    }
    const [parent, first, second] = divisions.subarray(3 * (k - linkCount), 3 * (k - linkCount) + 3);
    if (wayOut[parent] !== -1 || wayIn[first] !== -1 || wayIn[second] !== -1) continue;
    wayOut[parent] = k;
    wayIn[first] = k;
    wayIn[second] = k;
  }
  upgradeLinksInPlace(problem, wayIn, wayOut);
  const taken = [...new Set(wayOut)].filter((k) => k >= 0).sort((a, b) => a - b);
  return {
    links: taken.filter((k) => k < linkCount),
    divisions: taken.filter((k) => k >= linkCount).map((k) => k - linkCount),
  };
}

/** Turns a link and a daughter without origin into a division where that gains, best first. */
export function upgradeLinksInPlace(problem: LinkProblem, wayIn: Int32Array, wayOut: Int32Array): void {
  const { from, linkGain, divisions, divisionGain } = problem;
  const linkCount = from.length;
  const upgrades: { d: number; gain: number }[] = [];
  const gainNow = (d: number): number => {
    const [parent, first, second] = divisions.subarray(3 * d, 3 * d + 3);
    const link = wayOut[parent];
    if (link >= linkCount) return 0;
    // The way in of a daughter is free, or taken by the very link that is given up.
    const open = (daughter: number): boolean =>
      wayIn[daughter] === -1 || (link !== -1 && wayIn[daughter] === link);
    if (!open(first) || !open(second)) return 0;
    return divisionGain[d] - (link === -1 ? 0 : linkGain[link]);
  };
  for (let d = 0; d < divisionGain.length; d++) {
    const gain = gainNow(d);
    if (gain > 0) upgrades.push({ d, gain });
  }
  upgrades.sort((a, b) => b.gain - a.gain || a.d - b.d);
  for (const { d } of upgrades) {
    if (gainNow(d) <= 0) continue;
    const [parent, first, second] = divisions.subarray(3 * d, 3 * d + 3);
    const link = wayOut[parent];
    if (link !== -1) wayIn[problem.to[link]] = -1;
    wayOut[parent] = linkCount + d;
    wayIn[first] = linkCount + d;
    wayIn[second] = linkCount + d;
  }
}
