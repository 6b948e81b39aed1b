/**
 * Maps of a network kept for some rows of a large image: filled from above, forgotten from above.
 *
 * Rows are kept in the pieces in which they were predicted; a piece no longer needed is used again, so that the memory of
 * a prediction stays what it was after the first rows.
 */
import type { Plane } from "#core/array/index.ts";
import { assert } from "#core/errors.ts";
import type { Tile } from "./tiles.ts";

interface Piece {
  y0: number;
  height: number;
  /** One per map, row-major over the full width; may be larger than `height` rows. */
  readonly maps: readonly Float32Array[];
}

export interface MapBand {
  /** First row that is not kept yet. */
  end(): number;
  /** Takes the next `height` rows; the caller fills the buffers, one per map, over the full width. */
  append(height: number): readonly Float32Array[];
  /** Forgets pieces that lie above row y0. */
  forgetAbove(y0: number): void;
  /** Copy of a window, one plane per map. */
  cut(window: Tile["window"]): Plane<"float32">[];
}

/** @param rowsMax  rows that `append` is asked for at most. */
export function createMapBand(width: number, mapCount: number, rowsMax: number): MapBand {
  const pieces: Piece[] = [];
  const free: (readonly Float32Array[])[] = [];
  const end = (): number => {
    const last = pieces.at(-1);
    return last === undefined ? 0 : last.y0 + last.height;
  };
  return {
    end,
    append(height) {
      assert(height <= rowsMax, "a piece of a band of maps has a fixed size");
      const maps = free.pop() ?? Array.from({ length: mapCount }, () => new Float32Array(rowsMax * width));
      pieces.push({ y0: end(), height, maps });
      return maps;
    },
    forgetAbove(y0) {
      // The last piece stays: it tells where the band ends.
      while (pieces.length > 1 && (pieces[0] as Piece).y0 + (pieces[0] as Piece).height <= y0)
        free.push((pieces.shift() as Piece).maps);
    },
    cut([y0, x0, y1, x1]) {
      assert(y1 <= end() && y0 >= (pieces[0]?.y0 ?? 0), "a window lies within the rows kept");
      return Array.from({ length: mapCount }, (_, k) => {
        const data = new Float32Array((y1 - y0) * (x1 - x0));
        for (const piece of pieces) {
          const [from, to] = [Math.max(y0, piece.y0), Math.min(y1, piece.y0 + piece.height)];
          const values = piece.maps[k] as Float32Array;
          for (let y = from; y < to; y++) {
            const row = (y - piece.y0) * width;
            data.set(values.subarray(row + x0, row + x1), (y - y0) * (x1 - x0));
          }
        }
        return { dtype: "float32", height: y1 - y0, width: x1 - x0, data } as const;
      });
    },
  };
}
