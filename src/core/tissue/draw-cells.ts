/**
 * Labels of simulated cells and nuclei, exact by construction.
 *
 * A pixel belongs to the cell in whose ellipse it lies deepest, so neighbours that press against each other share a
 * border, and single cells keep their own outline. Pixels are looked up at a place that a smooth field has moved a
 * little, which makes every border wander. Nuclei are ellipses of their own, cut to their cell and off its centre;
 * some are missing because the section missed them, some cells have two.
 */

import type { LabelImage } from "../array/index.ts";
import { connectedComponents, distanceTransform, fillHoles, indexLabels } from "../labels/index.ts";
import type { Rng } from "../rng.ts";
import type { PlacedCell } from "./place-cells.ts";
import { smoothNoise } from "./smooth-noise.ts";
import type { TissueParams } from "./tissue-params.ts";

/** The least a label may be, µm²: smaller slivers of cells and nuclei are not drawn. */
const cellAreaUm2Min = 9;
const nucleusAreaUm2Min = 4;

export interface DrawnCells {
  /** 1 to n; `placed[k - 1]` is cell k. */
  readonly cells: LabelImage;
  readonly placed: readonly PlacedCell[];
}

/** Fields that move the place at which a pixel is looked up. */
interface Warp {
  readonly dy: Float32Array;
  readonly dx: Float32Array;
}

export function drawCells(params: TissueParams, placed: readonly PlacedCell[], random: Rng): DrawnCells {
  const { height, width, mppUm } = params;
  const warp = makeWarp(params, random.stream("warp"), 0.35);
  const depth = new Float32Array(height * width).fill(Infinity);
  const data = new Int32Array(height * width);
  placed.forEach((cell, k) => {
    drawEllipse(cell, cell.spread, { height, width }, warp, (i, d) => {
      if (d >= (depth[i] as number)) return;
      depth[i] = d;
      data[i] = k + 1;
    });
  });
  const whole = fillHoles(onePieceEach({ dtype: "int32", height, width, data }));
  return compact(whole, placed, cellAreaUm2Min / mppUm ** 2);
}

function makeWarp(params: TissueParams, random: Rng, wavesPerDiameter: number): Warp {
  const { height, width, mppUm } = params;
  const scale = (params.cellDiameterUm * wavesPerDiameter) / mppUm;
  const reach = params.raggednessUm / mppUm;
  const field = (name: string): Float32Array =>
    smoothNoise(height, width, scale, random.stream(name)).map((value) => reach * value);
  return { dy: field("y"), dx: field("x") };
}

type EllipseLike = Pick<PlacedCell, "y" | "x" | "long" | "short" | "angle">;

/** Visits pixels with their distance from the ellipse's centre, 1 = on its rim, up to `limit`. */
function drawEllipse(
  { y: cy, x: cx, long, short, angle }: EllipseLike,
  limit: number,
  { height, width }: { readonly height: number; readonly width: number },
  warp: Warp,
  visit: (index: number, distance: number) => void,
): void {
  const reach = long * limit + 4;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const y1 = Math.min(height - 1, Math.floor(cy + reach));
  const x1 = Math.min(width - 1, Math.floor(cx + reach));
  for (let y = Math.max(0, Math.ceil(cy - reach)); y <= y1; y++) {
    for (let x = Math.max(0, Math.ceil(cx - reach)); x <= x1; x++) {
      const i = y * width + x;
      const dy = y + (warp.dy[i] as number) - cy;
      const dx = x + (warp.dx[i] as number) - cx;
      const a = (dx * cos + dy * sin) / long;
      const b = (dy * cos - dx * sin) / short;
      const d = Math.sqrt(a * a + b * b);
      if (d <= limit) visit(i, d);
    }
  }
}

/** Of each label the largest 4-connected piece; the rest becomes background. */
function onePieceEach(labels: LabelImage): LabelImage {
  const pieces = connectedComponents(labels, 4);
  const index = indexLabels(pieces);
  const largest = new Map<number, number>();
  const seen = new Uint8Array(index.labels.length + 1);
  const areaOf = (piece: number): number => index.areas[piece - 1] as number;
  for (let i = 0; i < labels.data.length; i++) {
    const piece = pieces.data[i] as number;
    if (piece === 0 || seen[piece] === 1) continue;
    seen[piece] = 1;
    const label = labels.data[i] as number;
    const held = largest.get(label);
    if (held === undefined || areaOf(piece) > areaOf(held)) largest.set(label, piece);
  }
  const data = labels.data.map((label, i) =>
    label !== 0 && largest.get(label) === pieces.data[i] ? label : 0,
  );
  return { ...labels, data };
}

/** Drops small cells and numbers the rest 1 to n in the order of their placing. */
function compact(labels: LabelImage, placed: readonly PlacedCell[], areaPxMin: number): DrawnCells {
  const index = indexLabels(labels);
  const numbers = new Int32Array(placed.length + 1);
  const kept: PlacedCell[] = [];
  index.labels.forEach((label, k) => {
    if ((index.areas[k] as number) < areaPxMin) return;
    kept.push(placed[label - 1] as PlacedCell);
    numbers[label] = kept.length;
  });
  return {
    cells: { ...labels, data: labels.data.map((label) => numbers[label] as number) },
    placed: kept,
  };
}

