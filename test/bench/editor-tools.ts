/**
 * What one operation of each editing tool costs at 512² and at 4,096² with 20,000 labels: the ratio says whether the cost
 * follows the touched cells or the image.
 *
 *   node test/bench/editor-tools.ts [--rounds 200]
 *
 * Same cells at both sizes (discs of radius 12 on a grid of 28 pixels), so that only the size of the canvas and the
 * number of labels differ; the work goes on within one view of 500 pixels, as a person's does. One operation = the tool and its changes applied to the canvas in place, as the page does; each
 * is taken back before the next. The 4,096² canvas holds 20,000 labels, the 512² one as many as fit at that density.
 */

import { type LabelImage, labelImage, type Plane, type Point, plane } from "#core/array/index.ts";
import {
  applyChangesInPlace,
  createCanvas,
  cutPolygon,
  drawPolygon,
  fillObject,
  fitObject,
  floodIntensity,
  growObjects,
  type LabelCanvas,
  type LayerState,
  mergeObjects,
  type ObjectChange,
  paintStroke,
  smoothObject,
  splitByLine,
  splitBySeeds,
  suggestSeeds,
  thresholdBox,
  trimToPart,
} from "#core/edits/index.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { rng } from "#core/rng.ts";
import { median, say } from "./label-edits.ts";

const cellSide = 28;
/** Cells along a side of the view that is worked in: all of the small canvas. */
const viewCells = 18;

/** Discs of radius 12 on a grid, the first `count` of it. */
function discs(side: number, count: number): LabelImage {
  const labels = labelImage(side, side);
  const columns = Math.floor(side / cellSide);
  for (let k = 0; k < count; k++) {
    const [cy, cx] = middleOf(k, columns);
    for (let y = cy - 12; y <= cy + 12; y++) {
      for (let x = cx - 12; x <= cx + 12; x++) {
        if ((y - cy) ** 2 + (x - cx) ** 2 <= 144) labels.data[y * side + x] = k + 1;
      }
    }
  }
  return labels;
}

function middleOf(k: number, columns: number): [number, number] {
  return [Math.floor(k / columns) * cellSide + 14, (k % columns) * cellSide + 14];
}

interface World {
  readonly canvas: LabelCanvas;
  readonly raw: { readonly y0: number; readonly x0: number; readonly plane: Plane };
  readonly columns: number;
  readonly count: number;
}

function world(side: number): World {
  const columns = Math.floor(side / cellSide);
  const count = Math.min(20_000, columns * columns);
  const labels = discs(side, count);
  const state: LayerState = {
    height: side,
    width: side,
    objects: new Map([...objectShapesFromLabels(labels)].map(([label, shape]) => [String(label), shape])),
  };
  const random = rng(1, "bench");
  const picture = plane("uint16", side, side);
  for (let i = 0; i < picture.data.length; i++) {
    picture.data[i] = (labels.data[i] === 0 ? 800 : 9_000) + random.int(600);
  }
  return { canvas: createCanvas(state), raw: { y0: 0, x0: 0, plane: picture }, columns, count };
}

/** One operation on cell k, whose middle is (y, x). */
type Tool = (w: World, uid: string, next: string, at: Point) => ObjectChange[];

const ring = (at: Point, radius: number): Point[] =>
  Array.from({ length: 24 }, (_, k) => ({
    y: at.y + radius * Math.sin((k * Math.PI) / 12),
    x: at.x + radius * Math.cos((k * Math.PI) / 12),
  }));

