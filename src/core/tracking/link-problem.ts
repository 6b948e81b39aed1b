/**
 * The choice among candidates as an optimisation problem, and what makes a choice a lineage.
 *
 * Each detection has one way in (from an earlier detection, or as a daughter) and one way out (to a later detection, or
 * into a division); a link takes one way out and one way in, a division one way out and two ways in. Gains are minus
 * the logarithm of probabilities, relative to a solution in which every detection appears and vanishes; a choice that
 * gains nothing is no candidate. Where masks exclude each other, detections are optional: at most one of each pair is
 * real, and each is real or excluded by one that is. Formulation: Türetken et al. 2017, Malin-Mayr et al. 2023, with
 * divisions as candidates of their own.
 */
import { assert } from "../errors.ts";

export interface LinkProblem {
  /** Number of detections. */
  readonly count: number;
  /** Place of the frame of each detection, ascending. */
  readonly frameOf: Int32Array;
  /** Candidate links, all with a gain above 0. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly linkGain: Float64Array;
  /** Candidate divisions, flat (parent, daughter, daughter), all with a gain above 0. */
  readonly divisions: Int32Array;
  readonly divisionGain: Float64Array;
  /** Of each detection. 0: not real, no candidates. 1: real. 2: the solver decides. */
  readonly presence: Uint8Array;
  /** Cost of being real without any link, for optional detections. */
  readonly presenceCost: Float64Array;
  /** Pairs of optional detections that exclude each other, flat. */
  readonly conflicts: Int32Array;
}

/** Positions in the problem's lists, ascending. */
export interface LinkChoice {
  readonly links: readonly number[];
  readonly divisions: readonly number[];
  /** Optional detections that are not real. */
  readonly absent: readonly number[];
}

/** One way to choose. Same problem, same choice. */
export interface LinkSolver {
  /** Recorded with results. */
  readonly name: string;
  solve(problem: LinkProblem): LinkChoice;
}

/** Sum of gains minus the costs of optional detections that are real: what exact solvers maximise. */
export function gainOf(problem: LinkProblem, choice: LinkChoice): number {
  let gain = 0;
  for (const e of choice.links) gain += problem.linkGain[e];
  for (const d of choice.divisions) gain += problem.divisionGain[d];
  const absent = new Set(choice.absent);
  for (let i = 0; i < problem.count; i++)
    if (problem.presence[i] === 2 && !absent.has(i)) gain -= problem.presenceCost[i];
  return gain;
}

/**
 * Which law a choice breaks; `null` when it is a lineage: one origin each, one fate each, only real detections, at most
 * one of each pair of conflicts and none left out without reason.
 */
export function faultOf(problem: LinkProblem, choice: LinkChoice): string | null {
  const [wayIn, wayOut] = [new Uint8Array(problem.count), new Uint8Array(problem.count)];
  const absent = new Set(choice.absent);
  const isReal = (i: number): boolean =>
    problem.presence[i] === 1 || (problem.presence[i] === 2 && !absent.has(i));
  for (const i of absent) if (problem.presence[i] !== 2) return `detection ${i} is not optional`;
  const take = (ways: Uint8Array, i: number): string | null => {
    if (!isReal(i)) return `detection ${i} is linked but not real`;
    return ways[i]++ === 0 ? null : `detection ${i} has two ${ways === wayIn ? "origins" : "fates"}`;
  };
  for (const e of choice.links) {
    const fault = take(wayOut, problem.from[e]) ?? take(wayIn, problem.to[e]);
    if (fault !== null) return fault;
  }
  for (const d of choice.divisions) {
    const [parent, first, second] = problem.divisions.subarray(3 * d, 3 * d + 3);
    const fault = take(wayOut, parent) ?? take(wayIn, first) ?? take(wayIn, second);
    if (fault !== null) return fault;
  }
  return conflictFault(problem, isReal);
}

function conflictFault(problem: LinkProblem, isReal: (i: number) => boolean): string | null {
  const { conflicts, presence, count } = problem;
  const excluded = new Uint8Array(count);
  for (let p = 0; p < conflicts.length; p += 2) {
    const [a, b] = [conflicts[p], conflicts[p + 1]];
    if (isReal(a) && isReal(b)) return `detections ${a} and ${b} share pixels`;
    if (isReal(a)) excluded[b] = 1;
    if (isReal(b)) excluded[a] = 1;
  }
  for (let i = 0; i < count; i++)
    if (presence[i] === 2 && !isReal(i) && excluded[i] === 0)
      return `detection ${i} is left out without reason`;
  return null;
}

/** Ends the program's work, not the process, when a solver breaks a law. */
export function assertLineage(problem: LinkProblem, choice: LinkChoice, solver: string): void {
  const fault = faultOf(problem, choice);
  assert(fault === null, `solver ${solver}: ${fault}`);
}

/** Candidates at each way: `items` from `starts[i]` to `starts[i + 1]`; divisions are counted after the links. */
export interface Ways {
  readonly starts: Int32Array;
  readonly items: Int32Array;
}

/** Candidates by the detection whose way out, or way in, they take. Cost: O(candidates). */
export function waysOf(problem: LinkProblem): { readonly out: Ways; readonly in: Ways } {
  const { count, from, to, divisions } = problem;
  const links = from.length;
  const outKeys: number[] = [];
  const inKeys: number[] = [];
  for (let e = 0; e < links; e++) {
    outKeys.push(from[e], e);
    inKeys.push(to[e], e);
  }
  for (let d = 0; d < divisions.length / 3; d++) {
    outKeys.push(divisions[3 * d], links + d);
    inKeys.push(divisions[3 * d + 1], links + d, divisions[3 * d + 2], links + d);
  }
  return { out: sortByKey(count, outKeys), in: sortByKey(count, inKeys) };
}

function sortByKey(count: number, keys: readonly number[]): Ways {
  const starts = new Int32Array(count + 1);
  for (let k = 0; k < keys.length; k += 2) starts[keys[k] + 1]++;
  for (let i = 0; i < count; i++) starts[i + 1] += starts[i];
  const next = starts.slice();
  const items = new Int32Array(keys.length / 2);
  for (let k = 0; k < keys.length; k += 2) items[next[keys[k]]++] = keys[k + 1];
  return { starts, items };
}
