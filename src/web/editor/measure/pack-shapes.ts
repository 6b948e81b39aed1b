/**
 * Shapes of many cells in two buffers, so that they go to a worker without a copy.
 *
 * A structured clone of 100,000 small arrays keeps the page still for a good part of a second; two buffers move in none.
 */

import type { ObjectShape } from "#core/labels/index.ts";

export interface PackedShapes {
  /** Six numbers per shape: t, z, y0, x0, y1, x1. */
  readonly boxes: Int32Array<ArrayBuffer>;
  /** Bitmaps one after the other; each has the length of its box. */
  readonly bits: Uint8Array<ArrayBuffer>;
}

const bytesOf = (y0: number, x0: number, y1: number, x1: number): number => ((y1 - y0) * (x1 - x0) + 7) >> 3;

export function packShapes(shapes: readonly ObjectShape[]): PackedShapes {
  const boxes = new Int32Array(6 * shapes.length);
  let length = 0;
  for (const [i, { t, z, bbox, bits }] of shapes.entries()) {
    boxes.set([t, z, ...bbox], 6 * i);
    length += bits.length;
  }
  const packed = new Uint8Array(length);
  let offset = 0;
  for (const { bits } of shapes) {
    packed.set(bits, offset);
    offset += bits.length;
  }
  return { boxes, bits: packed };
}

/** The shapes again; their bitmaps are views of the packed ones. */
export function unpackShapes({ boxes, bits }: PackedShapes): ObjectShape[] {
  const shapes: ObjectShape[] = [];
  let offset = 0;
  for (let i = 0; i < boxes.length; i += 6) {
    const [t, z, y0, x0, y1, x1] = boxes.subarray(i, i + 6) as unknown as number[] as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const end = offset + bytesOf(y0, x0, y1, x1);
    shapes.push({ t, z, bbox: [y0, x0, y1, x1], bits: bits.subarray(offset, end) });
    offset = end;
  }
  return shapes;
}
