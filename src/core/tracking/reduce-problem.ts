/**
 * What of a problem can be decided without a solver, and into which independent parts the rest falls.
 *
 * A candidate that gains at least as much as all it could stand in the way of together (the best other candidate of each
 * way it takes) is in some best solution, so it is taken and its rivals go. In a movie that decides nearly everything;
 * what remains falls into small parts, because ways out and ways in are apart and only candidates join them. The
 * result is exact: some optimum of the problem is the decided candidates plus optima of the parts.
 */
import { type LinkProblem, type Ways, waysOf } from "./link-problem.ts";

export interface Reduced {
  /** Candidates decided; links by position, divisions after the links. */
  readonly taken: readonly number[];
  /** Candidates of each independent part, ascending; parts with optional detections hold those too. */
  readonly parts: readonly ProblemPart[];
}

export interface ProblemPart {
  readonly candidates: readonly number[];
  readonly optional: readonly number[];
}

/** Cost: near linear in candidates. */
export function reduceProblem(problem: LinkProblem): Reduced {
  const ways = waysOf(problem);
  const total = problem.linkGain.length + problem.divisionGain.length;
  const live = new Uint8Array(total).fill(1);
  const taken: number[] = [];
  let queue = Array.from({ length: total }, (_, k) => k);
  while (queue.length > 0) {
    const again = new Set<number>();
    for (const k of queue) {
      if (live[k] === 0 || !isDominant(problem, ways, live, k)) continue;
      taken.push(k);
      live[k] = 0;
      for (const [way, i] of waysTaken(problem, ways, k)) {
        for (let p = way.starts[i]; p < way.starts[i + 1]; p++) {
          const rival = way.items[p];
          if (live[rival] === 0) continue;
          live[rival] = 0;
          // Where the rival is gone, others may dominate now.
          for (const [other, j] of waysTaken(problem, ways, rival))
            for (let q = other.starts[j]; q < other.starts[j + 1]; q++)
              if (live[other.items[q]] === 1) again.add(other.items[q]);
        }
      }
    }
    queue = [...again].filter((k) => live[k] === 1).sort((a, b) => a - b);
  }
  return { taken: taken.sort((a, b) => a - b), parts: independentParts(problem, ways, live) };
}

type WayPair = readonly [way: Ways, detection: number];

function waysTaken(problem: LinkProblem, ways: { out: Ways; in: Ways }, k: number): WayPair[] {
  const links = problem.from.length;
  if (k < links)
    return [
      [ways.out, problem.from[k]],
      [ways.in, problem.to[k]],
    ];
  const at = 3 * (k - links);
  return [
    [ways.out, problem.divisions[at]],
    [ways.in, problem.divisions[at + 1]],
    [ways.in, problem.divisions[at + 2]],
  ];
}

export const candidateGain = ({ linkGain, divisionGain }: LinkProblem, k: number): number =>
  k < linkGain.length ? linkGain[k] : divisionGain[k - linkGain.length];

function isDominant(
  problem: LinkProblem,
  ways: { out: Ways; in: Ways },
  live: Uint8Array,
  k: number,
): boolean {
  let left = candidateGain(problem, k);
  for (const [way, i] of waysTaken(problem, ways, k)) {
    // Whether an optional detection is real is decided together with its links.
    if (problem.presence[i] !== 1) return false;
    let rival = 0;
    for (let p = way.starts[i]; p < way.starts[i + 1]; p++) {
      const other = way.items[p];
      if (other !== k && live[other] === 1) rival = Math.max(rival, candidateGain(problem, other));
    }
    left -= rival;
    if (left < 0) return false;
  }
  return true;
}

/** Joins candidates that share a way; an optional detection joins its ways in and out, a conflict its two detections. */
function independentParts(
  problem: LinkProblem,
  ways: { out: Ways; in: Ways },
  live: Uint8Array,
): ProblemPart[] {
  const { count, presence, conflicts } = problem;
  // Nodes: ways out, then ways in.
  const parent = Int32Array.from({ length: 2 * count }, (_, i) => i);
  const find = (i: number): number => {
    let root = i;
    while (parent[root] !== root) root = parent[root];
    for (let at = i; parent[at] !== root; ) [parent[at], at] = [root, parent[at]];
    return root;
  };
  const join = (a: number, b: number): void => {
    const [ra, rb] = [find(a), find(b)];
    parent[Math.max(ra, rb)] = Math.min(ra, rb);
  };
  const node = ([way, i]: WayPair): number => (way === ways.out ? i : count + i);
  for (let k = 0; k < live.length; k++) {
    if (live[k] === 0) continue;
    const [first, ...others] = waysTaken(problem, ways, k).map(node);
    for (const other of others) join(first!, other);
  }
  for (let i = 0; i < count; i++) if (presence[i] === 2) join(i, count + i);
  for (let p = 0; p < conflicts.length; p += 2) join(conflicts[p], conflicts[p + 1]);
  const parts = new Map<number, { candidates: number[]; optional: number[] }>();
  const partOf = (root: number): { candidates: number[]; optional: number[] } => {
    const known = parts.get(root) ?? { candidates: [], optional: [] };
    parts.set(root, known);
    return known;
  };
  for (let k = 0; k < live.length; k++)
    if (live[k] === 1) partOf(find(node(waysTaken(problem, ways, k)[0]!))).candidates.push(k);
  for (let i = 0; i < count; i++) if (presence[i] === 2) partOf(find(i)).optional.push(i);
  return [...parts.values()];
}
