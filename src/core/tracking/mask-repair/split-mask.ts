/**
 * Divides a mask of several cells among them, by where each is expected.
 *
 * The expected shapes are moved together so that their middle is the mask's; every pixel goes to the shape whose boundary
 * it lies deepest in, or nearest to, grown from the shapes' own pixels by watershed so that parts hang together.
 */
import { labelImage, mask as maskOf, plane } from "../../array/index.ts";
import {
  forEachRun,
  type ObjectShape,
  objectShapesFromLabels,
  shapeArea,
  watershedFromSeeds,
} from "../../labels/index.ts";
import { shapeCentroid, signedDistance } from "../../outline/index.ts";

/**
 * @param whole  the mask. @param expected  shapes of the cells in its frame, at least two.
 * @returns a part for each expected shape, in their order; `null` when one of them would get nothing.
 * Cost: O(cells x pixels of the window around all).
 */
export function splitMask(whole: ObjectShape, expected: readonly ObjectShape[]): ObjectShape[] | null {
  const shift = shiftToMiddle(whole, expected);
  const boxes = [whole.bbox, ...expected.map(({ bbox }) => movedBox(bbox, shift))];
  const top = Math.min(...boxes.map(([y0]) => y0)) - 1;
  const left = Math.min(...boxes.map(([, x0]) => x0)) - 1;
  const height = Math.max(...boxes.map(([, , y1]) => y1)) + 1 - top;
  const width = Math.max(...boxes.map(([, , , x1]) => x1)) + 1 - left;
  const painted = (shape: ObjectShape, by: { readonly y: number; readonly x: number }): Uint8Array => {
    const data = new Uint8Array(height * width);
    forEachRun(shape, (y, x0, x1) => {
      const row = (y + by.y - top) * width + by.x - left;
      data.fill(1, row + x0, row + x1);
    });
    return data;
  };
  const inside = painted(whole, { y: 0, x: 0 });
  const depths = expected.map((shape) => signedDistance(maskOf(height, width, painted(shape, shift))).data);
  const elevation = new Float32Array(height * width);
  const seeds = new Int32Array(height * width);
  for (let i = 0; i < elevation.length; i++) {
    let best = 0;
    for (let k = 1; k < depths.length; k++) if (depths[k]![i]! < depths[best]![i]!) best = k;
    elevation[i] = depths[best]![i]!;
    if (inside[i] === 1 && elevation[i]! < 0) seeds[i] = best + 1;
  }
  const parts = watershedFromSeeds(
    plane("float32", height, width, elevation),
    labelImage(height, width, seeds),
    { mask: maskOf(height, width, inside) },
  );
  const shapes = objectShapesFromLabels(parts, { t: whole.t, z: whole.z });
  const placed = expected.map((_, k) => {
    const part = shapes.get(k + 1);
    return part === undefined ? null : { ...part, bbox: movedBox(part.bbox, { y: top, x: left }) };
  });
  const given = placed.filter((part) => part !== null);
  const total = given.reduce((sum, part) => sum + shapeArea(part), 0);
  // A piece of the mask that no shape reaches would be lost.
  return given.length === expected.length && total === shapeArea(whole) ? given : null;
}

const movedBox = (
  [y0, x0, y1, x1]: ObjectShape["bbox"],
  { y, x }: { readonly y: number; readonly x: number },
): ObjectShape["bbox"] => [y0 + y, x0 + x, y1 + y, x1 + x];

function shiftToMiddle(
  whole: ObjectShape,
  expected: readonly ObjectShape[],
): { readonly y: number; readonly x: number } {
  let [area, y, x] = [0, 0, 0];
  for (const shape of expected) {
    const [own, middle] = [shapeArea(shape), shapeCentroid(shape)];
    area += own;
    y += own * middle.y;
    x += own * middle.x;
  }
  const middle = shapeCentroid(whole);
  return { y: Math.round(middle.y - y / area), x: Math.round(middle.x - x / area) };
}
