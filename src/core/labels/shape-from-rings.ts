/**
 * Polygons to shapes: which pixels a polygon holds.
 *
 * Coordinates are those of the files that carry polygons (COCO, GeoJSON of QuPath, ROIs of ImageJ, Aperio XML):
 * x before y, continuous, pixel (x, y) covers [x, x + 1) by [y, y + 1). A pixel belongs to a polygon when its centre
 * (x + 0.5, y + 0.5) lies inside, even-odd across all rings of one polygon; a centre exactly on an edge belongs to the
 * side with the larger x (or y), so that neighbours with a common edge share every pixel out exactly once.
 *
 * Others: QuPath and ImageJ fill by pixel centres in the same coordinates, which is this rule. pycocotools does too, but
 * rounds the outline to fifths of a pixel first, so slanted edges can differ by single pixels and edges on whole numbers
 * never; it joins the polygons of one annotation by union (`shapeFromPolygons`), not even-odd. skimage.draw puts
 * pixel centres on whole numbers: subtract 0.5 from these coordinates before comparing, add it before reading its.
 */
import { FoundryError } from "../errors.ts";
import { type ObjectShape, objectShapeFromMask } from "./object-shape.ts";

/** x0, y0, x1, y1, …; the last corner joins the first (which may be repeated). */
export type Ring = readonly number[];

/** The image a polygon lies in; what reaches outside is cut off. */
export interface PolygonFrame {
  readonly height: number;
  readonly width: number;
  readonly t?: number;
  readonly z?: number;
}

/**
 * Shape of one polygon: its rings (outer ones, holes, in any order and direction) filled even-odd.
 *
 * @returns `null` when no pixel centre of the image lies inside.
 * @throws FoundryError `label.invalid` for a coordinate that is not a finite number or an odd count of numbers;
 *         `limit.pixels` when its edges cross more than 2^26 rows in sum.
 * Cost: O(rows crossed · log + pixels of the box).
 */
export function shapeFromRings(rings: readonly Ring[], frame: PolygonFrame): ObjectShape | null {
  return shapeFromPolygons([rings], frame);
}

/** Shape of several polygons together (a MultiPolygon, the parts of a COCO annotation): their union. See `shapeFromRings`. */
export function shapeFromPolygons(
  polygons: readonly (readonly Ring[])[],
  frame: PolygonFrame,
): ObjectShape | null {
  const box = pixelBox(polygons, frame);
  if (box === null) return null;
  const width = box.right - box.left;
  const height = box.bottom - box.top;
  const bits = new Uint8Array(width * height);
  for (const rings of polygons) {
    const crossings = findCrossings(rings, box);
    for (let row = 0; row < height; row++) {
      const from = crossings.start[row] as number;
      const to = crossings.start[row + 1] as number;
      const xs = crossings.x.subarray(from, to);
      sortFewInPlace(xs);
      for (let k = 0; k + 1 < xs.length; k += 2) {
        bits.fill(
          1,
          row * width + firstColumn(xs[k] as number, box),
          row * width + firstColumn(xs[k + 1] as number, box),
        );
      }
    }
  }
  return objectShapeFromMask(
    { dtype: "uint8", height, width, data: bits },
    { t: frame.t ?? 0, z: frame.z ?? 0, y: box.top, x: box.left },
  );
}

/** Half-open box of pixels whose centres can lie inside, within the image. */
interface PixelBox {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** First pixel whose centre is at or after a coordinate. */
function firstCentre(at: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, Math.ceil(at - 0.5)));
}

function firstColumn(x: number, box: PixelBox): number {
  return firstCentre(x, box.left, box.right) - box.left;
}

function pixelBox(polygons: readonly (readonly Ring[])[], frame: PolygonFrame): PixelBox | null {
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const rings of polygons) {
    for (const ring of rings) {
      if (ring.length % 2 !== 0) throw badRing("it has an x without a y");
      for (let i = 0; i < ring.length; i += 2) {
        const [x, y] = [ring[i] as number, ring[i + 1] as number];
        if (!Number.isFinite(x) || !Number.isFinite(y)) throw badRing("a coordinate is not a finite number");
        if (x < minX) minX = x;
        if (x > maxX) maxX = x;
        if (y < minY) minY = y;
        if (y > maxY) maxY = y;
      }
    }
  }
  const box = {
    top: firstCentre(minY, 0, frame.height),
    left: firstCentre(minX, 0, frame.width),
    bottom: firstCentre(maxY, 0, frame.height),
    right: firstCentre(maxX, 0, frame.width),
  };
  return box.top < box.bottom && box.left < box.right ? box : null;
}

/** Ascending. A row of a cell crosses two or four edges; the runtime's sort is for long lists. */
function sortFewInPlace(values: Float64Array): void {
  if (values.length > 16) {
    values.sort();
    return;
  }
  for (let i = 1; i < values.length; i++) {
    const value = values[i] as number;
    let at = i;
    for (; at > 0 && (values[at - 1] as number) > value; at--) values[at] = values[at - 1] as number;
    values[at] = value;
  }
}

function badRing(reason: string): FoundryError {
  return new FoundryError("label.invalid", {
    message: `A polygon cannot be used: ${reason}.`,
    hint: "Export the polygons again.",
  });
}

/** Where edges cross the centre lines of rows: `x[start[row]]` to `x[start[row + 1]]`, rows counted from the box. */
interface Crossings {
  readonly start: Int32Array;
  readonly x: Float64Array;
}

// 512 MiB of crossings; a zigzag of 65,536 edges over 1,024 rows.
const CROSSINGS_MAX = 2 ** 26;

function findCrossings(rings: readonly Ring[], box: PixelBox): Crossings {
  const start = new Int32Array(box.bottom - box.top + 1);
  let count = 0;
  forEachEdge(rings, (_xa, ya, _xb, yb) => {
    const end = firstCentre(yb, box.top, box.bottom);
    for (let y = firstCentre(ya, box.top, box.bottom); y < end; y++) {
      start[y - box.top + 1] = (start[y - box.top + 1] as number) + 1;
      count++;
    }
    if (count > CROSSINGS_MAX) {
      throw new FoundryError("limit.pixels", {
        message: `A polygon cannot be used: its edges cross more than ${CROSSINGS_MAX} rows.`,
        hint: "Simplify the polygon.",
      });
    }
  });
  for (let row = 1; row < start.length; row++)
    start[row] = (start[row] as number) + (start[row - 1] as number);
  const next = start.slice();
  const x = new Float64Array(count);
  forEachEdge(rings, (xa, ya, xb, yb) => {
    const slope = (xb - xa) / (yb - ya);
    const end = firstCentre(yb, box.top, box.bottom);
    for (let y = firstCentre(ya, box.top, box.bottom); y < end; y++) {
      const at = next[y - box.top] as number;
      next[y - box.top] = at + 1;
      x[at] = xa + (y + 0.5 - ya) * slope;
    }
  });
  return { start, x };
}

/**
 * Visits every edge that is not level, from its upper to its lower end whichever way it is drawn, so that an edge walked
 * twice crosses at the very same places and cancels.
 */
function forEachEdge(
  rings: readonly Ring[],
  visit: (xa: number, ya: number, xb: number, yb: number) => void,
): void {
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      const j = i + 2 < ring.length ? i + 2 : 0;
      const [xa, ya, xb, yb] = [ring[i], ring[i + 1], ring[j], ring[j + 1]] as [
        number,
        number,
        number,
        number,
      ];
      if (ya < yb) visit(xa, ya, xb, yb);
      else if (yb < ya) visit(xb, yb, xa, ya);
    }
  }
}
