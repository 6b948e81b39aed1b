/**
 * What a person has pointed at, as maps of the view.
 *
 * A click is a cone of light that halves every 5.5 pixels, so that every pixel of the view knows how far it is; of several
 * clicks the nearest counts. A box is its inside.
 */
import type { BoundingBox, Point } from "#core/array/index.ts";
import { inView, type PromptView, viewSide } from "./prompt-view.ts";

/** All in pixels of the image. */
export interface Prompt {
  /** On the cell. */
  readonly inside: readonly Point[];
  /** On what is not the cell. */
  readonly outside: readonly Point[];
  /** Around the cell, half-open; null for none. */
  readonly box: BoundingBox | null;
}

/** Distance over which a click's map falls to 1/e, pixels of the network. */
export const clickReachPx = 8;

/** exp(-distance to the nearest click / reach), 0..1; zeros without clicks. */
export function clickMap(clicks: readonly Point[], view: PromptView): Float32Array {
  const map = new Float32Array(viewSide * viewSide);
  const places = clicks.map((click) => inView(view, click));
  if (places.length === 0) return map;
  for (let y = 0; y < viewSide; y++)
    for (let x = 0; x < viewSide; x++) {
      let nearest = Infinity;
      for (const place of places) nearest = Math.min(nearest, (y - place.y) ** 2 + (x - place.x) ** 2);
      map[y * viewSide + x] = Math.exp(-Math.sqrt(nearest) / clickReachPx);
    }
  return map;
}

/** 1 on pixels of the view whose centres lie in the box, else 0; zeros without a box. */
export function boxMap(box: BoundingBox | null, view: PromptView): Float32Array {
  const map = new Float32Array(viewSide * viewSide);
  if (box === null) return map;
  // Pixels reach half a pixel around their centres.
  const from = inView(view, { y: box[0] - 0.5, x: box[1] - 0.5 });
  const to = inView(view, { y: box[2] - 0.5, x: box[3] - 0.5 });
  const first = (at: number): number => Math.min(viewSide, Math.max(0, Math.ceil(at)));
  for (let y = first(from.y); y < first(to.y); y++)
    map.fill(1, y * viewSide + first(from.x), y * viewSide + first(to.x));
  return map;
}
