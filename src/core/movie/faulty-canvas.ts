/**
 * A label image drawn with faults: cells kept, cut, merged, left out, and objects that are none.
 */
import type { BoundingBox, LabelImage } from "../array/index.ts";
import type { RegionProperties } from "../labels/index.ts";
import type { Rng } from "../rng.ts";
import type { SegmentationError } from "./error-shares.ts";

/** Pieces of less than this share of the cell are not cut off. */
const pieceShareMin = 0.2;

/** Throws for the place of an invented object. */
const throwsMax = 30;

export interface FaultySegmentation {
  /** 1 to n. */
  readonly labels: LabelImage;
  /** Cells in object k at k - 1: one, two where merged, none where invented. */
  readonly cellsOf: readonly (readonly number[])[];
  readonly errors: readonly SegmentationError[];
}

export interface FaultyCanvas {
  kept(label: number): void;
  missed(label: number): void;
  cut(cell: RegionProperties, random: Rng): void;
  merged(cell: RegionProperties, other: RegionProperties): void;
  invented(cells: readonly RegionProperties[], random: Rng): void;
  finish(): FaultySegmentation;
}

/** @param exact  not changed. Each of its cells is kept, left out, cut or merged once. */
export function createFaultyCanvas(exact: LabelImage): FaultyCanvas {
  const { height, width } = exact;
  const data = new Int32Array(exact.data.length);
  const cellsOf: (readonly number[])[] = [];
  const errors: SegmentationError[] = [];
  const numbers = new Map<number, number>();
  const newObject = (cells: readonly number[]): number => cellsOf.push(cells);
  /** What is drawn once all cells have their numbers. */
  const later: (() => void)[] = [];
  return {
    kept: (label) => numbers.set(label, newObject([label])),
    missed: (label) => errors.push({ kind: "miss", cells: [label], objects: [] }),
    cut: (cell, random) => {
      const pieces = cutInTwo(exact, cell, random);
      const first = newObject([cell.label]);
      numbers.set(cell.label, first);
      if (pieces === null) return;
      const second = newObject([cell.label]);
      later.push(() => {
        for (const i of pieces) data[i] = second;
      });
      errors.push({ kind: "split", cells: [cell.label], objects: [first, second] });
    },
    merged: (cell, other) => {
      const both = newObject([cell.label, other.label]);
      numbers.set(cell.label, both);
      numbers.set(other.label, both);
      later.push(() => drawBridge(data, exact, cell, other, both));
      errors.push({ kind: "merge", cells: [cell.label, other.label], objects: [both] });
    },
    invented: (cells, random) => {
      const place = emptyPlace(exact, data, cells, random);
      if (place === null) return;
      const label = newObject([]);
      for (const i of place) data[i] = label;
      errors.push({ kind: "false", cells: [], objects: [label] });
    },
    finish: () => {
      for (let i = 0; i < data.length; i++) {
        const label = exact.data[i] as number;
        if (label > 0) data[i] = numbers.get(label) ?? 0;
      }
      for (const draw of later) draw();
      return { labels: { dtype: "int32", height, width, data }, cellsOf, errors };
    },
  };
}

/** Pixels of the second of two pieces, along a line through the middle across the long axis; null where none is worth it. */
function cutInTwo(labels: LabelImage, cell: RegionProperties, random: Rng): number[] | null {
  const { centroid, areaPx: area } = cell;
  const angle = axisOf(labels, cell) + 0.25 * random.normal();
  const [uy, ux] = [Math.sin(angle), Math.cos(angle)];
  const off = 0.12 * Math.sqrt(area) * random.uniform(-1, 1);
  const pieces: [number[], number[]] = [[], []];
  eachPixel(labels, cell, (i, y, x) => {
    const along = (y - centroid.y) * uy + (x - centroid.x) * ux;
    pieces[along > off ? 1 : 0].push(i);
  });
  const smaller = Math.min(pieces[0].length, pieces[1].length);
  return smaller < Math.max(2, pieceShareMin * area) ? null : pieces[1];
}

function eachPixel(
  { width, data }: LabelImage,
  { label, bbox }: { readonly label: number; readonly bbox: BoundingBox },
  visit: (i: number, y: number, x: number) => void,
): void {
  const [y0, x0, y1, x1] = bbox;
  for (let y = y0; y < y1; y++)
    for (let x = x0; x < x1; x++) if (data[y * width + x] === label) visit(y * width + x, y, x);
}

/** Direction of the long axis by second moments, radians against x. */
function axisOf(labels: LabelImage, cell: RegionProperties): number {
  let [yy, xx, yx] = [0, 0, 0];
  eachPixel(labels, cell, (_, y, x) => {
    const [dy, dx] = [y - cell.centroid.y, x - cell.centroid.x];
    yy += dy * dy;
    xx += dx * dx;
    yx += dy * dx;
  });
  return 0.5 * Math.atan2(2 * yx, xx - yy);
}

/** Fills the background on a band between two centres, so that the two are one piece. */
function drawBridge(
  data: Int32Array,
  exact: LabelImage,
  a: RegionProperties,
  b: RegionProperties,
  label: number,
): void {
  const { height, width } = exact;
  const radius = Math.max(1, 0.3 * Math.sqrt(Math.min(a.areaPx, b.areaPx)));
  const [dy, dx] = [b.centroid.y - a.centroid.y, b.centroid.x - a.centroid.x];
  const steps = Math.ceil(2 * Math.hypot(dy, dx)) + 1;
  for (let k = 0; k <= steps; k++) {
    const [cy, cx] = [a.centroid.y + (dy * k) / steps, a.centroid.x + (dx * k) / steps];
    for (let y = Math.max(0, Math.ceil(cy - radius)); y <= Math.min(height - 1, cy + radius); y++) {
      for (let x = Math.max(0, Math.ceil(cx - radius)); x <= Math.min(width - 1, cx + radius); x++) {
        if ((y - cy) ** 2 + (x - cx) ** 2 <= radius ** 2 && data[y * width + x] === 0)
          data[y * width + x] = label;
      }
    }
  }
}

/** Pixels of a disc like a cell where neither a cell nor another invention is; null when there is no such place. */
function emptyPlace(
  { height, width, data: exact }: LabelImage,
  data: Int32Array,
  cells: readonly RegionProperties[],
  random: Rng,
): number[] | null {
  const radius = Math.sqrt(random.pick(cells).areaPx / Math.PI) * random.uniform(0.4, 1);
  for (let attempt = 0; attempt < throwsMax; attempt++) {
    const [cy, cx] = [random.uniform(0, height), random.uniform(0, width)];
    const pixels: number[] = [];
    let free = true;
    for (let y = Math.max(0, Math.ceil(cy - radius)); free && y <= Math.min(height - 1, cy + radius); y++) {
      for (let x = Math.max(0, Math.ceil(cx - radius)); free && x <= Math.min(width - 1, cx + radius); x++) {
        if ((y - cy) ** 2 + (x - cx) ** 2 > radius * radius) continue;
        const i = y * width + x;
        free = exact[i] === 0 && data[i] === 0;
        pixels.push(i);
      }
    }
    if (free && pixels.length > 2) return pixels;
  }
  return null;
}
