/** HiGHS against exhaustive search, and the exact solver with it on movies with divisions and masks to choose from. */
import { describe, expect, test } from "vitest";
import { rng } from "#core/rng.ts";
import { madeMovie } from "#core/tracking/fixtures/made-movie.ts";
import {
  assignmentSolver,
  type BinaryProgram,
  buildTrackGraph,
  checkTrackGraph,
  exactSolver,
  gainOf,
  greedySolver,
  type LinkProblem,
  type LinkSolver,
  linksOf,
  plainScorer,
  trackFrames,
} from "#core/tracking/index.ts";
import { openHighs } from "./open-highs.ts";

const solveProgram = await openHighs();

function randomProgram(seed: number): BinaryProgram {
  const random = rng(seed, "program");
  const columns = 3 + random.int(9);
  const rows = 1 + random.int(8);
  const [starts, list, values, lower, upper]: number[][] = [[0], [], [], [], []];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      if (!random.chance(0.4)) continue;
      list!.push(c);
      values!.push(random.chance(0.8) ? 1 : -1);
    }
    starts!.push(list!.length);
    lower!.push(Number.NEGATIVE_INFINITY);
    upper!.push(random.int(3));
  }
  return {
    gains: Float64Array.from({ length: columns }, () => random.uniform(-3, 10)),
    starts: Int32Array.from(starts!),
    columns: Int32Array.from(list!),
    values: Float64Array.from(values!),
    lower: Float64Array.from(lower!),
    upper: Float64Array.from(upper!),
  };
}

function totalOf({ gains, starts, columns, values, upper }: BinaryProgram, chosen: Uint8Array): number {
  for (let r = 0; r + 1 < starts.length; r++) {
    let sum = 0;
    for (let k = starts[r]!; k < starts[r + 1]!; k++) sum += values[k]! * chosen[columns[k]!]!;
    if (sum > upper[r]!) return Number.NEGATIVE_INFINITY;
  }
  return gains.reduce((sum, gain, c) => sum + gain * chosen[c]!, 0);
}

describe("openHighs", () => {
  test("gives an optimum of yes-or-no programs", () => {
    for (let seed = 0; seed < 40; seed++) {
      const program = randomProgram(seed);
      const n = program.gains.length;
      let best = Number.NEGATIVE_INFINITY;
      for (let bits = 0; bits < 1 << n; bits++)
        best = Math.max(
          best,
          totalOf(
            program,
            Uint8Array.from({ length: n }, (_, c) => (bits >> c) & 1),
          ),
        );
      expect(totalOf(program, solveProgram(program)), `seed ${seed}`).toBeCloseTo(best, 9);
    }
  });

  test("a program without an answer is refused, and the next one is solved", () => {
    const program = {
      ...randomProgram(3),
      lower: randomProgram(3).lower.fill(50),
      upper: randomProgram(3).upper.fill(60),
    };
    expect(() => solveProgram(program)).toThrow(/not solved/);
    expect(solveProgram(randomProgram(3)).length).toBe(randomProgram(3).gains.length);
  });
});

/** A solver that also solves each window by `other`, and keeps both gains. */
function beside(solver: LinkSolver, others: readonly LinkSolver[], gains: number[][]): LinkSolver {
  return {
    name: solver.name,
    solve: (problem: LinkProblem) => {
      const choice = solver.solve(problem);
      gains.push([choice, ...others.map((other) => other.solve(problem))].map((one) => gainOf(problem, one)));
      return choice;
    },
  };
}

describe("exact solver with HiGHS", () => {
  test("equals the whole program, reduced or not, and gains at least what the others do", () => {
    const movie = madeMovie({ seed: 12, frames: 24, cells: 40, step: 4, divisionRate: 0.03, missRate: 0.03 });
    const gains: number[][] = [];
    const others = [exactSolver(solveProgram, { reduce: false }), assignmentSolver, greedySolver];
    const solver = beside(exactSolver(solveProgram), others, gains);
    const graph = buildTrackGraph(trackFrames(movie.frames, { solver, scorer: plainScorer() }));
    expect(checkTrackGraph(graph).filter(({ severity }) => severity === "error")).toEqual([]);
    for (const [reduced, whole, assigned, greedy] of gains as [number, number, number, number][]) {
      expect(reduced).toBeCloseTo(whole, 6);
      expect(reduced).toBeGreaterThanOrEqual(assigned - 1e-9);
      expect(reduced).toBeGreaterThanOrEqual(greedy - 1e-9);
    }
    expect(gains.some(([exact, , assigned]) => exact! > assigned! + 0.01)).toBe(true);
  });

  test("chooses among merged, split and true masks by what fits over time", () => {
    const movie = madeMovie({ seed: 21, frames: 12, cells: 36, divisionRate: 0, alternatives: true });
    const graph = buildTrackGraph(
      trackFrames(movie.frames, { solver: exactSolver(solveProgram), scorer: plainScorer() }),
    );
    const truth = movie.frames.flatMap(({ labels }) => [...labels].map((label) => movie.isTrue(label)));
    const offered = truth.filter((isTrue) => !isTrue).length;
    const wrong = truth.filter((isTrue, i) => isTrue !== graph.tracks[i]! > 0).length;
    expect(offered).toBeGreaterThan(40);
    expect(wrong).toBeLessThanOrEqual(offered * 0.1);
    expect(linksOf(graph).length).toBeGreaterThan(36 * 11 * 0.95);
  });
});
