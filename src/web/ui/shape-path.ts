/** The outline of an object as an SVG path in world coordinates (pixel corners at whole numbers), holes included. */

import { type ObjectShape, shapeToOutline } from "#core/labels/index.ts";

/** Cost: O(area of the object's box). Fill with the rule "evenodd". */
export function shapePath(shape: ObjectShape): string {
  let path = "";
  for (const { points } of shapeToOutline(shape)) {
    for (let i = 0; i < points.length; i += 2) {
      // Outlines have pixel centres at whole numbers: half a pixel more.
      path += `${i === 0 ? "M" : "L"}${(points[i + 1] as number) + 0.5} ${(points[i] as number) + 0.5}`;
    }
    path += "Z";
  }
  return path;
}
