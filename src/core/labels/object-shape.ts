/**
 * The shape of one object: a tight bounding box and a packed bitmap of it.
 *
 * This is what versioning rests on: an object keeps its identity while its shape has revisions; a label image is only
 * a rendering of shapes. Pixels are packed row-major over the box without row padding, most significant bit first
 * (the order of NumPy's `packbits`), so one shape has exactly one representation. All loops walk runs, not pixels.
 */

import { type BoundingBox, type LabelImage, labelImage, type Mask } from "../array/index.ts";
import { assert, FoundryError } from "../errors.ts";
import { clearBitFrom, countBits, setBitFrom, setBitsInPlace } from "./bits.ts";

export interface ObjectShape {
  readonly t: number;
  readonly z: number;
  /** Tight: every side of the box touches the object. */
  readonly bbox: BoundingBox;
  /** Packed row-major over the box, most significant bit first, padding bits zero. */
  readonly bits: Uint8Array;
}

/** Where a plane lies in its image. */
export interface PlanePosition {
  readonly t?: number;
  readonly z?: number;
}

/**
 * Calls `visit(y, x0, x1)` for every horizontal run [x0, x1) of the object, in scan order, in image coordinates.
 *
 * @param rows  only rows from the first up to and without the second; default all.
 */
export function forEachRun(
  shape: ObjectShape,
  visit: (y: number, x0: number, x1: number) => void,
  rows?: readonly [from: number, end: number],
): void {
  const [y0, left, y1, right] = shape.bbox;
  const width = right - left;
  const end = rows === undefined ? y1 : Math.min(y1, rows[1]);
  for (let y = rows === undefined ? y0 : Math.max(y0, rows[0]); y < end; y++) {
    const row = (y - y0) * width;
    const rowEnd = row + width;
    let start = setBitFrom(shape.bits, row, rowEnd);
    while (start < rowEnd) {
      const stop = clearBitFrom(shape.bits, start, rowEnd);
      visit(y, left + start - row, left + stop - row);
      start = setBitFrom(shape.bits, stop, rowEnd);
    }
  }
}

/** Number of pixels of the object. Cost: one table look-up per 8 pixels of its box. */
export function shapeArea(shape: ObjectShape): number {
  return countBits(shape.bits);
}

