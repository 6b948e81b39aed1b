/**
 * Measurements of one object from its shape, and of the light under it: what a table of cells holds.
 *
 * Axes and eccentricity are those of the ellipse with the same second moments. Columns of a whole layer, with units,
 * neighbours and statistics of light, are in `core/measure`.
 */

import type { Plane, Point } from "../array/index.ts";
import { contourLength, contourSides } from "./contour-sides.ts";
import { ellipseOf, objectMoments } from "./object-moments.ts";
import { forEachRun, type ObjectShape } from "./object-shape.ts";
import { solidity } from "./solidity.ts";

export interface ObjectMeasures {
  readonly areaPx: number;
  /** Contour length, holes included; see `regionProperties`. */
  readonly perimeterPx: number;
  readonly centroid: Point;
  /** Full lengths of the axes of the ellipse, in pixels. */
  readonly majorAxisPx: number;
  readonly minorAxisPx: number;
  /** 0 for a circle, towards 1 for a line. */
  readonly eccentricity: number;
  /** Area over that of the convex hull, above 0, up to 1. */
  readonly solidity: number;
}

export interface ObjectIntensity {
  readonly mean: number;
  readonly min: number;
  readonly max: number;
}

/** Cost: O(box). */
export function measureObject(shape: ObjectShape): ObjectMeasures {
  const moments = objectMoments(shape);
  const { majorAxis, minorAxis, eccentricity } = ellipseOf(moments);
  return {
    areaPx: moments.areaPx,
    perimeterPx: contourLength(contourSides(shape)),
    centroid: moments.centroid,
    majorAxisPx: majorAxis,
    minorAxisPx: minorAxis,
    eccentricity,
    solidity: solidity(shape),
  };
}

/**
 * Light under an object in one plane.
 *
 * @param plane  axes yx of the image the shape lies in, at the shape's own t and z. Cost: O(area).
 */
export function measureIntensity(shape: ObjectShape, plane: Plane): ObjectIntensity {
  let [sum, count, min, max] = [0, 0, Infinity, -Infinity];
  forEachRun(shape, (y, from, to) => {
    for (let i = y * plane.width + from; i < y * plane.width + to; i++) {
      const value = plane.data[i] as number;
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    count += to - from;
  });
  return { mean: sum / count, min, max };
}
