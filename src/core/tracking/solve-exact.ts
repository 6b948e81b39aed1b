/**
 * The best of all lineages of a window: links, gaps, divisions and the choice of masks in one integer program.
 *
 * The problem is reduced first, exactly; parts of links alone are assignments, small parts are searched, and only what
 * is left needs the program solver. So the exact answer costs little more than an approximate one.
 */
import { assert } from "../errors.ts";
import { assignPairs } from "../metrics/index.ts";
import type { BinaryProgram, SolveBinaryProgram } from "./binary-program.ts";
import type { LinkChoice, LinkProblem, LinkSolver } from "./link-problem.ts";
import { candidateGain, type ProblemPart, reduceProblem } from "./reduce-problem.ts";
import { searchPart } from "./search-part.ts";

/** Candidates of a part up to which it is searched: a fraction of what building a program costs. */
const searchedMax = 14;

export interface ExactSolverOptions {
  /** Whether to reduce and split first. Default true; false hands the whole problem to the program solver. */
  readonly reduce?: boolean;
}

/** @throws what `solveProgram` throws. */
export function exactSolver(solveProgram: SolveBinaryProgram, options: ExactSolverOptions = {}): LinkSolver {
  return {
    name: "exact",
    solve: (problem) => {
      if (options.reduce === false) {
        const total = problem.linkGain.length + problem.divisionGain.length;
        const all = Array.from({ length: total }, (_, k) => k);
        const optional = [...problem.presence.keys()].filter((i) => problem.presence[i] === 2);
        return toChoice(problem, [solvePart(problem, { candidates: all, optional }, solveProgram)]);
      }
      const { taken, parts } = reduceProblem(problem);
      const solved: Solved[] = [{ candidates: taken, absent: [] }];
      // Parts that need the program solver go as one: it sees that they are apart, and a call costs more than a part.
      const hard: { candidates: number[]; optional: number[] } = { candidates: [], optional: [] };
      for (const part of parts) {
        const { candidates, optional } = part;
        if (optional.length > 0) hard.optional.push(...optional);
        else if (candidates.length <= searchedMax) {
          solved.push({ candidates: searchPart(problem, candidates), absent: [] });
          continue;
        } else if (candidates.every((k) => k < problem.from.length)) {
          solved.push({ candidates: assignPart(problem, candidates), absent: [] });
          continue;
        }
        hard.candidates.push(...candidates);
      }
      if (hard.candidates.length + hard.optional.length > 0)
        solved.push(solvePart(problem, hard, solveProgram));
      return toChoice(problem, solved);
    },
  };
}

interface Solved {
  readonly candidates: readonly number[];
  readonly absent: readonly number[];
}

function toChoice({ from }: LinkProblem, solved: readonly Solved[]): LinkChoice {
  const all = solved.flatMap(({ candidates }) => candidates).sort((a, b) => a - b);
  return {
    links: all.filter((k) => k < from.length),
    divisions: all.filter((k) => k >= from.length).map((k) => k - from.length),
    absent: solved.flatMap(({ absent }) => absent).sort((a, b) => a - b),
  };
}

function assignPart({ from, to, linkGain }: LinkProblem, candidates: readonly number[]): number[] {
  const rows = new Map([...new Set(candidates.map((e) => from[e]))].map((i, row) => [i, row]));
  const columns = new Map([...new Set(candidates.map((e) => to[e]))].map((i, column) => [i, column]));
  const pairs = candidates.map((e) => ({
    row: rows.get(from[e])!,
    column: columns.get(to[e])!,
    weight: linkGain[e],
  }));
  const chosen = assignPairs(rows.size, columns.size, pairs);
  return candidates.filter((_, k) => chosen[pairs[k]!.row] === pairs[k]!.column);
}

function solvePart(problem: LinkProblem, part: ProblemPart, solveProgram: SolveBinaryProgram): Solved {
  const program = programOf(problem, part);
  const chosen = solveProgram(program);
  assert(chosen.length === program.gains.length, "an answer for each column");
  const { candidates, optional } = part;
  return {
    candidates: candidates.filter((_, c) => chosen[c] === 1),
    absent: optional.filter((_, o) => chosen[candidates.length + o] === 0),
  };
}

/**
 * Columns: the candidates, then the optional detections. Rows: each way is taken at most once, by an optional detection
 * only if it is real; of two masks in conflict at most one, and none is left out unless one in conflict is real.
 */
function programOf(problem: LinkProblem, { candidates, optional }: ProblemPart): BinaryProgram {
  const { from, to, divisions, presenceCost, conflicts } = problem;
  const detectionColumn = new Map(optional.map((i, o) => [i, candidates.length + o]));
  const rows: { columns: number[]; values: number[]; lower: number; upper: number }[] = [];
  const [out, into] = [new Map<number, number[]>(), new Map<number, number[]>()];
  const take = (ways: Map<number, number[]>, i: number, column: number): void => {
    const list = ways.get(i);
    if (list === undefined) ways.set(i, [column]);
    else list.push(column);
  };
  for (const [column, k] of candidates.entries()) {
    const at = 3 * (k - from.length);
    take(out, k < from.length ? from[k] : divisions[at], column);
    take(into, k < from.length ? to[k] : divisions[at + 1], column);
    if (k >= from.length) take(into, divisions[at + 2], column);
  }
  for (const ways of [out, into]) {
    for (const [i, columns] of ways) {
      const own = detectionColumn.get(i);
      const values = columns.map(() => 1);
      if (own !== undefined)
        rows.push({ columns: [...columns, own], values: [...values, -1], lower: -Infinity, upper: 0 });
      else if (columns.length > 1) rows.push({ columns, values, lower: -Infinity, upper: 1 });
    }
  }
  const rivals = new Map<number, number[]>();
  for (let p = 0; p < conflicts.length; p += 2) {
    const [a, b] = [detectionColumn.get(conflicts[p]), detectionColumn.get(conflicts[p + 1])];
    if (a === undefined || b === undefined) continue;
    rows.push({ columns: [a, b], values: [1, 1], lower: -Infinity, upper: 1 });
    take(rivals, a, b);
    take(rivals, b, a);
  }
  for (const column of detectionColumn.values()) {
    const all = [column, ...(rivals.get(column) ?? [])];
    rows.push({ columns: all, values: all.map(() => 1), lower: 1, upper: Infinity });
  }
  const starts = new Int32Array(rows.length + 1);
  for (const [r, row] of rows.entries()) starts[r + 1] = starts[r] + row.columns.length;
  return {
    gains: Float64Array.from([
      ...candidates.map((k) => candidateGain(problem, k)),
      ...optional.map((i) => -presenceCost[i]),
    ]),
    starts,
    columns: Int32Array.from(rows.flatMap(({ columns }) => columns)),
    values: Float64Array.from(rows.flatMap(({ values }) => values)),
    lower: Float64Array.from(rows, ({ lower }) => lower),
    upper: Float64Array.from(rows, ({ upper }) => upper),
  };
}
