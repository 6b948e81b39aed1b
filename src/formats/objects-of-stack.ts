/** A stack of label images as objects, plane by plane. */
import { axisLength, channelPlane, type ImageArray, labelImage } from "#core/array/index.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import type { ReadObject } from "./import/layout.ts";

/** Objects of every plane, in order of time, then depth; a number in several planes is one object in each. */
export function objectsOfStack(array: ImageArray): ReadObject[] {
  const objects: ReadObject[] = [];
  for (let t = 0; t < axisLength(array, "t"); t++) {
    for (let z = 0; z < axisLength(array, "z"); z++) {
      const { height, width, data } = channelPlane(array, { t, z });
      const plane = labelImage(height, width, Int32Array.from(data));
      for (const [label, shape] of objectShapesFromLabels(plane, { t, z })) objects.push({ label, shape });
    }
  }
  return objects;
}
