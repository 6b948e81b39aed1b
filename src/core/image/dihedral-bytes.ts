/**
 * Bytes of a plane that stay the same when it is flipped, turned or stored in another integer type.
 *
 * A public image often comes a second time as a turned or mirrored copy, or as uint16 instead of uint8; its own digest
 * then differs. Of the eight views of the plane (four corners to begin at, two directions to go) the one that comes
 * first in order of values is written down. The caller hashes the bytes: core has no digest of its own.
 */

import type { Plane } from "../array/index.ts";

/** A way through the plane: index of the first pixel, step within a row, step between rows, and the row length. */
interface View {
  readonly start: number;
  readonly along: number;
  readonly across: number;
  readonly width: number;
}

/** Marks the form of the values, so that bytes of different forms never meet. */
const forms = { uint8: 1, uint16: 2, float64: 3 } as const;

/**
 * Canonical bytes of a plane under the eight flips and turns, or null for a constant plane, which says nothing.
 *
 * The first 9 bytes are the form of the values and the two sides, the shorter first. Cost: O(pixels); choosing the view
 * ends at the first pixels that differ. Does not change the plane.
 */
export function dihedralBytes(plane: Plane): Uint8Array | null {
  const form = formOf(plane);
  if (form === null) return null;
  const view = firstView(plane);
  const count = plane.width * plane.height;
  const values =
    form === "uint8"
      ? new Uint8Array(count)
      : form === "uint16"
        ? new Uint16Array(count)
        : new Float64Array(count);
  readView(plane, view, values);
  const bytes = new Uint8Array(9 + values.byteLength);
  const head = new DataView(bytes.buffer);
  head.setUint8(0, forms[form]);
  head.setUint32(1, count / view.width, true);
  head.setUint32(5, view.width, true);
  // Every platform we run on is little-endian; typed arrays are in its order already.
  bytes.set(new Uint8Array(values.buffer), 9);
  return bytes;
}

/** Smallest form that holds all values, so that a copy in a wider type gives the same bytes; null when constant. */
function formOf({ data }: Plane): keyof typeof forms | null {
  let [low, high, whole] = [Infinity, -Infinity, true];
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (value < low) low = value;
    if (value > high) high = value;
    if (whole && !Number.isInteger(value)) whole = false;
  }
  if (!(high > low)) return null;
  if (!whole || low < 0 || high > 65_535) return "float64";
  return high <= 255 ? "uint8" : "uint16";
}

/** All views whose rows are the longer side; of a square all eight. */
function viewsOf(height: number, width: number): View[] {
  const views: View[] = [];
  for (const down of [1, -1]) {
    for (const right of [1, -1]) {
      const start = (down === 1 ? 0 : (height - 1) * width) + (right === 1 ? 0 : width - 1);
      if (width >= height) views.push({ start, along: right, across: down * width, width });
      if (height >= width) views.push({ start, along: down * width, across: right, width: height });
    }
  }
  return views;
}

/** The view whose values come first in order; equal ones give equal bytes, so any of them will do. */
function firstView({ data, height, width }: Plane): View {
  let left = viewsOf(height, width);
  const count = height * width;
  for (let i = 0; i < count && left.length > 1; i++) {
    let least = Infinity;
    const values = left.map((view) => {
      const value = data[indexIn(view, i)] as number;
      if (value < least) least = value;
      return value;
    });
    const kept = left.filter((_, k) => values[k] === least);
    if (kept.length > 0) left = kept;
  }
  return left[0] as View;
}

const indexIn = (view: View, i: number): number =>
  view.start + Math.floor(i / view.width) * view.across + (i % view.width) * view.along;

function readView(
  { data }: Plane,
  view: View,
  into: { [index: number]: number; readonly length: number },
): void {
  let i = 0;
  for (let row = view.start; i < into.length; row += view.across) {
    for (let k = 0, at = row; k < view.width; k++, at += view.along) into[i++] = data[at] as number;
  }
}
