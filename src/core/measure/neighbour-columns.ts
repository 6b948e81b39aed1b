/**
 * Columns about the cells around each cell: how many touch it, how many lie within a distance, how far the nearest is.
 *
 * Distances are between centroids, in µm where the pixel size is known; cells touch when they share a pixel's side (or
 * pixels, in layers that may overlap). Only cells of the same frame and slice are neighbours.
 */

import { createShapeGrid, measureCentre, type ObjectShape, shapesOverlap } from "../labels/index.ts";
import { nearestRoom, pointGrid } from "../tracking/index.ts";
import { emptyColumn, type MeasureColumn } from "./measure-table.ts";
import type { PixelSize } from "./shape-columns.ts";

/** @param distance  in µm where `mpp` is known, else in pixels; above 0. Cost: O(cells + pairs within the distance). */
export function neighbourColumns(
  shapes: readonly ObjectShape[],
  mpp: PixelSize | null,
  distance: number,
): MeasureColumn[] {
  const rows = shapes.length;
  const unit = mpp === null ? "px" : "µm";
  const group = "neighbours" as const;
  const touching = emptyColumn(
    { key: "touching_count", title: "Touching cells", unit: "", group, whole: true },
    rows,
  );
  const near = emptyColumn(
    {
      key: "neighbour_count",
      title: `Cells within ${Number(distance.toPrecision(4))} ${unit}`,
      unit: "",
      group,
      whole: true,
    },
    rows,
  );
  const nearest = emptyColumn(
    {
      key: mpp === null ? "nearest_px" : "nearest_um",
      title: "Nearest cell",
      unit,
      group,
      whole: false,
    },
    rows,
  );
  countTouching(shapes, touching.values);
  for (const members of planesOf(shapes)) {
    measureDistances(shapes, members, mpp ?? { y: 1, x: 1 }, distance, near.values, nearest.values);
  }
  return [touching, near, nearest];
}

/** Positions of the shapes of each frame and slice. */
function planesOf(shapes: readonly ObjectShape[]): Int32Array[] {
  const planes = new Map<string, number[]>();
  for (const [i, { t, z }] of shapes.entries()) {
    const key = `${t},${z}`;
    const members = planes.get(key);
    if (members === undefined) planes.set(key, [i]);
    else members.push(i);
  }
  return [...planes.values()].map((members) => Int32Array.from(members));
}

function measureDistances(
  shapes: readonly ObjectShape[],
  members: Int32Array,
  unit: PixelSize,
  distance: number,
  near: Float64Array,
  nearest: Float64Array,
): void {
  const ys = new Float64Array(members.length);
  const xs = new Float64Array(members.length);
  for (const [i, member] of members.entries()) {
    const { centroid } = measureCentre(shapes[member] as ObjectShape);
    ys[i] = centroid.y * unit.y;
    xs[i] = centroid.x * unit.x;
  }
  const grid = pointGrid(ys, xs);
  const found = nearestRoom(1);
  for (const [i, member] of members.entries()) {
    const [y, x] = [ys[i] as number, xs[i] as number];
    let count = 0;
    grid.within(y, x, distance, () => count++);
    // The cell itself was among them.
    near[member] = count - 1;
    grid.nearest(y, x, Infinity, found, i);
    if (found.count > 0) nearest[member] = Math.sqrt(found.squares[0] as number);
  }
}

/** Steps to the four pixels beside a pixel, and none for cells that overlap. */
const steps = [
  [0, 0],
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;

function countTouching(shapes: readonly ObjectShape[], counts: Float64Array): void {
  counts.fill(0);
  const grid = createShapeGrid([...shapes.keys()], (i) => shapes[i] as ObjectShape);
  for (const [i, shape] of shapes.entries()) {
    const [y0, x0, y1, x1] = shape.bbox;
    const reach = { ...shape, bbox: [y0 - 1, x0 - 1, y1 + 1, x1 + 1] as const };
    for (const other of grid.near(reach)) {
      if (other <= i || !touches(shape, shapes[other] as ObjectShape)) continue;
      counts[i] = (counts[i] as number) + 1;
      counts[other] = (counts[other] as number) + 1;
    }
  }
}

function touches(a: ObjectShape, b: ObjectShape): boolean {
  const [y0, x0, y1, x1] = a.bbox;
  return steps.some(([dy, dx]) => shapesOverlap({ ...a, bbox: [y0 + dy, x0 + dx, y1 + dy, x1 + dx] }, b));
}
