/**
 * Which pixels an ImageJ region holds.
 */
import {
  type ObjectShape,
  objectShapeFromMask,
  type PolygonFrame,
  shapeFromRings,
} from "#core/labels/index.ts";
import type { ImageJRoi } from "./read-roi.ts";

/**
 * Shape of a region in an image; pixel centres decide, for ovals too.
 *
 * @returns `null` for what has no area, or none within the image.
 * @throws FoundryError `limit.pixels` as `shapeFromRings`.
 */
export function roiToShape(roi: ImageJRoi, frame: PolygonFrame): ObjectShape | null {
  if (roi.oval !== null) return ovalShape(roi.oval, frame);
  return roi.rings === null ? null : shapeFromRings(roi.rings, frame);
}

function ovalShape(oval: readonly [number, number, number, number], frame: PolygonFrame): ObjectShape | null {
  const [left, top, ovalWidth, ovalHeight] = oval;
  const [rx, ry] = [ovalWidth / 2, ovalHeight / 2];
  const y0 = Math.max(0, Math.floor(top));
  const x0 = Math.max(0, Math.floor(left));
  const height = Math.min(frame.height, Math.ceil(top + ovalHeight)) - y0;
  const width = Math.min(frame.width, Math.ceil(left + ovalWidth)) - x0;
  if (!(height > 0 && width > 0)) return null;
  const data = new Uint8Array(height * width);
  for (let y = 0; y < height; y++) {
    const dy = (y0 + y + 0.5 - top - ry) / ry;
    for (let x = 0; x < width; x++) {
      const dx = (x0 + x + 0.5 - left - rx) / rx;
      if (dx * dx + dy * dy < 1) data[y * width + x] = 1;
    }
  }
  return objectShapeFromMask(
    { dtype: "uint8", height, width, data },
    { t: frame.t ?? 0, z: frame.z ?? 0, y: y0, x: x0 },
  );
}
