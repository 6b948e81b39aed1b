/**
 * Fitting an outline to the picture: active contours without edges, in their morphological form.
 *
 * Chan and Vese (2001) look for the region whose inside and outside each have one brightness; Márquez-Neila, Baumela and
 * Alvarez (2014, "A morphological approach to curvature-based evolution of curves and surfaces", IEEE TPAMI 36) replace
 * the differential equation by erosions and dilations of a binary mask: no step size, no numerical drift, whole numbers.
 * Each round moves boundary pixels to the side whose mean they are nearer to, then smooths by the curvature operators
 * SI∘IS and IS∘SI in turn. Same results as scikit-image's `morphological_chan_vese` where nothing is forbidden.
 */

import { assertSameShape, type Mask, type Plane } from "../array/index.ts";

export interface FitContourOptions {
  /** Most rounds; it ends earlier when nothing moves any more. Default 100. */
  readonly rounds?: number;
  /** Applications of the curvature operator per round: more is smoother. Default 1. */
  readonly smoothing?: number;
  /** uint8 0/1: pixels that are neither inside nor outside (those of neighbours); they stay 0 and count for no mean. */
  readonly forbidden?: Uint8Array;
}

const defaultRounds = 100;

/**
 * @param picture  any dtype, axes yx; finite numbers.
 * @param start  uint8 0/1 of the same size: where the contour begins.
 * @returns a new mask; all 0 when the contour collapsed.
 * @throws FoundryError `array.shapeMismatch`. Cost: O(pixels x rounds).
 */
export function fitContour(picture: Plane, start: Mask, options: FitContourOptions = {}): Mask {
  assertSameShape(picture, start, "A contour needs a start of the size of its picture");
  const { rounds = defaultRounds, smoothing = 1, forbidden } = options;
  const { height, width } = start;
  let state: Uint8Array = start.data.slice();
  clearForbidden(state, forbidden);
  let cycle = 0;
  // Rounds use the two operators in turn, so only what both leave alone is at rest.
  for (let round = 0, still = 0; round < rounds && still < 2; round++) {
    let next: Uint8Array = state.slice();
    attachInPlace(next, state, picture, forbidden);
    for (let k = 0; k < smoothing; k++) {
      next =
        cycle++ % 2 === 0
          ? lines(lines(next, height, width, "inner"), height, width, "outer")
          : lines(lines(next, height, width, "outer"), height, width, "inner");
    }
    clearForbidden(next, forbidden);
    still = same(next, state) ? still + 1 : 0;
    state = next;
  }
  return { dtype: "uint8", height, width, data: state };
}

function clearForbidden(data: Uint8Array, forbidden: Uint8Array | undefined): void {
  if (forbidden === undefined) return;
  for (let i = 0; i < data.length; i++) if (forbidden[i] === 1) data[i] = 0;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Gives boundary pixels to the side whose mean they are nearer to. Changes `next`. */
function attachInPlace(next: Uint8Array, state: Uint8Array, picture: Plane, forbidden?: Uint8Array): void {
  const { height, width, data } = picture;
  const sums = [0, 0];
  const counts = [0, 0];
  for (let i = 0; i < state.length; i++) {
    if (forbidden?.[i] === 1) continue;
    const side = state[i] as number;
    sums[side] = (sums[side] as number) + (data[i] as number);
    counts[side] = (counts[side] as number) + 1;
  }
  // The tiny addend keeps an empty side from being no number; scikit-image has the same.
  const outside = (sums[0] as number) / ((counts[0] as number) + 1e-8);
  const inside = (sums[1] as number) / ((counts[1] as number) + 1e-8);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if (!isSloped(state, height, width, y, x)) continue;
      const value = data[i] as number;
      const pull = (value - inside) ** 2 - (value - outside) ** 2;
      if (pull < 0) next[i] = 1;
      else if (pull > 0) next[i] = 0;
    }
  }
}

/** Whether the mask's gradient (central differences, one-sided at the edge) is not 0 here. */
function isSloped(state: Uint8Array, height: number, width: number, y: number, x: number): boolean {
  const row = y * width;
  const [up, down] = [Math.max(0, y - 1) * width, Math.min(height - 1, y + 1) * width];
  const [left, right] = [Math.max(0, x - 1), Math.min(width - 1, x + 1)];
  return state[up + x] !== state[down + x] || state[row + left] !== state[row + right];
}

/** Offsets of the four lines of three pixels through a pixel: diagonal, upright, other diagonal, level. */
const lineSteps = [
  [1, 1],
  [1, 0],
  [1, -1],
  [0, 1],
] as const;

/**
 * One curvature operator. "inner" (IS): the least over the lines of the most along each; "outer" (SI): the most over the
 * lines of the least along each. Beyond the edge is 0.
 */
function lines(data: Uint8Array, height: number, width: number, kind: "inner" | "outer"): Uint8Array {
  const out = new Uint8Array(data.length);
  const at = (y: number, x: number): number =>
    y < 0 || x < 0 || y >= height || x >= width ? 0 : (data[y * width + x] as number);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const middle = data[y * width + x] as number;
      // A pixel already there passes every line of "inner"; one not there passes none of "outer".
      if (middle === (kind === "inner" ? 1 : 0)) {
        out[y * width + x] = middle;
        continue;
      }
      let kept = kind === "inner" ? 1 : 0;
      for (const [dy, dx] of lineSteps) {
        const [a, b] = [at(y - dy, x - dx), at(y + dy, x + dx)];
        if (kind === "inner" && a === 0 && b === 0) kept = 0;
        if (kind === "outer" && a === 1 && b === 1) kept = 1;
      }
      out[y * width + x] = kept;
    }
  }
  return out;
}
