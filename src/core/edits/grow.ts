/**
 * Growing and shrinking objects by a length in micrometres.
 *
 * Exact: a pixel belongs to the grown object when its centre lies within the length of the centre of one of the object's
 * pixels, whatever the aspect of pixels. Objects that grow together share the space between them by nearness; no other
 * object loses a pixel, and none is jumped over.
 */

import type { LabelImage } from "../array/index.ts";
import {
  connectedComponents,
  forEachRun,
  type ObjectShape,
  objectShapesFromLabels,
} from "../labels/index.ts";
import { nearestSource, type PixelSize } from "../outline/index.ts";
import { unionOf } from "./box.ts";
import type { LabelCanvas } from "./canvas.ts";
import type { ObjectChange } from "./operation.ts";
import { emptyPatch, numbersUnderPatch, patchShape, shapePatch } from "./patch.ts";
import { badInput, requireObject } from "./require-object.ts";
import { changeOf } from "./write-mode.ts";

/** Farther than this is no correction of a boundary. */
export const growPxMax = 256;

/** Distances that differ by rounding only are the same. */
const slack = 1 + 1e-9;

/**
 * @param byUm  micrometres; above 0 grows, below 0 shrinks.
 * @param mpp  micrometres per pixel; `{ y: 1, x: 1 }` makes `byUm` pixels.
 * @returns changes of the objects that differ. An object that would vanish stays as it is.
 * @throws FoundryError `edit.invalid` for unknown objects, none at all, or a length of more than 256 pixels;
 *         `limit.pixels` when the objects lie so far apart that their common window is too large.
 * Cost: growing O(common window), shrinking O(boxes).
 */
export function growObjects(
  canvas: LabelCanvas,
  uids: readonly string[],
  byUm: number,
  mpp: PixelSize,
): ObjectChange[] {
  const own = [...new Set(uids)];
  const isSize = mpp.y > 0 && mpp.x > 0 && Number.isFinite(mpp.y) && Number.isFinite(mpp.x);
  if (own.length === 0 || !isSize || !(Math.abs(byUm) <= growPxMax * Math.min(mpp.y, mpp.x))) {
    throw badInput(
      `Growing needs at least one cell, a pixel size, and a length of up to ${growPxMax} pixels.`,
      {
        byUm,
        mpp,
      },
    );
  }
  for (const uid of own) requireObject(canvas, uid);
  if (byUm === 0) return [];
  if (byUm < 0) return own.flatMap((uid) => shrink(canvas, uid, -byUm, mpp));
  // Where objects may overlap each grows by itself: shared pixels have no single owner.
  if (canvas.overlapAllowed) return own.flatMap((uid) => grow(canvas, [uid], byUm, mpp));
  return grow(canvas, own, byUm, mpp);
}

function shrink(canvas: LabelCanvas, uid: string, byUm: number, mpp: PixelSize): ObjectChange[] {
  const before = requireObject(canvas, uid);
  // Beyond the image the object goes on: the window has a rim of background inside the image only.
  const patch = shapePatch(canvas, before, 1);
  const { height, width } = patch;
  const outside = Int32Array.from(patch.data, (value) => 1 - value);
  const { squared } = nearestSource({ dtype: "int32", height, width, data: outside }, mpp);
  const limit = byUm * byUm * slack;
  const data = Uint8Array.from(squared.data, (distance) => (distance > limit ? 1 : 0));
  const after = patchShape(canvas, { ...patch, data });
  return after === null ? [] : changeOf(uid, before, after);
}

function grow(canvas: LabelCanvas, uids: readonly string[], byUm: number, mpp: PixelSize): ObjectChange[] {
  const shapes = uids.map((uid) => requireObject(canvas, uid));
  const box = shapes.reduce((sum, shape) => unionOf(sum, shape.bbox), shapes[0]!.bbox);
  const patch = emptyPatch(canvas, box, Math.ceil(byUm / Math.min(mpp.y, mpp.x)) + 1);
  if (patch === null) return [];
  const { height, width } = patch;
  const sources: LabelImage = { dtype: "int32", height, width, data: new Int32Array(height * width) };
  shapes.forEach((shape, k) => {
    forEachRun(shape, (y, x0, x1) => {
      const row = (y - patch.y0) * width - patch.x0;
      sources.data.fill(k + 1, row + x0, row + x1);
    });
  });
  const numbers = numbersUnderPatch(canvas, patch);
  const nearest = nearestSource(sources, mpp);
  const limit = byUm * byUm * slack;
  const grown = Int32Array.from(sources.data, (source, i) => {
    if (source !== 0 || numbers.data[i] !== 0) return source;
    return (nearest.squared.data[i] as number) <= limit ? (nearest.source.data[i] as number) : 0;
  });
  dropApartInPlace(grown, sources);
  const after = objectShapesFromLabels({ ...sources, data: grown }, { t: canvas.t, z: canvas.z });
  return uids.flatMap((uid, k) => {
    const shape = after.get(k + 1);
    return shape === undefined ? [] : changeOf(uid, shapes[k] ?? null, moved(shape, patch.y0, patch.x0));
  });
}

function moved(shape: ObjectShape, dy: number, dx: number): ObjectShape {
  const [y0, x0, y1, x1] = shape.bbox;
  return { ...shape, bbox: [y0 + dy, x0 + dx, y1 + dy, x1 + dx] };
}

/** Takes back what grew on the far side of another object: pieces without a pixel of the object they grew from. */
function dropApartInPlace(grown: Int32Array, sources: LabelImage): void {
  const { height, width } = sources;
  const pieces = connectedComponents({ dtype: "int32", height, width, data: grown }, 8).data;
  const rooted = new Set<number>();
  for (let i = 0; i < grown.length; i++) if (sources.data[i] !== 0) rooted.add(pieces[i] as number);
  for (let i = 0; i < grown.length; i++) if (!rooted.has(pieces[i] as number)) grown[i] = 0;
}
