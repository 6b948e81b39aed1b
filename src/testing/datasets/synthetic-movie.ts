/**
 * Made-up movies with exact tracks: each cell lives in a field of its own, drifts, and may divide or be out of focus.
 *
 * The field is a cell of a grid, so that cells never touch; a division puts two smaller cells side by side.
 */
import { type ImageArray, imageArray, labelImage } from "#core/array/index.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { rng } from "#core/rng.ts";
import type { ReadLink, ReadObject } from "#formats/index.ts";

export interface SyntheticMovieOptions {
  readonly frames: number;
  /** Fields per side; the plane is 24 pixels per field wide and high. Default 3. */
  readonly grid?: number;
  readonly seed: number | string;
  /** Fields whose cell divides in the middle of the movie. Default [0]. */
  readonly dividing?: readonly number[];
  /** Fields whose cell is missing in the second frame. Default none. */
  readonly blinking?: readonly number[];
}

export interface SyntheticMovie {
  /** uint16, axes tyx. */
  readonly image: ImageArray;
  /** Labels are those of the tracks. */
  readonly objects: readonly ReadObject[];
  readonly links: readonly ReadLink[];
}

const FIELD = 24;

export function makeSyntheticMovie(options: SyntheticMovieOptions): SyntheticMovie {
  const { frames, grid = 3, seed, dividing = [0], blinking = [] } = options;
  const random = rng(seed, "movie");
  const side = grid * FIELD;
  const planes = Array.from({ length: frames }, () => labelImage(side, side));
  const divisionFrame = Math.max(1, Math.floor(frames / 2));
  const parents = new Map<number, number>();
  let next = 1;
  for (let field = 0; field < grid * grid; field++) {
    const mother = next++;
    const daughters = dividing.includes(field) ? [next++, next++] : [];
    for (const daughter of daughters) parents.set(daughter, mother);
    const drift = random.uniform(-0.5, 0.5);
    const [top, left] = [Math.floor(field / grid) * FIELD, (field % grid) * FIELD];
    for (let t = 0; t < frames; t++) {
      if (blinking.includes(field) && t === 1) continue;
      const y = top + FIELD / 2 + drift * Math.min(t, 6);
      const x = left + FIELD / 2;
      if (daughters.length === 0 || t < divisionFrame) disc(planes[t]!, y, x, 5.5, mother);
      else
        for (const [i, daughter] of daughters.entries()) disc(planes[t]!, y, x - 5 + 10 * i, 3.6, daughter);
    }
  }
  const objects = planes.flatMap((plane, t) =>
    [...objectShapesFromLabels(plane, { t })].map(([label, shape]) => ({ label, shape })),
  );
  const data = new Uint16Array(frames * side * side);
  for (const [t, plane] of planes.entries())
    for (const [i, label] of plane.data.entries())
      data[t * side * side + i] =
        500 + Math.round(random.uniform(0, 90)) + (label > 0 ? 3_000 + 50 * label : 0);
  return {
    image: imageArray("uint16", "tyx", [frames, side, side], data),
    objects,
    links: linksOf(objects, parents),
  };
}

function disc(
  plane: ReturnType<typeof labelImage>,
  cy: number,
  cx: number,
  radius: number,
  label: number,
): void {
  for (let y = Math.ceil(cy - radius); y <= cy + radius; y++)
    for (let x = Math.ceil(cx - radius); x <= cx + radius; x++)
      if ((y - cy) ** 2 + (x - cx) ** 2 <= radius ** 2) plane.data[y * plane.width + x] = label;
}

/** Written from the rule of the movie, not by the code under test. */
function linksOf(objects: readonly ReadObject[], parents: ReadonlyMap<number, number>): ReadLink[] {
  return objects.flatMap(({ label, shape }, to): ReadLink[] => {
    const before = objects.findLastIndex((one, i) => i < to && one.label === label);
    if (before >= 0) return [{ from: before, to, kind: "link" }];
    const parent = parents.get(label);
    if (parent === undefined) return [];
    const from = objects.findLastIndex((one) => one.label === parent && one.shape.t < shape.t);
    return from < 0 ? [] : [{ from, to, kind: "division" }];
  });
}
