/**
 * The objects of one layer as a few flat arrays: how they travel from the process that decodes to the one that stores.
 *
 * Thirty thousand objects as JavaScript objects cost more to send and to store than to find. The encodings are those
 * of `core/labels/encode-shape`, one after the other; the digest of each is computed by whoever stores it, from these
 * very bytes.
 */

import { type ArrayForm, axisLength } from "#core/array/index.ts";
import { assert, FoundryError } from "#core/errors.ts";
import { assertObjectShape, encodeObjectShape, type ObjectShape } from "#core/labels/index.ts";

export interface PackedObjects {
  readonly count: number;
  /** t, z, y0, x0, y1, x1 of each object. */
  readonly places: Int32Array;
  /** All encoded shapes joined. */
  readonly bytes: Uint8Array;
  /** End of each shape in `bytes`. */
  readonly ends: Uint32Array;
  /** Number in the source, or position in its list; 0 when it has none. */
  readonly sourceLabels: Int32Array;
  /** 0 not said, 1 no, 2 a person drew it; null when nothing is said of any. */
  readonly manual: Uint8Array | null;
  /** Raw words; null when no object has one. */
  readonly cellTypes: readonly (string | null)[] | null;
}

/** Six numbers per object in `places`. */
export const PLACE_NUMBERS = 6;

export interface ObjectToPack {
  readonly shape: ObjectShape;
  readonly label?: number;
  readonly manual?: boolean;
  readonly cellType?: string;
}

/** Longer words for a cell type are cut; the longest term names have about 100 letters. */
const CELL_TYPE_LENGTH_MAX = 300;

/** @throws FoundryError `label.invalid` for a shape that is not sound or lies outside the image's frames and planes. */
export function assertObjectsFit(objects: readonly ObjectToPack[], image: ArrayForm): void {
  const length = (axis: "t" | "z" | "y" | "x"): number => axisLength(image, axis);
  const [frames, planes] = [length("t"), length("z")];
  const size = { height: length("y"), width: length("x") };
  for (const { shape } of objects) {
    assertObjectShape(shape, size);
    if (shape.t < frames && shape.z < planes) continue;
    throw new FoundryError("label.invalid", {
      message: `An object lies in frame ${shape.t}, plane ${shape.z}; the image has ${frames} frames and ${planes} planes.`,
      hint: "Check that the labels belong to this image and that its axes are right.",
    });
  }
}

/** Packs valid shapes in the given order. Cost: O(runs + bytes). */
export function packObjects(objects: readonly ObjectToPack[]): PackedObjects {
  const count = objects.length;
  const places = new Int32Array(count * PLACE_NUMBERS);
  const ends = new Uint32Array(count);
  const sourceLabels = new Int32Array(count);
  const pieces: Uint8Array[] = [];
  let end = 0;
  for (const [i, { shape, label }] of objects.entries()) {
    places.set([shape.t, shape.z, ...shape.bbox], i * PLACE_NUMBERS);
    const piece = encodeObjectShape(shape);
    pieces.push(piece);
    end += piece.length;
    ends[i] = end;
    sourceLabels[i] = label ?? 0;
  }
  const bytes = new Uint8Array(end);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  const anyManual = objects.some(({ manual }) => manual !== undefined);
  const anyType = objects.some(({ cellType }) => cellType !== undefined);
  return {
    count,
    places,
    bytes,
    ends,
    sourceLabels,
    manual: anyManual
      ? Uint8Array.from(objects, ({ manual }) => (manual === undefined ? 0 : manual ? 2 : 1))
      : null,
    cellTypes: anyType
      ? objects.map(({ cellType }) => cellType?.slice(0, CELL_TYPE_LENGTH_MAX) ?? null)
      : null,
  };
}

/** Encoded shape of object `index`; shares memory. */
export function packedShapeBytes(objects: PackedObjects, index: number): Uint8Array {
  assert(index >= 0 && index < objects.count, `object ${index} of ${objects.count}`);
  return objects.bytes.subarray(index === 0 ? 0 : objects.ends[index - 1], objects.ends[index]);
}