export interface DrawnNuclei {
  /** 1 to n. */
  readonly nuclei: LabelImage;
  /** Cell of nucleus k at k - 1. */
  readonly cellOf: Int32Array;
}

/**
 * Depth in its cell, in pixels, that a pixel of a nucleus must exceed: none where cells are nearly all nucleus, so that
 * nuclei of neighbours may touch as they do in aggregates and stroma.
 */
const rims = { epithelial: [0.9, 1.4, 1.4], immune: [0, 0, 0.9, 1.4], stromal: [0, 0.9, 0.9, 1.4] } as const;

/** Draws the nuclei of drawn cells. Every pixel of a nucleus lies in its cell. */
export function drawNuclei(params: TissueParams, { cells, placed }: DrawnCells, random: Rng): DrawnNuclei {
  const { height, width, mppUm } = params;
  const depth = distanceTransform(cells).data;
  const warp = makeWarp({ ...params, raggednessUm: 0.35 * params.raggednessUm }, random.stream("warp"), 0.5);
  const index = indexLabels(cells);
  const centres = centroidsOf(cells, index.areas);
  const data = new Int32Array(height * width);
  const owners: number[] = [];
  placed.forEach((cell, k) => {
    const own = random.stream("nucleus", k);
    if (own.chance(params.missingNuclei)) return;
    const centre = { y: centres[2 * k] as number, x: centres[2 * k + 1] as number };
    for (const ellipse of nucleiOf(params, cell, centre, index.areas[k] as number, own)) {
      owners.push(k + 1);
      const number = owners.length;
      const rim = own.pick<number>(rims[cell.kind]);
      drawEllipse(ellipse, 1, { height, width }, warp, (i) => {
        if (cells.data[i] === k + 1 && (depth[i] as number) > rim && data[i] === 0) data[i] = number;
      });
    }
  });
  const labels = fillHoles(onePieceEach({ dtype: "int32", height, width, data }));
  return numberNuclei(labels, owners, nucleusAreaUm2Min / mppUm ** 2);
}

function numberNuclei(labels: LabelImage, owners: readonly number[], areaPxMin: number): DrawnNuclei {
  const index = indexLabels(labels);
  const numbers = new Int32Array(owners.length + 1);
  const kept: number[] = [];
  index.labels.forEach((label, k) => {
    if ((index.areas[k] as number) < areaPxMin) return;
    kept.push(owners[label - 1] as number);
    numbers[label] = kept.length;
  });
  return {
    nuclei: { ...labels, data: labels.data.map((label) => numbers[label] as number) },
    cellOf: Int32Array.from(kept),
  };
}

function centroidsOf({ height, width, data }: LabelImage, areas: Int32Array): Float64Array {
  const sums = new Float64Array(2 * areas.length);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const label = data[i] as number;
      if (label === 0) continue;
      sums[2 * label - 2] = (sums[2 * label - 2] as number) + y;
      sums[2 * label - 1] = (sums[2 * label - 1] as number) + x;
    }
  }
  return sums.map((sum, k) => sum / (areas[k >> 1] as number));
}

/** Nucleus over cell area by kind, relative to the parameter: small round cells are nearly all nucleus. */
const shareOf = { epithelial: 1, immune: 1.7, stromal: 0.95 } as const;

function nucleiOf(
  params: TissueParams,
  cell: PlacedCell,
  centre: { readonly y: number; readonly x: number },
  areaPx: number,
  random: Rng,
): EllipseLike[] {
  const share = Math.min(
    0.82,
    params.nucleusShare * shareOf[cell.kind] * Math.max(0.5, 1 + 0.18 * random.normal()),
  );
  const stretch = Math.sqrt(Math.max(1, (cell.long / cell.short) ** 0.8 * random.uniform(0.9, 1.25)));
  // Cut cells are larger than what is seen of them; the placed ellipse tells.
  const area = share * Math.min(areaPx, 1.6 * Math.PI * cell.long * cell.short);
  const r = Math.sqrt(area / Math.PI);
  const angle = cell.angle + 0.3 * random.normal();
  const room = Math.max(0, Math.min(cell.short, Math.sqrt(areaPx / Math.PI)) - r);
  const direction = random.uniform(0, 2 * Math.PI);
  const off = params.eccentricity * room * random.next();
  const [y, x] = [centre.y + off * Math.sin(direction), centre.x + off * Math.cos(direction)];
  const one: EllipseLike = { y, x, long: r * stretch, short: r / stretch, angle };
  if (cell.kind === "immune" || !random.chance(params.binucleate)) return [one];
  const part = r * Math.SQRT1_2;
  const gap = 1.15 * part;
  const [dy, dx] = [gap * Math.sin(cell.angle), gap * Math.cos(cell.angle)];
  return [1, -1].map((side) => ({
    y: y + side * dy,
    x: x + side * dx,
    long: part,
    short: 0.9 * part,
    angle,
  }));
}
