/**
 * Which post-processing suits every kind of image, and what choosing it on all groups but one is worth on that one?
 *
 * Each image is answered by the network of its fold, which never saw its group; the maps are decoded with every setting of
 * a grid, and whether doubtful objects are dropped is counted afterwards. For each group the setting is chosen by the mean
 * AP@0.5 of all *other* groups: what that reaches is the honest figure of the program's starting values.
 *
 * Usage: node test/bench/thresholds-across-folds.ts --folds FOLDER [--family fluorescence] [--threads 2] [--data ../shared/data]
 * `--folds` is the output of held-out-folds with that family.
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { axisLength } from "#core/array/index.ts";
import { resampleLabels } from "#core/image/index.ts";
import { indexLabels } from "#core/labels/index.ts";
import { findOverlaps } from "#core/metrics/index.ts";
import { createOrtNodeEngine } from "#nn/engine/ort-node.ts";
import {
  labelMaps,
  loadSegmentationModel,
  type Segmentation,
  type SegmentationModel,
  type TrainingItem,
} from "#nn/index.ts";
import { matchOverlaps } from "../../src/core/metrics/match-objects.ts";
import { readFolds } from "./fold-files.ts";
import { families } from "./real-items.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values } = parseArgs({
  options: {
    folds: { type: "string" },
    family: { type: "string", default: "fluorescence" },
    threads: { type: "string", default: "2" },
    data: { type: "string", default: join(root, "..", "shared", "data") },
  },
});
const family = families[values.family];
if (values.folds === undefined || family === undefined) throw new Error("Give --folds and a known --family.");

const grid = [0.02, 0.05, 0.1, 0.2].flatMap((seedProminence) =>
  [1, 1.5].flatMap((smoothingPx) =>
    [0.3, 0.4].map((seedThreshold) => ({ seedProminence, smoothingPx, seedThreshold })),
  ),
);
const means = [0, 0.6, 0.65, 0.7, 0.75, 0.8];

interface Counts {
  tp: number;
  fp: number;
  fn: number;
}
const none = (): Counts => ({ tp: 0, fp: 0, fn: 0 });
const ap = ({ tp, fp, fn }: Counts): number => tp / Math.max(1, tp + fp + fn);
const f1 = ({ tp, fp, fn }: Counts): number => (2 * tp) / Math.max(1, 2 * tp + fp + fn);

/** By setting, then by group. */
const counts = new Map<string, Map<string, Counts>>();
function count(setting: string, group: string, add: Counts): void {
  const byGroup = counts.get(setting) ?? new Map<string, Counts>();
  const sum = byGroup.get(group) ?? none();
  for (const name of ["tp", "fp", "fn"] as const) sum[name] += add[name];
  counts.set(setting, byGroup.set(group, sum));
}

/** Objects of one decoding: how much foreground they are on average, and whether they match a cell. */
function objectsOf(
  item: TrainingItem,
  answer: Segmentation,
  model: SegmentationModel,
  setting: (typeof grid)[number],
) {
  const truth = item.labels.nuclear;
  if (truth === undefined) return [];
  const changes = { nuclear: { ...setting, foregroundThreshold: 0.5, foregroundMeanMin: 0 } };
  const found = labelMaps(answer.maps, model.contract.compartments, changes).compartments[0]?.labels;
  const foreground = answer.maps[0]?.foreground.data;
  if (found === undefined || foreground === undefined) return [];
  const index = indexLabels(found);
  const sums = new Float64Array(index.labels.length);
  found.data.forEach((label, i) => {
    if (label > 0) sums[index.indexOf(label)]! += foreground[i] as number;
  });
  const [height, width] = [axisLength(item.image, "y"), axisLength(item.image, "x")];
  const whole =
    found.height === height && found.width === width ? found : resampleLabels(found, height, width);
  const right = new Set(matchOverlaps(findOverlaps(truth, whole), 0.5).map(({ predicted }) => predicted));
  return Array.from(index.labels, (label, k) => ({
    mean: (sums[k] as number) / (index.areas[k] as number),
    right: right.has(label),
  }));
}

const items = await family.items(values.data);
const engine = await createOrtNodeEngine({ threads: Number(values.threads) });
for (const { scores, onnx, contract } of readFolds(values.folds)) {
  const tested = new Set(scores.map(({ id }) => id));
  const model = await loadSegmentationModel(engine, onnx(), contract);
  for (const item of items.filter(({ id }) => tested.has(id))) {
    const answer = await model.predict(item.image, { mpp: item.mpp });
    const cells = item.labels.nuclear === undefined ? 0 : indexLabels(item.labels.nuclear).labels.length;
    for (const setting of grid) {
      const objects = objectsOf(item, answer, model, setting);
      for (const mean of means) {
        const kept = objects.filter((object) => object.mean >= mean);
        const tp = kept.filter(({ right }) => right).length;
        const { seedProminence, smoothingPx, seedThreshold } = setting;
        const name = `prominence ${seedProminence}, smoothing ${smoothingPx}, centre ${seedThreshold}, mean ${mean}`;
        count(name, item.group, { tp, fp: kept.length - tp, fn: cells - tp });
      }
    }
  }
  await model.release();
}

const groups = [...new Set([...counts.values()].flatMap((byGroup) => [...byGroup.keys()]))].sort();
const countsOf = (setting: string, group: string): Counts => counts.get(setting)?.get(group) ?? none();
const meanOver = (setting: string, of: readonly string[]): number =>
  of.reduce((sum, group) => sum + ap(countsOf(setting, group)), 0) / of.length;
const bestOver = (of: readonly string[]): string =>
  [...counts.keys()].reduce((best, setting) => (meanOver(setting, of) > meanOver(best, of) ? setting : best));
const pooled = (settingOf: (group: string) => string): Counts =>
  groups.reduce((sum, group) => {
    const { tp, fp, fn } = countsOf(settingOf(group), group);
    return { tp: sum.tp + tp, fp: sum.fp + fp, fn: sum.fn + fn };
  }, none());
const line = (name: string, of: Counts): string =>
  `| ${name} | ${ap(of).toFixed(3)} | ${f1(of).toFixed(3)} |`;

console.log("| setting | AP@0.5 | F1@0.5 |");
for (const setting of [...counts.keys()]
  .sort((a, b) => meanOver(b, groups) - meanOver(a, groups))
  .slice(0, 8))
  console.log(
    line(
      setting,
      pooled(() => setting),
    ),
  );
const others = new Map(
  groups.map((group) => [group, bestOver(groups.filter((other) => other !== group))] as const),
);
for (const group of groups)
  console.log(line(`${group}: ${others.get(group)}`, countsOf(others.get(group) as string, group)));
console.log(
  line(
    "**each group by what suits the others**",
    pooled((group) => others.get(group) as string),
  ),
);
