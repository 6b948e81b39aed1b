/**
 * Numbers of a plane's objects, pixel by pixel, held in square blocks.
 *
 * A plane of 40,000² has 6 GB of numbers, of which a person looks at a few thousand squared at a time. A block is drawn
 * from the objects' shapes when someone first asks for one of its pixels, kept up to date while it is held, and dropped
 * when newer ones need the room: what is in it can always be drawn again.
 */

import type { BoundingBox } from "../array/index.ts";

/** Side of a block in pixels, a power of two: a brush touches one to four, a screen some dozens. */
export const blockSide = 256;
const shift = 8;
const last = blockSide - 1;

/** 128 MB: all of a plane of 5,792². */
const blocksHeldMax = 512;

/**
 * Draws the numbers of a block: pixel (y0 + row, x0 + column) at `row * blockSide + column`; all are 0 before. The last
 * blocks have only the rows that the plane has.
 */
type DrawBlock = (data: Int32Array, y0: number, x0: number) => void;

export class LabelBlocks {
  readonly #height: number;
  readonly #columns: number;
  readonly #draw: DrawBlock;
  readonly #held = new Map<number, Int32Array>();
  /** The block asked for last: neighbouring pixels are asked for one after the other. */
  #lastKey = -1;
  #lastBlock: Int32Array | null = null;

  /** @param height, width  of the plane in pixels. */
  constructor(height: number, width: number, draw: DrawBlock) {
    this.#height = height;
    this.#columns = Math.ceil(width / blockSide);
    this.#draw = draw;
  }

  /** @param y, x  whole numbers inside the plane. Cost: O(1), or that of drawing its block. */
  numberAt(y: number, x: number): number {
    return this.#block(y >> shift, x >> shift)[((y & last) << shift) | (x & last)] as number;
  }

  /** Copies a box inside the plane, row-major. Cost: O(pixels of the box). */
  copyBox([y0, x0, y1, x1]: BoundingBox): Int32Array {
    const width = x1 - x0;
    const out = new Int32Array((y1 - y0) * width);
    for (let top = y0 & ~last; top < y1; top += blockSide) {
      for (let left = x0 & ~last; left < x1; left += blockSide) {
        const block = this.#block(top >> shift, left >> shift);
        const [from, end] = [Math.max(x0, left), Math.min(x1, left + blockSide)];
        for (let y = Math.max(y0, top); y < Math.min(y1, top + blockSide); y++) {
          const row = (y & last) << shift;
          out.set(block.subarray(row + from - left, row + end - left), (y - y0) * width + from - x0);
        }
      }
    }
    return out;
  }

  /** Writes a number at the pixels [x0, x1) of row y where their blocks are held; others are drawn when asked for. */
  fillInPlace(y: number, x0: number, x1: number, value: number): void {
    const row = (y & last) << shift;
    for (let left = x0 & ~last; left < x1; left += blockSide) {
      const block = this.#held.get((y >> shift) * this.#columns + (left >> shift));
      block?.fill(value, row + Math.max(x0, left) - left, row + Math.min(x1, left + blockSide) - left);
    }
  }

  /** Forgets the blocks that a box meets: they are drawn again when asked for. */
  forget([y0, x0, y1, x1]: BoundingBox): void {
    for (let y = y0 >> shift; y << shift < y1; y++)
      for (let x = x0 >> shift; x << shift < x1; x++) this.#held.delete(y * this.#columns + x);
    this.#lastKey = -1;
  }

  #block(row: number, column: number): Int32Array {
    const key = row * this.#columns + column;
    if (key === this.#lastKey) return this.#lastBlock as Int32Array;
    const block = this.#held.get(key) ?? this.#drawn(key, row, column);
    this.#lastKey = key;
    this.#lastBlock = block;
    return block;
  }

  #drawn(key: number, row: number, column: number): Int32Array {
    if (this.#held.size >= blocksHeldMax) {
      const oldest = this.#held.keys().next();
      if (!oldest.done) this.#held.delete(oldest.value);
      // One that is held no more is not kept up to date.
      this.#lastKey = -1;
    }
    const rows = Math.min(blockSide, this.#height - (row << shift));
    const data = new Int32Array(rows * blockSide);
    this.#draw(data, row << shift, column << shift);
    this.#held.set(key, data);
    return data;
  }
}