const tools: Readonly<Record<string, Tool>> = {
  // One move of a brush of 12 pixels: two points, as a pointer event brings them.
  "brush move": ({ canvas }, uid, _, { y, x }) =>
    paintStroke(canvas, {
      uid,
      points: [
        { y, x: x + 4 },
        { y: y + 3, x: x + 8 },
      ],
      radius: 12,
      mode: "exclude",
    }),
  "brush move, radius 40": ({ canvas }, uid, _, { y, x }) =>
    paintStroke(canvas, {
      uid,
      points: [
        { y, x },
        { y: y + 3, x: x + 6 },
      ],
      radius: 40,
      mode: "exclude",
    }),
  "brush move, overwrite": ({ canvas }, uid, _, { y, x }) =>
    paintStroke(canvas, {
      uid,
      points: [
        { y, x: x + 4 },
        { y: y + 3, x: x + 8 },
      ],
      radius: 12,
      mode: "overwrite",
    }),
  "split by line": ({ canvas }, uid, _, { y, x }) =>
    splitByLine(canvas, uid, { y: y - 20, x: x - 3 }, { y: y + 20, x: x + 3 }, ["new1", "new2"]),
  "split by seeds": ({ canvas }, uid) => splitBySeeds(canvas, uid, suggestSeeds(canvas, uid), ["new1"]),
  merge: ({ canvas }, uid, next) => mergeObjects(canvas, [uid, next]),
  "grow by 1 um": ({ canvas }, uid) => growObjects(canvas, [uid], 1, { y: 0.5, x: 0.5 }),
  "shrink by 1 um": ({ canvas }, uid) => growObjects(canvas, [uid], -1, { y: 0.5, x: 0.5 }),
  smooth: ({ canvas }, uid, next) => smoothObject(canvas, uid, Number(next) % 2 === 0 ? 3 : 3.5),
  polygon: ({ canvas }, uid, _, at) =>
    drawPolygon(canvas, { uid, corners: ring({ y: at.y, x: at.x + 5 }, 13), mode: "exclude", snapPx: 3 }),
  "cut by lasso": ({ canvas }, _, __, at) => cutPolygon(canvas, ring({ y: at.y, x: at.x + 12 }, 9)),
  "flood, intensity": ({ canvas, raw }, _, __, at) =>
    floodIntensity(canvas, { uid: "new1", at, raw, tolerance: 700, mode: "overwrite", reachPx: 64 }),
  "threshold in 128²": ({ canvas, raw }, _, __, { y, x }) => {
    let count = 0;
    return thresholdBox(
      canvas,
      { box: [y - 64, x - 64, y + 64, x + 64], raw, threshold: 600, areaPxMin: 4 },
      () => `new${++count}`,
    ).changes;
  },
  "active contour": ({ canvas, raw }, uid) => fitObject(canvas, { uid, raw, marginPx: 10 }),
  "trim (no change)": ({ canvas }, uid, _, at) => trimToPart(canvas, uid, at),
  "fill holes (no change)": ({ canvas }, uid) => fillObject(canvas, uid),
};

const at95 = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] as number;

interface Times {
  readonly middle: number;
  readonly p95: number;
  /** p95 of processor time: what is left of the former when others take the processor away. */
  readonly p95Processor: number;
  readonly changed: number;
}

function measure(w: World, tool: Tool, rounds: number): Times {
  const random = rng(2, "cells");
  const times: number[] = [];
  const processor: number[] = [];
  let changed = 0;
  for (let round = -20; round < rounds; round++) {
    // Cells away from the rim, so that windows are the same at both sizes.
    const k = (3 + random.int(viewCells - 6)) * w.columns + 3 + random.int(viewCells - 6);
    const [y, x] = middleOf(k, w.columns);
    const used = process.cpuUsage();
    const start = performance.now();
    const changes = tool(w, String(k + 1), String(k + 2), { y, x });
    if (changes.length > 0) applyChangesInPlace(w.canvas, changes);
    const time = performance.now() - start;
    const { user, system } = process.cpuUsage(used);
    applyChangesInPlace(
      w.canvas,
      changes.map(({ uid, before, after }) => ({ uid, before: after, after: before })),
    );
    if (round < 0) continue;
    times.push(time);
    processor.push((user + system) / 1_000);
    if (changes.length > 0) changed++;
  }
  return { middle: median(times), p95: at95(times), p95Processor: at95(processor), changed };
}

const rounds = Number(process.argv[process.argv.indexOf("--rounds") + 1] ?? 200) || 200;
const small = world(512);
const large = world(4096);
say("labels at 512² / 4,096²", `${small.count} / ${large.count}`);
say("operation: median (p95, of processor time) at 512², at 4,096², ratio of medians", "");
for (const [name, tool] of Object.entries(tools)) {
  // In turns, so that a busy moment of the machine hits both.
  const halves = [0, 1, 2, 3].map(
    () => [measure(small, tool, rounds / 4), measure(large, tool, rounds / 4)] as const,
  );
  const [a, b] = [0, 1].map((side) => {
    const parts = halves.map((half) => half[side] as Times);
    return {
      middle: median(parts.map(({ middle }) => middle)),
      p95: median(parts.map(({ p95 }) => p95)),
      p95Processor: median(parts.map(({ p95Processor }) => p95Processor)),
      changed: parts.reduce((sum, { changed }) => sum + changed, 0),
    };
  }) as [Times, Times];
  const text = ({ middle, p95, p95Processor }: Times): string =>
    `${middle.toFixed(3)} (${p95.toFixed(2)}, ${p95Processor.toFixed(2)}) ms`;
  say(
    `${name} [${a.changed}/${b.changed} changed]`,
    `${text(a)}  ${text(b)}  ${(b.middle / a.middle).toFixed(2)}`,
  );
}
