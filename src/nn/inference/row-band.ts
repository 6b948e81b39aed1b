/**
 * A window of rows that moves down an image: each row is read once, also when windows overlap.
 */
import type { Plane } from "#core/array/index.ts";
import { plane as makePlane } from "#core/array/index.ts";
import { assert } from "#core/errors.ts";
import type { RowSource } from "./row-source.ts";

// Rows read ahead because they are stored together are kept up to this many pixels (128 MiB of 16-bit values).
const READ_AHEAD_PIXELS_MAX = 2 ** 26;

export interface RowBand {
  /**
   * Rows [y0, y1) of the image; the plane is valid until the next call.
   *
   * Neither y0 nor y1 may be smaller than in the call before.
   */
  rows(y0: number, y1: number): Promise<Plane>;
}

/** Moves down input `c` of a source. Memory: the rows of one call, and what is read ahead. */
export function createRowBand(source: RowSource, c: number): RowBand {
  const { height, width } = source;
  const aligned = source.blockHeight * width <= READ_AHEAD_PIXELS_MAX ? source.blockHeight : 1;
  let kept: Plane | undefined;
  /** `kept` holds rows [from, to). */
  let from = 0;
  let to = 0;
  return {
    async rows(y0, y1) {
      assert(y0 >= from && y1 <= height && y1 >= y0, "a band of rows moves down");
      if (y1 > to) {
        const end = Math.min(height, Math.ceil(y1 / aligned) * aligned);
        const start = Math.max(to, y0);
        const more = await source.readRows(c, start, end - start);
        const next = makePlane(more.dtype, end - y0, width);
        if (kept !== undefined && to > y0)
          next.data.set(kept.data.subarray((y0 - from) * width, (to - from) * width) as never);
        next.data.set(more.data as never, (start - y0) * width);
        kept = next;
        from = y0;
        to = end;
      }
      const all = kept as Plane;
      const data = all.data.subarray((y0 - from) * width, (y1 - from) * width);
      return { ...all, height: y1 - y0, data } as Plane;
    },
  };
}
