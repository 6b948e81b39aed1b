/** Solvers against exhaustive search on small random problems; every choice keeps the laws. */
import { describe, expect, test } from "vitest";
import { FoundryError } from "../errors.ts";
import { rng } from "../rng.ts";
import type { BinaryProgram } from "./binary-program.ts";
import { faultOf, gainOf, type LinkChoice, type LinkProblem } from "./link-problem.ts";
import { assignmentSolver } from "./solve-assignment.ts";
import { exactSolver } from "./solve-exact.ts";
import { greedySolver } from "./solve-greedy.ts";
import { withFallback } from "./with-fallback.ts";

/** All subsets of columns; the reference for the program that a real solver gets. */
function tryAllColumns(program: BinaryProgram): Uint8Array {
  const n = program.gains.length;
  expect(n).toBeLessThanOrEqual(18);
  let [best, bestGain] = [new Uint8Array(n), -Infinity];
  for (let bits = 0; bits < 1 << n; bits++) {
    const chosen = Uint8Array.from({ length: n }, (_, c) => (bits >> c) & 1);
    const gain = program.gains.reduce((sum, own, c) => sum + own * chosen[c]!, 0);
    if (gain <= bestGain || !keepsRows(program, chosen)) continue;
    [best, bestGain] = [chosen, gain];
  }
  expect(bestGain).toBeGreaterThan(-Infinity);
  return best;
}

function keepsRows({ starts, columns, values, lower, upper }: BinaryProgram, chosen: Uint8Array): boolean {
  for (let r = 0; r + 1 < starts.length; r++) {
    let sum = 0;
    for (let k = starts[r]!; k < starts[r + 1]!; k++) sum += values[k]! * chosen[columns[k]!]!;
    if (sum < lower[r]! || sum > upper[r]!) return false;
  }
  return true;
}

/** Best gain over all subsets of candidates and optional detections that are lineages, by the laws alone. */
function bestGain(problem: LinkProblem): number {
  const links = problem.from.length;
  const total = links + problem.divisionGain.length;
  const optional = [...problem.presence.keys()].filter((i) => problem.presence[i] === 2);
  let best = -Infinity;
  for (let bits = 0; bits < 1 << (total + optional.length); bits++) {
    const chosen = (k: number): boolean => ((bits >> k) & 1) === 1;
    const all = Array.from({ length: total }, (_, k) => k).filter(chosen);
    const choice: LinkChoice = {
      links: all.filter((k) => k < links),
      divisions: all.filter((k) => k >= links).map((k) => k - links),
      absent: optional.filter((_, o) => chosen(total + o)),
    };
    const gain = gainOf(problem, choice);
    if (gain > best && faultOf(problem, choice) === null) best = gain;
  }
  return best;
}

interface Wish {
  readonly frames: number;
  readonly perFrame: number;
  readonly links: number;
  readonly divisions: number;
  readonly conflicts: number;
}

function randomProblem(seed: number, wish: Wish): LinkProblem {
  const random = rng(seed, "problem");
  const count = wish.frames * wish.perFrame;
  const frameOf = Int32Array.from({ length: count }, (_, i) => Math.floor(i / wish.perFrame));
  const links = new Map<string, [number, number, number]>();
  while (links.size < wish.links) {
    const from = random.int(count);
    const to = random.int(count);
    const gap = frameOf[to]! - frameOf[from]!;
    if (gap >= 1 && gap <= 2) links.set(`${from} ${to}`, [from, to, random.uniform(0.1, 10)]);
  }
  const divisions = new Map<string, [number, number, number, number]>();
  while (divisions.size < wish.divisions) {
    const parent = random.int(count - wish.perFrame);
    const next = (frameOf[parent]! + 1) * wish.perFrame;
    const [a, b] = [random.int(wish.perFrame), random.int(wish.perFrame)];
    if (a < b) divisions.set(`${parent} ${a} ${b}`, [parent, next + a, next + b, random.uniform(5, 20)]);
  }
  const presence = new Uint8Array(count).fill(1);
  const conflicts: number[] = [];
  for (let c = 0; c < wish.conflicts; c++) {
    const frame = random.int(wish.frames) * wish.perFrame;
    const [a, b] = [frame + random.int(wish.perFrame), frame + random.int(wish.perFrame)];
    if (a === b) continue;
    conflicts.push(a, b);
    presence[a] = 2;
    presence[b] = 2;
  }
  const l = [...links.values()];
  const d = [...divisions.values()];
  return {
    count,
    frameOf,
    from: Int32Array.from(l, ([from]) => from),
    to: Int32Array.from(l, ([, to]) => to),
    linkGain: Float64Array.from(l, ([, , gain]) => gain),
    divisions: Int32Array.from(d.flatMap((division) => division.slice(0, 3))),
    divisionGain: Float64Array.from(d, ([, , , gain]) => gain),
    presence,
    presenceCost: Float64Array.from({ length: count }, (_, i) =>
      presence[i] === 2 ? random.uniform(-4, 8) : 0,
    ),
    conflicts: Int32Array.from(conflicts),
  };
}

