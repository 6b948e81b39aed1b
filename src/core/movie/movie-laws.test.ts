/** The culture against closed forms: walks, cycles, growth, death, flow. */
import { describe, expect, test } from "vitest";
import { rng } from "../rng.ts";
import { cycleLaw, doublingTimeH, drawAge, drawCycleH } from "./cell-cycle.ts";
import { separateInPlace } from "./crowding.ts";
import { createFlow } from "./flow.ts";
import { simulateDetections } from "./index.ts";
import { startWalkInPlace, walkInPlace, walkStep } from "./persistent-walk.ts";

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe("persistent random walk", () => {
  const law = { speedUmPerH: 20, persistenceH: 0.5 };
  // Fürth: 2 S² P (t - P (1 - exp(-t / P))).
  const squared = (t: number): number => 2 * 400 * 0.5 * (t - 0.5 * (1 - Math.exp(-t / 0.5)));

  test.each([
    [0.1, 10],
    [0.5, 2],
    [1, 1],
    [0.25, 12],
  ])("mean square displacement by steps of %d h, %d times", (hours, steps) => {
    const random = rng(3, hours);
    const step = walkStep(law, hours);
    const walkers = 4000;
    let [sum, speed] = [0, 0];
    for (let k = 0; k < walkers; k++) {
      const walker = { y: 0, x: 0, vy: 0, vx: 0 };
      startWalkInPlace(walker, law, random);
      for (let n = 0; n < steps; n++) walkInPlace(walker, step, 1, random);
      sum += walker.y ** 2 + walker.x ** 2;
      speed += walker.vy ** 2 + walker.vx ** 2;
    }
    // A sum of two squared normals has the standard deviation of its mean; five standard errors of 4,000.
    const tolerance = 5 / Math.sqrt(walkers);
    expect(Math.abs(sum / walkers / squared(hours * steps) - 1)).toBeLessThan(tolerance);
    expect(Math.abs(speed / walkers / 400 - 1)).toBeLessThan(tolerance);
  });

  test("lone cells of a movie move as far as the law says", () => {
    const asked = {
      ...{ height: 512, width: 512, mppUm: 2, cellCount: 60, cellDiameterUm: 8, frameCount: 13 },
      ...{ frameIntervalMin: 10, speedUmPerH: 20, persistenceMin: 30, flowUmPerH: 0, stageDriftUm: 0 },
      ...{ missedFrames: 0, cycleH: 1e4, deathsPerCycle: 0, crowdedShare: 10 },
    } as const;
    const steps: number[] = [];
    const twoHours: number[] = [];
    for (const seed of [1, 2, 3, 4]) {
      const paths = new Map<number, { y: number; x: number }[]>();
      for (const { cells } of simulateDetections(asked, seed).frames)
        for (const { cellId, y, x } of cells) paths.set(cellId, [...(paths.get(cellId) ?? []), { y, x }]);
      for (const path of paths.values()) {
        if (path.length < 13) continue;
        const away = (k: number): number =>
          4 * ((path[k]!.y - path[0]!.y) ** 2 + (path[k]!.x - path[0]!.x) ** 2);
        steps.push(away(1));
        twoHours.push(away(12));
      }
    }
    expect(steps.length).toBeGreaterThan(200);
    // Cells that meet part again and those that leave are not counted, so the bounds are wider than by chance alone.
    expect(meanOf(steps) / squared(1 / 6)).toBeGreaterThan(0.75);
    expect(meanOf(steps) / squared(1 / 6)).toBeLessThan(1.3);
    expect(meanOf(twoHours) / squared(2)).toBeGreaterThan(0.65);
    expect(meanOf(twoHours) / squared(2)).toBeLessThan(1.3);
  });
});

describe("cell cycle", () => {
  test("lengths have the mean and the spread asked for", () => {
    const law = cycleLaw(20, 0.25);
    const random = rng(1);
    const lengths = Array.from({ length: 5000 }, () => drawCycleH(law, random));
    expect(law.shape).toBe(16);
    // Five standard errors: the mean of 5,000 has 20 x 0.25 / sqrt(5000), the variance about sqrt(2 / 5000) of itself.
    expect(Math.abs(meanOf(lengths) - 20)).toBeLessThan((5 * 5) / Math.sqrt(5000));
    const variance = meanOf(lengths.map((value) => (value - 20) ** 2));
    expect(Math.abs(variance / 25 - 1)).toBeLessThan(5 * Math.sqrt(2.4 / 5000));
  });

  test("doubling time: ln 2 x mean for exponential cycles, towards the mean for equal ones", () => {
    expect(doublingTimeH(cycleLaw(20, 1))).toBeCloseTo(20 * Math.LN2, 12);
    expect(doublingTimeH(cycleLaw(20, 0.05))).toBeCloseTo(20, 1);
    // Shape 2: (sqrt 2 - 1) 2 / 20 per hour.
    expect(cycleLaw(20, Math.SQRT1_2).growthPerH).toBeCloseTo((Math.SQRT2 - 1) / 10, 12);
  });

  test("ages of a growing culture: exponential cycles have mean age 1 / (2 / mean)", () => {
    const law = cycleLaw(10, 1);
    const random = rng(2);
    // f(a) is proportional to exp(-r a) exp(-a / mean) with r = 1 / mean.
    const ages = Array.from({ length: 5000 }, () => drawAge(law, random).ageH);
    expect(Math.abs(meanOf(ages) - 5)).toBeLessThan((5 * 5) / Math.sqrt(5000));
  });
});