/** Whether pixel (y, x) belongs to the object. */
export function shapeContains(shape: ObjectShape, y: number, x: number): boolean {
  const [y0, x0, y1, x1] = shape.bbox;
  if (y < y0 || y >= y1 || x < x0 || x >= x1) return false;
  const bit = (y - y0) * (x1 - x0) + (x - x0);
  return ((shape.bits[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0;
}

/** Whether both have the same pixels in the same frame and plane. */
export function shapesEqual(a: ObjectShape, b: ObjectShape): boolean {
  if (a === b) return true;
  if (a.t !== b.t || a.z !== b.z || a.bits.length !== b.bits.length) return false;
  for (let i = 0; i < 4; i++) if (a.bbox[i] !== b.bbox[i]) return false;
  for (let i = 0; i < a.bits.length; i++) if (a.bits[i] !== b.bits[i]) return false;
  return true;
}

/** Whether the two share a pixel (same t and z). Cost: one step per pixel of the common box at worst. */
export function shapesOverlap(a: ObjectShape, b: ObjectShape): boolean {
  if (a.t !== b.t || a.z !== b.z) return false;
  const y0 = Math.max(a.bbox[0], b.bbox[0]);
  const x0 = Math.max(a.bbox[1], b.bbox[1]);
  const y1 = Math.min(a.bbox[2], b.bbox[2]);
  const x1 = Math.min(a.bbox[3], b.bbox[3]);
  if (y0 >= y1 || x0 >= x1) return false;
  for (let y = y0; y < y1; y++) {
    const inA = (y - a.bbox[0]) * (a.bbox[3] - a.bbox[1]) - a.bbox[1];
    const inB = (y - b.bbox[0]) * (b.bbox[3] - b.bbox[1]) - b.bbox[1];
    let x = x0;
    while (x < x1) {
      // Leap to the next pixel of a, then of b, until both agree or the row ends.
      x = setBitFrom(a.bits, inA + x, inA + x1) - inA;
      if (x >= x1) break;
      const next = setBitFrom(b.bits, inB + x, inB + x1) - inB;
      if (next === x) return true;
      x = next;
    }
  }
  return false;
}

/**
 * Shape of all pixels that are not 0.
 *
 * @param mask  uint8, axes yx.
 * @param position.t, position.z  where the plane lies; default 0.
 * @param position.y, position.x  offset added to the box when `mask` is a crop; default 0.
 * @returns `null` when the mask is empty. Cost: O(pixels).
 */
export function objectShapeFromMask(
  mask: Mask,
  position: PlanePosition & { readonly y?: number; readonly x?: number } = {},
): ObjectShape | null {
  const { height, width, data } = mask;
  let y0 = height;
  let x0 = width;
  let y1 = 0;
  let x1 = 0;
  const [from, to] = filledRows(data, width);
  for (let y = from; y < to; y++) {
    const row = y * width;
    let first = 0;
    while (first < width && data[row + first] === 0) first++;
    if (first === width) continue;
    let last = width - 1;
    while (data[row + last] === 0) last--;
    if (y0 === height) y0 = y;
    y1 = y + 1;
    if (first < x0) x0 = first;
    if (last >= x1) x1 = last + 1;
  }
  if (y1 === 0) return null;
  const boxWidth = x1 - x0;
  const bits = new Uint8Array(((y1 - y0) * boxWidth + 7) >> 3);
  for (let y = y0; y < y1; y++) {
    const row = y * width;
    const out = (y - y0) * boxWidth - x0;
    for (let x = x0; x < x1; x++) {
      if (data[row + x] === 0) continue;
      const start = x;
      while (x < x1 && data[row + x] !== 0) x++;
      setBitsInPlace(bits, out + start, out + x);
    }
  }
  const dy = position.y ?? 0;
  const dx = position.x ?? 0;
  return { t: position.t ?? 0, z: position.z ?? 0, bbox: [y0 + dy, x0 + dx, y1 + dy, x1 + dx], bits };
}

/**
 * Rows [from, to) outside of which all is 0. Four pixels at a time, because one cell on a large empty plane is what
 * masks of single objects are.
 */
function filledRows(data: Uint8Array, width: number): [from: number, to: number] {
  const count = data.length;
  // A few pixels are not worth finding where memory is aligned.
  if (count < 16) return [0, width === 0 ? 0 : Math.ceil(count / width)];
  const head = (4 - (data.byteOffset & 3)) & 3;
  const words = new Uint32Array(data.buffer, data.byteOffset + head, (count - head) >> 2);
  const tail = head + 4 * words.length;
  let first = 0;
  while (first < head && data[first] === 0) first++;
  if (first === head) {
    let word = 0;
    while (word < words.length && words[word] === 0) word++;
    first = head + 4 * word;
    while (first < count && data[first] === 0) first++;
  }
  if (first >= count) return [0, 0];
  let last = count - 1;
  while (last >= tail && data[last] === 0) last--;
  if (last < tail) {
    let word = words.length - 1;
    while (word >= 0 && words[word] === 0) word--;
    last = head + 4 * word + 3;
    while (data[last] === 0) last--;
  }
  return [Math.floor(first / width), Math.floor(last / width) + 1];
}

/** Writes `value` at every pixel of the object; pixels outside the image are left out. Changes `labels`. */
export function drawObjectShapeInPlace(shape: ObjectShape, labels: LabelImage, value: number): void {
  const { height, width, data } = labels;
  forEachRun(shape, (y, x0, x1) => {
    if (y < 0 || y >= height) return;
    data.fill(value, y * width + Math.max(0, x0), y * width + Math.min(width, x1));
  });
}

/**
 * Label image of objects drawn in order; where two share a pixel the later one wins.
 *
 * @throws Error `internal:` for a label that is not a positive int32.
 */
export function renderObjects(
  height: number,
  width: number,
  objects: Iterable<{ readonly label: number; readonly shape: ObjectShape }>,
): LabelImage {
  const labels = labelImage(height, width);
  for (const { label, shape } of objects) {
    assert(Number.isInteger(label) && label > 0 && label < 2 ** 31, `label ${label} is not a positive int32`);
    drawObjectShapeInPlace(shape, labels, label);
  }
  return labels;
}

/** Binary crop of an object over its own box. */
export function shapeToMask(shape: ObjectShape): Mask {
  const [y0, left, y1, right] = shape.bbox;
  const width = right - left;
  const data = new Uint8Array((y1 - y0) * width);
  forEachRun(shape, (y, x0, x1) => data.fill(1, (y - y0) * width + x0 - left, (y - y0) * width + x1 - left));
  return { dtype: "uint8", height: y1 - y0, width, data };
}

const isIndex = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < 2 ** 31;

/** What is wrong with a shape, or `null`. */
function findFault(shape: ObjectShape, height: number, width: number): string | null {
  const [y0, x0, y1, x1] = shape.bbox;
  if (!isIndex(shape.t) || !isIndex(shape.z)) return "its frame or plane is not a whole number of at least 0";
  if (![y0, x0, y1, x1].every(isIndex)) return "its box has sides that are not whole numbers of at least 0";
  if (y0 >= y1 || x0 >= x1) return "its box is empty";
  if (y1 > height || x1 > width) return `its box reaches outside the image of ${height} x ${width} pixels`;
  const count = (y1 - y0) * (x1 - x0);
  if (shape.bits.length !== Math.ceil(count / 8)) return "its bitmap does not have the length of its box";
  const padding = shape.bits.length * 8 - count;
  if (((shape.bits.at(-1) ?? 0) & ((1 << padding) - 1)) !== 0) return "the padding of its bitmap is not zero";
  if (!isTight(shape)) return "its box is not tight";
  return null;
}

function isTight(shape: ObjectShape): boolean {
  const [top, left, bottom, right] = shape.bbox;
  const width = right - left;
  const total = width * (bottom - top);
  if (setBitFrom(shape.bits, 0, width) >= width) return false;
  if (setBitFrom(shape.bits, total - width, total) >= total) return false;
  let touchesLeft = false;
  let touchesRight = false;
  for (let y = 0; y < bottom - top && !(touchesLeft && touchesRight); y++) {
    touchesLeft ||= shapeContains(shape, top + y, left);
    touchesRight ||= shapeContains(shape, top + y, right - 1);
  }
  return touchesLeft && touchesRight;
}

/**
 * Checks a shape that came from outside: whole numbers, box inside the image and tight, bitmap of the right length
 * with zero padding.
 *
 * @throws FoundryError `label.invalid` saying what is wrong.
 */
export function assertObjectShape(
  shape: ObjectShape,
  image: { readonly height: number; readonly width: number },
): void {
  const fault = findFault(shape, image.height, image.width);
  if (fault === null) return;
  throw new FoundryError("label.invalid", {
    message: `An object's shape cannot be used: ${fault}.`,
    details: { bbox: [...shape.bbox], t: shape.t, z: shape.z },
  });
}
