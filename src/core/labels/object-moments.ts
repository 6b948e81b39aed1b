/**
 * Area, centroid and second moments of an object, and the ellipse that has the same ones.
 *
 * Each pixel counts as a point at its centre, as in scikit-image's `regionprops`, so a single pixel has axes of length 0.
 * Sums over runs have closed forms; no pixel is looked at alone.
 */

import type { Point } from "../array/index.ts";
import { forEachRun, type ObjectShape } from "./object-shape.ts";

export interface ObjectMoments {
  readonly areaPx: number;
  readonly centroid: Point;
  /** Central second moments over area, px². */
  readonly yy: number;
  readonly xx: number;
  readonly xy: number;
}

export interface Ellipse {
  /** Full lengths of the axes. */
  readonly majorAxis: number;
  readonly minorAxis: number;
  /** 0 for a circle, towards 1 for a line. */
  readonly eccentricity: number;
  /**
   * Angle of the long axis against x in degrees, counter-clockwise as seen on the screen (y points down), above -90, up
   * to 90. 0 for a circle, which has no long axis.
   */
  readonly orientationDeg: number;
}

/** Sum of the squares of 0, 1 … n - 1. */
const squaresBelow = (n: number): number => ((n - 1) * n * (2 * n - 1)) / 6;

/** Cost: one step per horizontal run. */
export function objectMoments(shape: ObjectShape): ObjectMoments {
  let [area, sumY, sumX, sumYY, sumXX, sumXY] = [0, 0, 0, 0, 0, 0];
  // From the corner of the box, so that far corners of a slide lose no digits.
  const [top, left] = shape.bbox;
  forEachRun(shape, (row, from, to) => {
    const [y, a, b] = [row - top, from - left, to - left];
    const length = b - a;
    const x = (length * (a + b - 1)) / 2;
    area += length;
    sumY += y * length;
    sumX += x;
    sumYY += y * y * length;
    sumXX += squaresBelow(b) - squaresBelow(a);
    sumXY += y * x;
  });
  const [y, x] = [sumY / area, sumX / area];
  return {
    areaPx: area,
    centroid: { y: top + y, x: left + x },
    yy: sumYY / area - y * y,
    xx: sumXX / area - x * x,
    xy: sumXY / area - x * y,
  };
}

/** The ellipse with the object's second moments, in units in which a pixel is `unit.y` high and `unit.x` wide. */
export function ellipseOf(
  moments: Pick<ObjectMoments, "yy" | "xx" | "xy">,
  unit: { readonly y: number; readonly x: number } = { y: 1, x: 1 },
): Ellipse {
  const yy = moments.yy * unit.y * unit.y;
  const xx = moments.xx * unit.x * unit.x;
  const xy = moments.xy * unit.y * unit.x;
  const middle = (yy + xx) / 2;
  const spread = Math.hypot((yy - xx) / 2, xy);
  const [large, small] = [middle + spread, Math.max(0, middle - spread)];
  // Minus: on the screen y points down. Adding 0 turns -0 into 0.
  const degrees = (Math.atan2(-2 * xy, xx - yy) * 90) / Math.PI + 0;
  return {
    majorAxis: 4 * Math.sqrt(large),
    minorAxis: 4 * Math.sqrt(small),
    eccentricity: large === 0 ? 0 : Math.sqrt(1 - small / large),
    orientationDeg: degrees <= -90 ? 90 : degrees,
  };
}
