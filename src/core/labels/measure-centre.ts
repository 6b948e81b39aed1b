/**
 * Size and centre of an object, nothing else: what tracks need of 500,000 objects, where `measureObject` would walk
 * every pixel for axes and outline too.
 */
import type { Point } from "../array/index.ts";
import { forEachRun, type ObjectShape } from "./object-shape.ts";

export interface ObjectCentre {
  readonly areaPx: number;
  /** Mean of the pixel centres; pixel centres lie at whole numbers. */
  readonly centroid: Point;
}

/** Cost: one step per horizontal run. */
export function measureCentre(shape: ObjectShape): ObjectCentre {
  let [area, sumY, sumX] = [0, 0, 0];
  forEachRun(shape, (y, from, to) => {
    const length = to - from;
    area += length;
    sumY += y * length;
    sumX += (length * (from + to - 1)) / 2;
  });
  return { areaPx: area, centroid: { y: sumY / area, x: sumX / area } };
}
