/**
 * Small elastic deformation: a smooth random field of shifts, known at the nodes of a coarse grid.
 *
 * Tissue is cut, pressed and dried, cells spread and round up; a crop bent by a few pixels over the length of a cell is
 * still a crop somebody could have taken. Source: Simard, Steinkraus, Platt 2003; used for cells by Ronneberger et al. 2015.
 * Between nodes the shift is interpolated linearly, so neighbours stay neighbours as long as the slope stays below 1.
 */
import { assert } from "#core/errors.ts";
import type { Rng } from "#core/rng.ts";

/** Shifts in pixels at nodes `spacing` pixels apart, row-major; node (0, 0) lies at pixel (0, 0). */
export interface Bend {
  readonly spacing: number;
  readonly columns: number;
  readonly dy: Float32Array;
  readonly dx: Float32Array;
}

// Steeper than this, objects would be squeezed to less than two thirds: no slide does that.
const SLOPE_MAX = 0.35;

/**
 * Draws a field for a square of `sizePx`.
 *
 * @param amplitudePx  standard deviation of the shift at a node, 0 or more; lessened where it would fold the plane.
 * @param spacingPx  distance of nodes, 2 or more.
 */
export function randomBend(random: Rng, sizePx: number, amplitudePx: number, spacingPx: number): Bend {
  assert(spacingPx >= 2 && amplitudePx >= 0, "a bend needs a spacing of 2 pixels or more");
  const columns = Math.ceil((sizePx - 1) / spacingPx) + 2;
  const limit = (SLOPE_MAX * spacingPx) / 2;
  const draw = (): Float32Array =>
    Float32Array.from({ length: columns * columns }, () =>
      Math.min(limit, Math.max(-limit, amplitudePx * random.normal())),
    );
  return { spacing: spacingPx, columns, dy: draw(), dx: draw() };
}

/** Shift at a pixel; both components are 0 without a bend. Writes `[dy, dx]` into `out`. */
export function bendAtInPlace(bend: Bend, y: number, x: number, out: Float64Array): void {
  const { spacing, columns, dy, dx } = bend;
  const gy = y / spacing;
  const gx = x / spacing;
  const row = Math.floor(gy);
  const column = Math.floor(gx);
  const fy = gy - row;
  const fx = gx - column;
  const at = row * columns + column;
  const mix = (field: Float32Array): number =>
    ((field[at] as number) * (1 - fx) + (field[at + 1] as number) * fx) * (1 - fy) +
    ((field[at + columns] as number) * (1 - fx) + (field[at + columns + 1] as number) * fx) * fy;
  out[0] = mix(dy);
  out[1] = mix(dx);
}
