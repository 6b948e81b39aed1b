/** A plane moved by whole pixels, its edge repeated: no interpolation, so the noise of a movie keeps its grain. */
import type { Plane } from "#core/array/index.ts";

/** The pixel at (y, x) of the result is the one at (y - shift.y, x - shift.x). Does not change `plane`. */
export function cutShifted(
  plane: Plane<"float32">,
  shift: { readonly y: number; readonly x: number },
): Plane<"float32"> {
  const { height, width, data } = plane;
  const out = new Float32Array(data.length);
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.min(height - 1, Math.max(0, y - shift.y)) * width;
    for (let x = 0; x < width; x++, i++) {
      out[i] = data[row + Math.min(width - 1, Math.max(0, x - shift.x))] as number;
    }
  }
  return { ...plane, data: out };
}