const linksOnly: Wish = { frames: 2, perFrame: 5, links: 12, divisions: 0, conflicts: 0 };
const divisions: Wish = { frames: 3, perFrame: 4, links: 9, divisions: 4, conflicts: 0 };
const masks: Wish = { frames: 3, perFrame: 3, links: 7, divisions: 2, conflicts: 2 };

describe("exact solver", () => {
  test.each([
    ["links and gaps", { ...linksOnly, frames: 3, perFrame: 4 }],
    ["divisions", divisions],
    ["masks that exclude each other", masks],
  ])("equals exhaustive search: %s", (_, wish) => {
    for (let seed = 0; seed < 15; seed++) {
      const problem = randomProblem(seed, wish);
      const best = bestGain(problem);
      for (const reduce of [true, false]) {
        const choice = exactSolver(tryAllColumns, { reduce }).solve(problem);
        expect(faultOf(problem, choice)).toBeNull();
        expect(gainOf(problem, choice), `seed ${seed} reduce ${reduce}`).toBeCloseTo(best, 9);
      }
    }
  });

  test("what it decides without a program is the same optimum", () => {
    for (let seed = 100; seed < 140; seed++) {
      const problem = randomProblem(seed, divisions);
      const never = exactSolver(() => expect.unreachable("a small part needs no program"));
      expect(gainOf(problem, never.solve(problem))).toBeCloseTo(bestGain(problem), 9);
    }
  });
});

describe("assignment solver", () => {
  test("is the best matching where there are only links to the next frame", () => {
    for (let seed = 0; seed < 60; seed++) {
      const problem = randomProblem(seed, linksOnly);
      const choice = assignmentSolver.solve(problem);
      expect(faultOf(problem, choice)).toBeNull();
      expect(gainOf(problem, choice)).toBeCloseTo(bestGain(problem), 9);
    }
  });

  test("closes a gap and divides in its second step", () => {
    // 0 -> (frame 1: 2) -> frame 2: 4; 1 is missed in frame 1 and comes again as 5; 2 divides into 4 and 6.
    const problem: LinkProblem = {
      count: 7,
      frameOf: Int32Array.of(0, 0, 1, 1, 2, 2, 2),
      from: Int32Array.of(0, 2, 1),
      to: Int32Array.of(2, 4, 5),
      linkGain: Float64Array.of(5, 4, 2),
      divisions: Int32Array.of(2, 4, 6),
      divisionGain: Float64Array.of(7),
      presence: new Uint8Array(7).fill(1),
      presenceCost: new Float64Array(7),
      conflicts: new Int32Array(0),
    };
    expect(assignmentSolver.solve(problem)).toEqual({ links: [0, 2], divisions: [0], absent: [] });
    expect(greedySolver.solve(problem)).toEqual({ links: [0, 2], divisions: [0], absent: [] });
  });
});

describe("withFallback", () => {
  const problem = randomProblem(3, { ...divisions, links: 12, divisions: 6, frames: 4, perFrame: 3 });
  const refusing = (error: Error) => ({
    name: "refusing",
    solve: (): never => {
      throw error;
    },
  });

  test("takes over where the solver's limits end, and nowhere else", () => {
    let taken = 0;
    const tooHard = new FoundryError("limit.time", { message: "Too hard." });
    const solver = withFallback(refusing(tooHard), assignmentSolver, () => taken++);
    expect(solver.solve(problem)).toEqual(assignmentSolver.solve(problem));
    expect(taken).toBe(1);
    expect(() => withFallback(refusing(new Error("bug")), assignmentSolver).solve(problem)).toThrow("bug");
  });
});

describe("all solvers", () => {
  test("keep the laws, and none gains more than the exact one", () => {
    for (let seed = 0; seed < 30; seed++) {
      const problem = randomProblem(seed, masks);
      const best = gainOf(problem, exactSolver(tryAllColumns).solve(problem));
      for (const solver of [greedySolver, assignmentSolver]) {
        const choice = solver.solve(problem);
        expect(faultOf(problem, choice), `${solver.name} seed ${seed}`).toBeNull();
        expect(gainOf(problem, choice)).toBeLessThanOrEqual(best + 1e-9);
      }
    }
  });

  test("laws that a choice can break are named", () => {
    const problem = randomProblem(1, { ...linksOnly, perFrame: 3, links: 9 });
    const at = (from: number, to: number): number =>
      [...problem.from.keys()].find((e) => problem.from[e] === from && problem.to[e] === to)!;
    const choice = (links: number[], absent: number[] = []): LinkChoice => ({ links, divisions: [], absent });
    expect(faultOf(problem, choice([at(0, 3), at(1, 3)]))).toBe("detection 3 has two origins");
    expect(faultOf(problem, choice([at(0, 3), at(0, 4)]))).toBe("detection 0 has two fates");
    expect(faultOf(problem, choice([], [2]))).toBe("detection 2 is not optional");
  });
});
