/**
 * Measurements of one object from its shape, and of the light under it: what a table of cells holds.
 *
 * Axes and eccentricity are those of the ellipse with the same second moments, each pixel counted as a point at its
 * centre, as scikit-image's `regionprops` does; so a single pixel has axes of length 0.
 */

import type { Plane, Point } from "../array/index.ts";
import { forEachRun, type ObjectShape, shapeToMask } from "./object-shape.ts";
import { regionProperties } from "./region-properties.ts";
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
  let [area, sumY, sumX, sumYY, sumXX, sumXY] = [0, 0, 0, 0, 0, 0];
  const [top, left] = shape.bbox;
  forEachRun(shape, (row, from, to) => {
    const y = row - top;
    for (let column = from; column < to; column++) {
      const x = column - left;
      area++;
      sumY += y;
      sumX += x;
      sumYY += y * y;
      sumXX += x * x;
      sumXY += x * y;
    }
  });
  const [meanY, meanX] = [sumY / area, sumX / area];
  const momentY = sumYY / area - meanY * meanY;
  const momentX = sumXX / area - meanX * meanX;
  const momentXY = sumXY / area - meanX * meanY;
  const middle = (momentY + momentX) / 2;
  const spread = Math.hypot((momentY - momentX) / 2, momentXY);
  const [large, small] = [middle + spread, Math.max(0, middle - spread)];
  return {
    areaPx: area,
    perimeterPx: perimeterOf(shape),
    centroid: { y: top + meanY, x: left + meanX },
    majorAxisPx: 4 * Math.sqrt(large),
    minorAxisPx: 4 * Math.sqrt(small),
    eccentricity: large === 0 ? 0 : Math.sqrt(1 - small / large),
    solidity: solidity(shape),
  };
}

function perimeterOf(shape: ObjectShape): number {
  const { height, width, data } = shapeToMask(shape);
  const [one] = regionProperties({ dtype: "int32", height, width, data: Int32Array.from(data) });
  return one?.perimeterPx ?? 0;
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
