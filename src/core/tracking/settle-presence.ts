/**
 * Chooses among masks that exclude each other before linking, for solvers that only link.
 *
 * Each group of conflicting masks is judged by the links its members could have at best; small groups by trying every
 * way, large ones by taking the best mask first. The exact solver decides together with the links instead.
 */
import type { LinkProblem } from "./link-problem.ts";

/** Members of a group up to which all subsets are tried: 2^12 = 4,096. */
const membersTried = 12;

/**
 * @returns the same problem without optional detections, its candidates' positions in the given one, and who is absent.
 * Cost: O(candidates) plus 2^members for small groups.
 */
export function settlePresence(problem: LinkProblem): {
  readonly problem: LinkProblem;
  readonly links: readonly number[];
  readonly divisions: readonly number[];
  readonly absent: readonly number[];
} {
  const all = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
  const divisionCount = problem.divisionGain.length;
  if (!problem.presence.includes(2))
    return { problem, links: all(problem.from.length), divisions: all(divisionCount), absent: [] };
  const worth = worthOf(problem);
  const presence = problem.presence.slice();
  const absent: number[] = [];
  for (const { members, rivals } of conflictGroups(problem)) {
    const real =
      members.length <= membersTried ? bestSubset(members, rivals, worth) : bestFirst(members, rivals, worth);
    for (const i of members) {
      presence[i] = real.has(i) ? 1 : 0;
      if (!real.has(i)) absent.push(i);
    }
  }
  const isReal = (i: number): boolean => presence[i] === 1;
  const { from, to, divisions: triples } = problem;
  const links = all(from.length).filter((e) => isReal(from[e]) && isReal(to[e]));
  const divisions = all(divisionCount).filter((d) => triples.subarray(3 * d, 3 * d + 3).every(isReal));
  const settled: LinkProblem = {
    ...problem,
    presence,
    from: Int32Array.from(links, (e) => from[e]),
    to: Int32Array.from(links, (e) => to[e]),
    linkGain: Float64Array.from(links, (e) => problem.linkGain[e]),
    divisions: Int32Array.from(divisions.flatMap((d) => [...triples.subarray(3 * d, 3 * d + 3)])),
    divisionGain: Float64Array.from(divisions, (d) => problem.divisionGain[d]),
    conflicts: new Int32Array(0),
  };
  return { problem: settled, links, divisions, absent: absent.sort((a, b) => a - b) };
}

/** What each detection could bring at best: its best way in and out, less its cost. */
function worthOf({
  count,
  from,
  to,
  linkGain,
  divisions,
  divisionGain,
  presenceCost,
}: LinkProblem): Float64Array {
  const [bestIn, bestOut] = [new Float64Array(count), new Float64Array(count)];
  for (let e = 0; e < from.length; e++) {
    bestOut[from[e]] = Math.max(bestOut[from[e]], linkGain[e]);
    bestIn[to[e]] = Math.max(bestIn[to[e]], linkGain[e]);
  }
  for (let d = 0; d < divisionGain.length; d++) {
    const [parent, first, second] = divisions.subarray(3 * d, 3 * d + 3);
    bestOut[parent] = Math.max(bestOut[parent], divisionGain[d]);
    for (const daughter of [first, second])
      bestIn[daughter] = Math.max(bestIn[daughter], divisionGain[d] / 2);
  }
  return Float64Array.from(presenceCost, (own, i) => (bestIn[i] + bestOut[i]) / 2 - own);
}

interface Group {
  readonly members: readonly number[];
  readonly rivals: ReadonlyMap<number, ReadonlySet<number>>;
}

function conflictGroups({ presence, conflicts }: LinkProblem): Group[] {
  const rivals = new Map<number, Set<number>>();
  for (let i = 0; i < presence.length; i++) if (presence[i] === 2) rivals.set(i, new Set());
  for (let p = 0; p < conflicts.length; p += 2) {
    rivals.get(conflicts[p])?.add(conflicts[p + 1]);
    rivals.get(conflicts[p + 1])?.add(conflicts[p]);
  }
  const seen = new Set<number>();
  const groups: Group[] = [];
  for (const start of rivals.keys()) {
    if (seen.has(start)) continue;
    seen.add(start);
    const members = [start];
    for (let k = 0; k < members.length; k++) {
      for (const other of rivals.get(members[k]) ?? []) {
        if (seen.has(other)) continue;
        seen.add(other);
        members.push(other);
      }
    }
    groups.push({ members: members.sort((a, b) => a - b), rivals });
  }
  return groups;
}

function bestSubset(members: readonly number[], rivals: Group["rivals"], worth: Float64Array): Set<number> {
  let [best, bestWorth] = [new Set<number>(), -Infinity];
  for (let bits = 0; bits < 1 << members.length; bits++) {
    const real = new Set(members.filter((_, k) => (bits >> k) & 1));
    const clash = (i: number): boolean => [...(rivals.get(i) ?? [])].some((other) => real.has(other));
    if (!members.every((i) => real.has(i) !== clash(i))) continue;
    const total = [...real].reduce((sum, i) => sum + worth[i], 0);
    if (total > bestWorth) [best, bestWorth] = [real, total];
  }
  return best;
}

function bestFirst(members: readonly number[], rivals: Group["rivals"], worth: Float64Array): Set<number> {
  const real = new Set<number>();
  for (const i of members.toSorted((a, b) => worth[b] - worth[a] || a - b))
    if (![...(rivals.get(i) ?? [])].some((other) => real.has(other))) real.add(i);
  return real;
}
