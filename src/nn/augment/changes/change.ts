/**
 * A named change of intensities: what it is, which numbers decide it, and the pure function that makes it.
 *
 * Changes work on normalised planes (background about 0, bright structures about 1), never on labels. All chance comes from
 * the generator handed in, all strengths from `values`, so the same plan and seed give the same pixels.
 */
import type { Plane } from "#core/array/index.ts";
import type { Rng } from "#core/rng.ts";

export type FloatPlane = Plane<"float32">;

/** What a strength may be, whoever writes the plan, and how it is drawn within a planned range. */
export interface Strength {
  readonly low: number;
  readonly high: number;
  /** Evenly, or evenly over factors (low must be above 0). */
  readonly drawn: "evenly" | "byFactor";
  /** For people, e.g. "photons at the brightest structures". */
  readonly about: string;
}

interface ChangeScene {
  /** Role of each plane, in order; "other" where nobody said. */
  readonly roles: readonly string[];
  readonly random: Rng;
}

export interface Change {
  /** In plain words, for the preview. */
  readonly about: string;
  readonly strengths: Readonly<Record<string, Strength>>;
  /** Drawn anew for each channel, as for exposure; or once for all, as for the lens they share. */
  readonly each: "channel" | "image";
  /** New planes of the same sizes; the given ones are not changed. */
  make(
    planes: readonly FloatPlane[],
    values: Readonly<Record<string, number>>,
    scene: ChangeScene,
  ): readonly FloatPlane[];
}

/** A strength of a change that is planned; a name the change does not declare is a programmer's mistake. */
export function strength(values: Readonly<Record<string, number>>, name: string): number {
  const value = values[name];
  if (value === undefined) throw new Error(`internal: a change was made without its strength "${name}"`);
  return value;
}

/** The plane with other values. */
export const withData = ({ height, width }: FloatPlane, data: Float32Array): FloatPlane => ({
  dtype: "float32",
  height,
  width,
  data,
});

/** Applies a function of the value to every pixel of every plane. */
export const mapped = (planes: readonly FloatPlane[], change: (value: number) => number): FloatPlane[] =>
  planes.map((plane) => withData(plane, plane.data.map(change)));
