/**
 * Where the pixels of an image larger than memory come from: full rows, from top to bottom.
 *
 * Rows rather than tiles, since many files are stored in strips, where reading a square means reading its whole width.
 */
import type { Plane } from "#core/array/index.ts";
import { assert } from "#core/errors.ts";

export interface RowSource {
  /** Size of the image, pixels. */
  readonly height: number;
  readonly width: number;
  /** For each input of the model whether the image has it; inputs it lacks are never read. */
  readonly present: readonly boolean[];
  /** Rows that are stored, and so best read, together. */
  readonly blockHeight: number;
  /**
   * Rows [y0, y0 + height) of the plane that input `c` of the model sees, over the full width; always of one dtype.
   *
   * @throws FoundryError of the reader, `array.nan` for pixels that are not finite.
   */
  readRows(c: number, y0: number, height: number): Promise<Plane>;
}

/** Planes that are in memory anyway; `null` for an input the image lacks. */
export function rowsOfPlanes(planes: readonly (Plane | null)[]): RowSource {
  const first = planes.find((plane) => plane !== null);
  assert(first !== undefined && first !== null, "an image has at least one channel that the model takes");
  return {
    height: first.height,
    width: first.width,
    present: planes.map((plane) => plane !== null),
    blockHeight: 1,
    async readRows(c, y0, height) {
      const plane = planes[c];
      assert(plane !== undefined && plane !== null, "an input that the image lacks is not read");
      return {
        ...plane,
        height,
        data: plane.data.subarray(y0 * plane.width, (y0 + height) * plane.width),
      } as Plane;
    },
  };
}
