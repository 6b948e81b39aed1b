/**
 * People who point at cells, simulated: where they click, how well they draw a box, and where they correct.
 *
 * A first click falls well inside the cell most of the time, anywhere on it otherwise. A correction falls into the middle
 * of the largest piece that is wrong, as a person sees the largest mistake first.
 */
import type { BoundingBox, Mask, Point } from "#core/array/index.ts";
import { connectedComponents, distanceTransform } from "#core/labels/index.ts";
import type { Rng } from "#core/rng.ts";

/** How often a click is a careful one, and how far from the border it is then, of the largest distance there is. */
const carefulShare = 0.8;
const carefulDepth = 0.4;

/**
 * A click on a mask, in its pixels.
 *
 * @param random  null: the middle, where the mask is deepest (the first such pixel in scan order).
 * @returns null for an empty mask.
 */
export function clickOn(mask: Mask, random: Rng | null): Point | null {
  const depth = distanceTransform(mask, { edge: "closed" }).data;
  let deepest = 0;
  let at = -1;
  for (let i = 0; i < depth.length; i++) {
    if ((depth[i] as number) <= deepest) continue;
    deepest = depth[i] as number;
    at = i;
  }
  if (at < 0) return null;
  if (random !== null) {
    const least = random.chance(carefulShare) ? carefulDepth * deepest : 0;
    const candidates: number[] = [];
    for (let i = 0; i < depth.length; i++)
      if ((depth[i] as number) > 0 && (depth[i] as number) >= least) candidates.push(i);
    at = random.pick(candidates);
  }
  return { y: Math.floor(at / mask.width), x: at % mask.width };
}

interface Correction {
  readonly at: Point;
  /** On the cell (something is missing there), or beside it. */
  readonly onCell: boolean;
}

/** A mistake of fewer pixels is left alone. */
const mistakePxMin = 4;

/**
 * The click that corrects an answer; null when nothing worth a click is wrong. All masks of one size.
 *
 * @param counts  1 where a mistake can be seen; default everywhere. @param random  null: the middle of the mistake.
 */
export function correctionOf(
  answer: Mask,
  truth: Mask,
  counts: Mask | null,
  random: Rng | null,
): Correction | null {
  const { height, width } = truth;
  const wrong = new Int32Array(height * width);
  for (let i = 0; i < wrong.length; i++) {
    if (counts !== null && counts.data[i] === 0) continue;
    // Missing and surplus pixels that touch are two mistakes.
    if (answer.data[i] !== truth.data[i]) wrong[i] = truth.data[i] === 1 ? 1 : 2;
  }
  const pieces = connectedComponents({ dtype: "int32", height, width, data: wrong }, 4);
  const areas = new Map<number, number>();
  for (const piece of pieces.data) if (piece > 0) areas.set(piece, (areas.get(piece) ?? 0) + 1);
  const [largest] = [...areas].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  if (largest === undefined || largest[1] < mistakePxMin) return null;
  const data = Uint8Array.from(pieces.data, (piece) => (piece === largest[0] ? 1 : 0));
  const at = clickOn({ dtype: "uint8", height, width, data } as Mask, random) as Point;
  return { at, onCell: truth.data[at.y * width + at.x] === 1 };
}

/** Sides of a drawn box are off by up to this share of its length. */
const boxErrorShare = 0.12;

/** A box around a cell as a hand draws it: each side a little off, never empty. Half-open, may leave the image. */
export function drawnBox([y0, x0, y1, x1]: BoundingBox, random: Rng): BoundingBox {
  const off = (length: number): number => Math.round(random.uniform(-1, 1) * boxErrorShare * length);
  const [height, width] = [y1 - y0, x1 - x0];
  const [top, left] = [y0 + off(height), x0 + off(width)];
  return [top, left, Math.max(top + 1, y1 + off(height)), Math.max(left + 1, x1 + off(width))];
}
