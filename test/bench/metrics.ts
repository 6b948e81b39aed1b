/**
 * Cost of every metric on 30,000 objects in 2,048², and of the intervals and the paired test over images.
 *
 * The reference is a jittered grid of ellipses that touch; the prediction moves, splits, merges and drops some of them.
 *
 * Usage: node test/bench/metrics.ts [--objects 30000] [--rounds 5]
 */

import { parseArgs } from "node:util";
import { type LabelImage, labelImage } from "#core/array/index.ts";
import {
  aggregatedJaccard,
  aggregatedJaccardPlus,
  bootstrapIntervals,
  boundarySums,
  cellTrackingSums,
  classifyOverlaps,
  compareScores,
  defaultIouThresholds,
  defaultTallySettings,
  evaluateLabels,
  findOverlaps,
  hausdorffDistances,
  matchObjects,
  scoreSegmentation,
  scoresOf,
} from "#core/metrics/index.ts";
import { rng } from "#core/rng.ts";

const { values } = parseArgs({
  options: { objects: { type: "string", default: "30000" }, rounds: { type: "string", default: "5" } },
});
const rounds = Number(values.rounds);
const side = 2048;

/** Ellipses on a jittered grid; each by its number in the grid, so that two images can be alike cell by cell. */
function makeCells(
  objects: number,
  change: { readonly seed: string; readonly moved: number } | null,
): LabelImage {
  const labels = labelImage(side, side);
  const columns = Math.ceil(Math.sqrt(objects));
  const step = side / columns;
  const random = rng("cells");
  const changes = change === null ? null : rng(change.seed);
  for (let k = 0; k < objects; k++) {
    let y = (Math.floor(k / columns) + 0.5 + random.uniform(-0.1, 0.1)) * step;
    let x = ((k % columns) + 0.5 + random.uniform(-0.1, 0.1)) * step;
    let [ry, rx] = [step * random.uniform(0.35, 0.55), step * random.uniform(0.35, 0.55)];
    let label = k + 1;
    if (changes !== null && change !== null) {
      y += changes.uniform(-change.moved, change.moved);
      x += changes.uniform(-change.moved, change.moved);
      ry *= changes.uniform(0.85, 1.1);
      rx *= changes.uniform(0.85, 1.1);
      const fate = changes.next();
      if (fate < 0.03) continue;
      // Merged with the cell before; split along the middle.
      if (fate < 0.06) label = Math.max(1, k);
      if (fate > 0.97) drawHalf(labels, y, x, ry, rx, objects + k + 1);
      else draw(labels, y, x, ry, rx, label);
      if (fate > 0.97) drawHalf(labels, y, x, ry, rx, label, true);
    } else draw(labels, y, x, ry, rx, label);
  }
  return labels;
}

function draw(labels: LabelImage, y: number, x: number, ry: number, rx: number, label: number): void {
  for (let row = Math.max(0, Math.ceil(y - ry)); row <= Math.min(side - 1, y + ry); row++) {
    const half = rx * Math.sqrt(Math.max(0, 1 - ((row - y) / ry) ** 2));
    const [from, to] = [Math.max(0, Math.ceil(x - half)), Math.min(side - 1, Math.floor(x + half))];
    if (to >= from) labels.data.fill(label, row * side + from, row * side + to + 1);
  }
}

function drawHalf(
  labels: LabelImage,
  y: number,
  x: number,
  ry: number,
  rx: number,
  label: number,
  isRight = false,
): void {
  const middle = Math.round(x);
  for (let row = Math.max(0, Math.ceil(y - ry)); row <= Math.min(side - 1, y + ry); row++) {
    const half = rx * Math.sqrt(Math.max(0, 1 - ((row - y) / ry) ** 2));
    const from = isRight ? middle : Math.max(0, Math.ceil(x - half));
    const to = isRight ? Math.min(side, Math.floor(x + half) + 1) : middle;
    if (to > from) labels.data.fill(label, row * side + from, row * side + to);
  }
}

function time(name: string, work: () => unknown): void {
  const taken: number[] = [];
  const worked: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [began, used] = [performance.now(), process.cpuUsage()];
    work();
    taken.push(performance.now() - began);
    const { user, system } = process.cpuUsage(used);
    worked.push((user + system) / 1000);
  }
  const sorted = taken.sort((a, b) => a - b);
  const processor = worked.sort((a, b) => a - b)[worked.length >> 1];
  const show = (ms: number | undefined): string => (ms ?? 0).toFixed(0);
  console.log(
    `${name.padEnd(58)} ${show(sorted[sorted.length >> 1]).padStart(7)} ms  (${show(sorted[0])} to ${show(sorted.at(-1))}; processor ${show(processor)})`,
  );
}

const reference = makeCells(Number(values.objects), null);
const predicted = makeCells(Number(values.objects), { seed: "a", moved: 1.2 });
const overlaps = findOverlaps(reference, predicted);
console.log(
  `${overlaps.referenceLabels.length} references, ${overlaps.predictedLabels.length} predictions, ${overlaps.pairs.length} touching pairs, ${side} x ${side}; median of ${rounds}`,
);
const matches = matchPairs();
function matchPairs() {
  return overlaps.pairs
    .filter(({ iou }) => iou > 0.5)
    .map(({ reference: r, predicted: p, iou }) => ({
      reference: overlaps.referenceLabels[r] as number,
      predicted: overlaps.predictedLabels[p] as number,
      iou,
    }));
}

time("overlap table", () => findOverlaps(reference, predicted));
time("AP, F1, PQ at ten thresholds (table included)", () =>
  scoreSegmentation(reference, predicted, defaultIouThresholds),
);
time("one threshold of 0.5 with maximum assignment", () => matchObjects(reference, predicted, 0.5));
time("error classes", () => classifyOverlaps(overlaps));
time("SEG and DET", () => cellTrackingSums(overlaps));
time("AJI and AJI+", () => [aggregatedJaccard(overlaps), aggregatedJaccardPlus(overlaps)]);
time("boundary F, 2 pixels", () => boundarySums(reference, predicted));
time(`Hausdorff of ${matches.length} pairs`, () => hausdorffDistances(reference, predicted, matches));
time("everything, with outcomes of each object", () => evaluateLabels(reference, predicted));

const { tally } = evaluateLabels(reference, predicted);
const { byThreshold, seg, det, aji } = scoresOf(tally, defaultTallySettings);
console.log(
  `AP@0.5 ${byThreshold[0]?.averagePrecision.toFixed(3)}, SEG ${seg?.toFixed(3)}, DET ${det?.toFixed(3)}, AJI ${aji?.toFixed(3)}`,
);
const images = Array.from({ length: 500 }, (_, k) => ({ group: `g${k % 100}`, tally }));
time("intervals of 16 scores: 1,000 draws of 100 groups", () =>
  bootstrapIntervals(images, defaultTallySettings),
);
const pairs = images.map(({ group }) => ({ group, a: tally, b: tally }));
time("paired test and intervals: 1,000 + 1,000 rounds, 100 groups", () =>
  compareScores(pairs, defaultTallySettings),
);
