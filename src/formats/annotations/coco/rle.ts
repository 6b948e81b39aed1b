/**
 * COCO's run-length masks: counts of pixels outside, inside, outside … down the columns of the whole image, as a list or
 * packed into text.
 *
 * The text holds each count (from the third on: its difference to the count two before) in groups of five bits from the
 * lowest up, one character each: 48 plus the bits, plus 32 while more follow; the last group's highest bit is the sign.
 * Source: the format is described in the comments of pycocotools' maskApi.h.
 */

import { FoundryError } from "#core/errors.ts";
import { forEachRun, type ObjectShape, objectShapeFromMask } from "#core/labels/index.ts";

/** Position of a plane, and the size of the image the counts walk over. */
export interface RleFrame {
  readonly height: number;
  readonly width: number;
  readonly t?: number;
  readonly z?: number;
}

// Seven groups hold 35 bits, more than any count.
const GROUPS_MAX = 7;

function badRle(reason: string): FoundryError {
  return new FoundryError("format.coco", {
    message: `A run-length mask cannot be used: ${reason}.`,
    hint: "Export the annotations again.",
  });
}

/** @throws FoundryError `format.coco` for characters or numbers that do not occur in packed counts. */
export function unpackCounts(text: string): number[] {
  const counts: number[] = [];
  for (let at = 0; at < text.length; ) {
    let value = 0;
    let groups = 0;
    let bits: number;
    do {
      bits = text.charCodeAt(at++) - 48;
      if (!(bits >= 0 && bits < 64) || groups >= GROUPS_MAX) throw badRle("its text is damaged");
      value += (bits & 31) * 32 ** groups++;
    } while ((bits & 32) !== 0);
    if ((bits & 16) !== 0) value -= 32 ** groups;
    if (counts.length > 2) value += counts[counts.length - 2] as number;
    counts.push(value);
  }
  return counts;
}

export function packCounts(counts: readonly number[]): string {
  let text = "";
  counts.forEach((count, i) => {
    let rest = i > 2 ? count - (counts[i - 2] as number) : count;
    for (;;) {
      const bits = rest & 31;
      rest >>= 5;
      // Done when what is left is the sign that the last group shows.
      const last = rest === ((bits & 16) !== 0 ? -1 : 0);
      text += String.fromCharCode(48 + bits + (last ? 0 : 32));
      if (last) break;
    }
  });
  return text;
}

/** Counts of a shape over the whole image. Cost: O(area of its box). */
export function countsFromShape(shape: ObjectShape, { height, width }: RleFrame): number[] {
  const [top, left, bottom, right] = shape.bbox;
  const boxHeight = bottom - top;
  const columns = new Uint8Array(boxHeight * (right - left));
  forEachRun(shape, (y, x0, x1) => {
    for (let x = x0; x < x1; x++) columns[(x - left) * boxHeight + y - top] = 1;
  });
  const counts: number[] = [];
  let last = 0;
  for (let at = 0; at < columns.length; ) {
    const end = columns.indexOf(1, at);
    if (end < 0) break;
    const column = Math.floor(end / boxHeight);
    // A run ends with its column in the box; two may meet when the box has the height of the image.
    const columnEnd = (column + 1) * boxHeight;
    let stop = columns.indexOf(0, end);
    if (stop < 0 || stop > columnEnd) stop = columnEnd;
    const from = (left + column) * height + top + (end - column * boxHeight);
    if (counts.length > 0 && from === last)
      counts[counts.length - 1] = (counts.at(-1) as number) + stop - end;
    else counts.push(from - last, stop - end);
    last = from + stop - end;
    at = stop;
  }
  if (last < height * width) counts.push(height * width - last);
  return counts;
}

/** Half-open box of the pixels that counts mark, or `null`. @throws FoundryError `format.coco`. */
export function boxOfCounts(
  counts: readonly number[],
  { height, width }: RleFrame,
): readonly [number, number, number, number] | null {
  let [top, left, bottom, right] = [height, width, 0, 0];
  let at = 0;
  counts.forEach((count, i) => {
    if (!(Number.isInteger(count) && count >= 0))
      throw badRle(`its count ${count} is not a whole number of pixels`);
    const from = at;
    at += count;
    if (i % 2 === 0 || count === 0) return;
    const first = Math.floor(from / height);
    const last = Math.floor((at - 1) / height);
    left = Math.min(left, first);
    right = Math.max(right, last + 1);
    const whole = last > first;
    top = whole ? 0 : Math.min(top, from - first * height);
    bottom = whole ? height : Math.max(bottom, at - last * height);
  });
  if (at > height * width) throw badRle(`its counts sum to ${at}, the image has ${height * width} pixels`);
  return bottom > top ? [top, left, bottom, right] : null;
}

/**
 * Shape of counts.
 *
 * @returns `null` when no pixel is marked. Counts that end early leave the rest unmarked.
 * @throws FoundryError `format.coco`. Cost: O(counts + area of the box).
 */
export function shapeFromCounts(counts: readonly number[], frame: RleFrame): ObjectShape | null {
  const box = boxOfCounts(counts, frame);
  if (box === null) return null;
  const [top, left, bottom, right] = box;
  const { height } = frame;
  const [boxHeight, boxWidth] = [bottom - top, right - left];
  const data = new Uint8Array(boxHeight * boxWidth);
  let at = 0;
  for (let i = 0; i < counts.length; i++) {
    const end = at + (counts[i] as number);
    if (i % 2 === 1) {
      let x = Math.floor(at / height);
      let y = at - x * height;
      for (; at < end; at++) {
        data[(y - top) * boxWidth + x - left] = 1;
        if (++y === height) {
          y = 0;
          x++;
        }
      }
    }
    at = end;
  }
  return objectShapeFromMask(
    { dtype: "uint8", height: boxHeight, width: boxWidth, data },
    { t: frame.t ?? 0, z: frame.z ?? 0, y: top, x: left },
  );
}