const culture = {
  ...{ height: 700, width: 700, mppUm: 2, cellDiameterUm: 6, cellCount: 300, closed: true, missedFrames: 0 },
  ...{ crowdedShare: 10, frameIntervalMin: 30, mitosisMin: 30, speedUmPerH: 10, deathsPerCycle: 0 },
} as const;

test.each([0.12, 0.3, 0.9])("a culture doubles in its doubling time; spread of cycles %d", (cycleSpread) => {
  const hours = doublingTimeH(cycleLaw(16, cycleSpread));
  const frameCount = Math.round(hours * 2) + 1;
  const counts = [1, 2, 3].map((seed) => {
    const movie = simulateDetections({ ...culture, cycleH: 16, cycleSpread, frameCount }, seed);
    const seen = [...movie.frames].map(({ cells }) => cells.length);
    return seen.at(-1)! / seen[0]!;
  });
  const expected = 2 ** ((frameCount - 1) / 2 / hours);
  // The number after one doubling varies by at most the square root of twice as many, 900 at the start in all.
  expect(Math.abs(meanOf(counts) / expected - 1)).toBeLessThan(5 * Math.sqrt(1 / 900));
});

test("deaths: numbers fall by exp(-rate x time), one frame late because the dying are seen", () => {
  const asked = {
    ...culture,
    cycleH: 100,
    deathsPerCycle: 4,
    dyingMin: 0,
    frameCount: 21,
    cycleSpread: 0.05,
  };
  // Nobody divides: all founders of 100 h; those that would are few in 10 h, and counted out by cell.
  const left = [1, 2, 3, 4].map((seed) => {
    const [first, last] = [new Set<number>(), new Set<number>()];
    for (const { t, cells } of simulateDetections(asked, seed).frames) {
      if (t === 0) for (const { cellId } of cells) first.add(cellId);
      if (t === 20) for (const { cellId } of cells) last.add(cellId);
    }
    return [...first].filter((id) => last.has(id)).length / first.size;
  });
  // 0.04 per hour for 9.5 h, and founders that divided in 10 h (a share of about growth x 10 h) are gone too.
  const expected = Math.exp(-0.04 * 9.5) * Math.exp(-cycleLaw(100, 0.05).growthPerH * 10);
  expect(Math.abs(meanOf(left) - expected)).toBeLessThan(
    5 * Math.sqrt((expected * (1 - expected)) / 1200) + 0.01,
  );
});

test("crowded cultures stay near their limit", () => {
  const asked = { ...culture, height: 200, width: 200, mppUm: 1, cellCount: 300, crowdedShare: 0.3 };
  const movie = simulateDetections({ ...asked, cycleH: 12, frameCount: 121, closed: false }, 1);
  const counts = [...movie.frames].map(({ cells }) => cells.length);
  // 0.3 x 200² / (pi / 4 x 36) = 424 in view: births and deaths balance where (n / 424)^8 is 1.
  expect(counts.at(-1)!).toBeGreaterThan(0.8 * 424);
  expect(counts.at(-1)!).toBeLessThan(1.2 * 424);
});

test("flow: root mean square speed as asked, no divergence", () => {
  const flow = createFlow(8, 10, rng(5));
  const random = rng(6);
  let sum = 0;
  for (let k = 0; k < 4000; k++) {
    const { y, x } = flow.at(random.uniform(0, 1e5), random.uniform(0, 1e5));
    sum += y * y + x * x;
  }
  expect(Math.sqrt(sum / 4000)).toBeCloseTo(8, 0);
  const h = 1e-3;
  for (let k = 0; k < 20; k++) {
    const [y, x] = [random.uniform(0, 1e3), random.uniform(0, 1e3)];
    const slope = flow.at(y + h, x).y - flow.at(y - h, x).y + flow.at(y, x + h).x - flow.at(y, x - h).x;
    expect(Math.abs(slope / (2 * h))).toBeLessThan(1e-5);
  }
});

test("crowding: an overlap of 3, of 1, is halved in a round; a firm one stays", () => {
  const pair = [
    { y: 0, x: 0, radius: 2, firmness: 0 },
    { y: 0, x: 1, radius: 2, firmness: 0 },
  ];
  separateInPlace(pair, 1, 1);
  expect(pair.map(({ x }) => x)).toEqual([-0.75, 1.75]);
  const firm = [
    { y: 0, x: 0, radius: 2, firmness: 1 },
    { y: 3, x: 0, radius: 2, firmness: 0 },
    { y: 50, x: 50, radius: 2, firmness: 0 },
  ];
  separateInPlace(firm, 1, 1);
  expect(firm.map(({ y }) => y)).toEqual([0, 3.5, 50]);
});
