/** What is true of a window, by hand: a link over a gap, a division, a cut cell offered whole, a false object. */
import { expect, test } from "vitest";
import { rng } from "#core/rng.ts";
import {
  detectionsFromPoints,
  findCandidates,
  measureMotion,
  nothingSettled,
  offerUnions,
  plainScorer,
  poolMotion,
  poseProblem,
} from "#core/tracking/index.ts";
import { windowInputs } from "./window-inputs.ts";
import { windowTargets } from "./window-targets.ts";

// Cell 1 divides into 2 and 3 after frame 0; cell 4 is missed in frame 1; cell 5 is cut in two in frame 1.
const shown = [
  [[1], [4], [5]],
  [[2], [3], [5], [5], []],
  [[2], [3], [4], [5]],
];
const places = [
  [
    [50, 50, 300],
    [50, 120, 300],
    [120, 50, 300],
  ],
  [
    [50, 41, 150],
    [50, 59, 150],
    [120, 44, 150],
    [120, 56, 150],
    [150, 150, 300],
  ],
  [
    [50, 38, 150],
    [50, 62, 150],
    [50, 120, 300],
    [120, 50, 300],
  ],
] as const;
const frames = places.map((points, t) =>
  offerUnions(
    detectionsFromPoints({
      ...{ t, height: 200, width: 200 },
      labels: points.map((_, i) => i + 1),
      y: points.map(([y]) => y),
      x: points.map(([, x]) => x),
      areaPx: points.map(([, , area]) => area),
    }),
    { areaMax: 2.2 },
  ),
);
const motions = frames.slice(1).map((frame, f) => measureMotion(frames[f]!, frame));
const window = findCandidates(frames, motions, { ...poolMotion(motions, frames), gatePx: 40 });
const track = (label: number, parent: number | null) => ({ label, first: 0, last: 2, parent, daughters: [] });
const tracks = new Map(
  [1, 2, 3, 4, 5].map((label) => [label, track(label, label === 2 || label === 3 ? 1 : null)]),
);

test("targets of a window", () => {
  const { tables } = windowInputs(window);
  // The halves of cell 5 are offered as one, and so are the two daughters, which are none.
  const [, middle] = frames;
  expect([...middle!.parts!]).toEqual(expect.arrayContaining([6, 2, 3]));
  const all = frames.map(({ labels, parts = [] }, f) => {
    const own: number[][] = Array.from({ length: labels.length }, (_, i) => shown[f]![i] ?? []);
    for (let k = 0; k < parts.length; k += 3)
      own[parts[k]!] = [...new Set([...own[parts[k + 1]!]!, ...own[parts[k + 2]!]!])];
    return own;
  });
  const targets = windowTargets(window, tables, all, tracks, rng(1));
  const ends = (w: number): number[] =>
    [tables.source[w]!, tables.targets[w]!, tables.targets[tables.ways + w]!].filter((end) => end >= 0);
  const truths = [...targets.way.keys()]
    .filter((w) => targets.way[w]! > 0)
    .map((w) => [targets.way[w]!, ...ends(w)]);
  const [f1, f2] = [window.offsets[1]!, window.offsets[2]!];
  const sorted = truths.map(String).sort();
  expect(sorted).toEqual(
    [
      [2, 0, f1, f1 + 1],
      [1, f1, f2],
      [1, f1 + 1, f2 + 1],
      [1, 1, f2 + 2],
      [1, 2, f1 + 6],
      [1, f1 + 6, f2 + 3],
    ]
      .map(String)
      .sort(),
  );
  // Only the false object appears; pieces and the wrong union are no true masks and teach nothing about origins.
  expect([...targets.appears.keys()].filter((i) => targets.appears[i] === 1)).toEqual([f1 + 4]);
  expect([f1 + 2, f1 + 3, f1 + 5, f1 + 6].map((i) => [targets.real[i], targets.originWeight[i]])).toEqual([
    ...[
      [0, 0],
      [0, 0],
      [0, 0],
      [1, 1],
    ],
  ]);
  expect(
    [...targets.realWeight.keys()].filter((i) => targets.realWeight[i] === 1).map((i) => i - f1),
  ).toEqual(expect.arrayContaining([0, 1, 2, 3, 5, 6]));
});

test("what a scorer says of masks takes the place of priors in the problem", () => {
  const scores = plainScorer().score(window);
  const at = window.offsets[1]! + 6;
  const cost = (real?: number): number => {
    const judged = real === undefined ? {} : { real: new Float32Array(window.frameOf.length).fill(real) };
    return poseProblem(window, { ...scores, ...judged }, nothingSettled(window)).presenceCost[at]!;
  };
  // Log odds: of the prior of unions, 0.02, and of what was said.
  expect(cost() - cost(0.5)).toBeCloseTo(Math.log(0.98 / 0.02), 4);
  expect(cost(0.5) - cost(0.9)).toBeCloseTo(Math.log(9), 4);
});
