/**
 * Gives every pixel to one object, where a source lets objects overlap (polygons of COCO, regions of ImageJ, masks of
 * single nuclei).
 *
 * One painting pass in bands of rows: each object is drawn once, in order of precedence, and loses the pixels that are
 * taken already. The cost follows the pixels of the objects, however many of them lie on each other.
 */
import { assert } from "../errors.ts";
import { clearBitFrom, setBitFrom } from "./bits.ts";
import { type ObjectShape, objectShapeFromMask, shapeToMask } from "./object-shape.ts";

export interface ResolvedOverlaps {
  /** As given (the same value where nothing was lost), or `null` where nothing is left. */
  readonly shapes: (ObjectShape | null)[];
  /** Pixels taken away, counted once per object that lost one. */
  readonly movedPixels: number;
  /** Pairs of objects of which one lost pixels to the other; counted up to 2^20. */
  readonly pairs: number;
}

// 4 MiB of owners at a time stay in the processor's cache for planes of common width.
const BAND_PIXELS = 2 ** 20;

/**
 * Resolves overlaps within each frame and plane.
 *
 * @param rule  who keeps a shared pixel: the object earlier ("first") or later ("last") in the list.
 * @returns shapes by position; changes nothing. Cost: O(pixels of the objects); 4 MiB of scratch, or 4 bytes per column.
 */
export function resolveOverlaps(
  objects: readonly ObjectShape[],
  rule: "first" | "last" = "first",
): ResolvedOverlaps {
  const planes = new Map<string, number[]>();
  for (let i = 0; i < objects.length; i++) {
    const { t, z } = objects[i] as ObjectShape;
    const key = `${t}/${z}`;
    const members = planes.get(key);
    if (members === undefined) planes.set(key, [i]);
    else members.push(i);
  }
  const loss: Loss = { bits: new Map(), movedPixels: 0, pairs: new Set() };
  for (const members of planes.values()) {
    if (members.length > 1) paintPlane(objects, rule === "first" ? members : members.toReversed(), loss);
  }
  const shapes: (ObjectShape | null)[] = [...objects];
  for (const [i, bits] of loss.bits) {
    const { t, z, bbox } = objects[i] as ObjectShape;
    const mask = shapeToMask({ t, z, bbox, bits });
    shapes[i] = objectShapeFromMask(mask, { t, z, y: bbox[0], x: bbox[1] });
  }
  return { shapes, movedPixels: loss.movedPixels, pairs: loss.pairs.size };
}

/** What has been lost so far. */
interface Loss {
  /** Remaining bits of objects that lost a pixel, by position. */
  readonly bits: Map<number, Uint8Array>;
  movedPixels: number;
  /** keeper * 2^26 + loser: both fit exactly in a double. */
  readonly pairs: Set<number>;
}

const OBJECTS_MAX = 2 ** 26;
// Enough to say "many": a set of the runtime holds 2^24 at most.
const PAIRS_MAX = 2 ** 20;

function paintPlane(objects: readonly ObjectShape[], members: readonly number[], loss: Loss): void {
  assert(objects.length <= OBJECTS_MAX, "at most 2^26 objects");
  let [top, left, bottom, right] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const i of members) {
    const [y0, x0, y1, x1] = (objects[i] as ObjectShape).bbox;
    top = Math.min(top, y0);
    left = Math.min(left, x0);
    bottom = Math.max(bottom, y1);
    right = Math.max(right, x1);
  }
  const width = right - left;
  const bandRows = Math.min(bottom - top, Math.max(1, Math.floor(BAND_PIXELS / width)));
  const bands: number[][] = Array.from({ length: Math.ceil((bottom - top) / bandRows) }, () => []);
  for (const i of members) {
    const [y0, , y1] = (objects[i] as ObjectShape).bbox;
    const last = Math.floor((y1 - 1 - top) / bandRows);
    for (let band = Math.floor((y0 - top) / bandRows); band <= last; band++) bands[band]?.push(i);
  }
  const owners = new Int32Array(bandRows * width);
  bands.forEach((inBand, band) => {
    if (inBand.length < 2) return;
    owners.fill(0);
    const from = top + band * bandRows;
    for (const i of inBand)
      paintObject(objects[i] as ObjectShape, i, { owners, from, rows: bandRows, left, width }, loss);
  });
}

interface Band {
  /** Position plus one of the object that holds a pixel; 0 = free. */
  readonly owners: Int32Array;
  readonly from: number;
  readonly rows: number;
  readonly left: number;
  readonly width: number;
}

function paintObject(shape: ObjectShape, position: number, band: Band, loss: Loss): void {
  const [y0, x0, y1, x1] = shape.bbox;
  const boxWidth = x1 - x0;
  const { owners } = band;
  let kept = loss.bits.get(position);
  const last = Math.min(y1, band.from + band.rows);
  for (let y = Math.max(y0, band.from); y < last; y++) {
    const row = (y - y0) * boxWidth;
    const toOwner = (y - band.from) * band.width + x0 - band.left - row;
    const rowEnd = row + boxWidth;
    let bit = setBitFrom(shape.bits, row, rowEnd);
    while (bit < rowEnd) {
      const end = clearBitFrom(shape.bits, bit, rowEnd);
      for (; bit < end; bit++) {
        const owner = owners[toOwner + bit] as number;
        if (owner === 0) {
          owners[toOwner + bit] = position + 1;
          continue;
        }
        kept ??= keepBits(shape, position, loss);
        kept[bit >> 3] = (kept[bit >> 3] as number) & ~(0x80 >> (bit & 7));
        loss.movedPixels++;
        if (loss.pairs.size < PAIRS_MAX) loss.pairs.add((owner - 1) * OBJECTS_MAX + position);
      }
      bit = setBitFrom(shape.bits, end, rowEnd);
    }
  }
}

function keepBits(shape: ObjectShape, position: number, loss: Loss): Uint8Array {
  const bits = shape.bits.slice();
  loss.bits.set(position, bits);
  return bits;
}
