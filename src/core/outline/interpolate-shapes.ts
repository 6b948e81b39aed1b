/**
 * The shape between two shapes.
 *
 * Both are laid on one centre, their signed distances are mixed, and the zero line of the mixture is moved to the
 * centre between theirs (Raya and Udupa 1990, shape-based interpolation, with the centroid's motion taken out first). So a cell
 * that only moves keeps its shape, and a disc between two discs has the radius between theirs.
 */

import type { BoundingBox, Mask, Point } from "../array/index.ts";
import { FoundryError } from "../errors.ts";
import { forEachRun, type ObjectShape, objectShapeFromMask, type PlanePosition } from "../labels/index.ts";
import { signedDistance } from "./signed-distance.ts";

/** Windows of two cells; 4,096² holds the largest field anyone interpolates in. */
const interpolatedPixelsMax = 2 ** 24;

/** Middle of an object: the mean of its pixel centres. Cost: O(runs). */
export function shapeCentroid(shape: ObjectShape): Point {
  let [count, sumY, sumX] = [0, 0, 0];
  forEachRun(shape, (y, x0, x1) => {
    const length = x1 - x0;
    count += length;
    sumY += y * length;
    sumX += ((x0 + x1 - 1) / 2) * length;
  });
  return { y: sumY / count, x: sumX / count };
}

/**
 * @param share  0 gives `a`'s shape, 1 `b`'s, 0.5 the one half-way.
 * @param image  what reaches outside is cut off.
 * @param position  frame and plane of the new shape; those of `a` and `b` do not matter.
 * @returns `null` when nothing of it lies in the image.
 * @throws FoundryError `edit.invalid` for a share outside 0..1; `limit.pixels` when the two need a window of more than
 *         4,096² pixels. Cost: O(pixels of the window around both).
 */
export function interpolateShapes(
  a: ObjectShape,
  b: ObjectShape,
  share: number,
  image: { readonly height: number; readonly width: number },
  position: PlanePosition = {},
): ObjectShape | null {
  if (!(share >= 0 && share <= 1)) {
    throw new FoundryError("edit.invalid", {
      message: "A shape between two others lies at a share of 0 to 1.",
      details: { share },
    });
  }
  const [from, to] = [shapeCentroid(a), shapeCentroid(b)];
  const centre = { y: from.y + share * (to.y - from.y), x: from.x + share * (to.x - from.x) };
  const reach = (shape: ObjectShape, middle: Point): BoundingBox => [
    Math.floor(centre.y + shape.bbox[0] - middle.y) - 1,
    Math.floor(centre.x + shape.bbox[1] - middle.x) - 1,
    Math.ceil(centre.y + shape.bbox[2] - middle.y) + 1,
    Math.ceil(centre.x + shape.bbox[3] - middle.x) + 1,
  ];
  const [inA, inB] = [reach(a, from), reach(b, to)];
  const box: BoundingBox = [
    Math.min(inA[0], inB[0]),
    Math.min(inA[1], inB[1]),
    Math.max(inA[2], inB[2]),
    Math.max(inA[3], inB[3]),
  ];
  const field = windowOf(box);
  const distanceA = sampled(a, { y: from.y - centre.y, x: from.x - centre.x }, box);
  const distanceB = sampled(b, { y: to.y - centre.y, x: to.x - centre.x }, box);
  for (let i = 0; i < field.data.length; i++) {
    const mixed = (1 - share) * (distanceA[i] as number) + share * (distanceB[i] as number);
    if (mixed < 0) field.data[i] = 1;
  }
  return cutToImage(field, box, image, position);
}

function windowOf(box: BoundingBox): Mask {
  const [height, width] = [box[2] - box[0], box[3] - box[1]];
  if (height * width > interpolatedPixelsMax) {
    throw new FoundryError("limit.pixels", {
      message: `The two shapes together need a window of ${height} x ${width} pixels, more than can be interpolated.`,
      hint: "Choose key frames of one cell, not of the background.",
      details: { height, width, limit: interpolatedPixelsMax },
    });
  }
  return { dtype: "uint8", height, width, data: new Uint8Array(height * width) };
}

/** Signed distance of a shape at every pixel of a box, read `offset` away (between pixels: bilinear). */
function sampled(shape: ObjectShape, offset: Point, box: BoundingBox): Float64Array {
  const [height, width] = [box[2] - box[0], box[3] - box[1]];
  const [top, left] = [Math.floor(box[0] + offset.y), Math.floor(box[1] + offset.x)];
  const [fy, fx] = [box[0] + offset.y - top, box[1] + offset.x - left];
  const mask: Mask = {
    dtype: "uint8",
    height: height + 1,
    width: width + 1,
    data: new Uint8Array((height + 1) * (width + 1)),
  };
  forEachRun(shape, (y, x0, x1) => {
    mask.data.fill(1, (y - top) * mask.width + x0 - left, (y - top) * mask.width + x1 - left);
  });
  const { data } = signedDistance(mask);
  const out = new Float64Array(height * width);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const i = row * mask.width + column;
      const upper = (1 - fx) * (data[i] as number) + fx * (data[i + 1] as number);
      const lower = (1 - fx) * (data[i + mask.width] as number) + fx * (data[i + mask.width + 1] as number);
      out[row * width + column] = (1 - fy) * upper + fy * lower;
    }
  }
  return out;
}

function cutToImage(
  field: Mask,
  box: BoundingBox,
  image: { readonly height: number; readonly width: number },
  position: PlanePosition,
): ObjectShape | null {
  for (let row = 0; row < field.height; row++) {
    const y = box[0] + row;
    for (let column = 0; column < field.width; column++) {
      const x = box[1] + column;
      if (y < 0 || x < 0 || y >= image.height || x >= image.width) field.data[row * field.width + column] = 0;
    }
  }
  return objectShapeFromMask(field, { ...position, y: box[0], x: box[1] });
}
