/**
 * Small planes as pictures, so that a test shows what it means.
 *
 * One text per row, one character per pixel: `.` is 0, digits are themselves, letters go on from 10 (a = 10).
 * Blanks are skipped.
 */

import { type LabelImage, labelImage, type Mask, mask, type Plane } from "#core/array/index.ts";
import { type Rng, rng } from "#core/rng.ts";

function read(rows: readonly string[]): {
  readonly height: number;
  readonly width: number;
  readonly data: number[];
} {
  const lines = rows.map((row) => row.replaceAll(" ", ""));
  const width = lines[0]?.length ?? 0;
  if (lines.some((line) => line.length !== width)) throw new Error("the rows of a picture differ in length");
  return {
    height: lines.length,
    width,
    data: [...lines.join("")].map((c) => (c === "." ? 0 : Number.parseInt(c, 36))),
  };
}

/** Label image of a picture. */
export function labelsOf(...rows: readonly string[]): LabelImage {
  const { height, width, data } = read(rows);
  return labelImage(height, width, data);
}

/** Mask of a picture: anything but `.` and `0` is 1. */
export function maskOf(...rows: readonly string[]): Mask {
  const { height, width, data } = read(rows);
  return mask(height, width, data);
}

/** Rows of a plane of small integers: the inverse of `labelsOf`. */
export function pictureOf(plane: Plane): string[] {
  return Array.from({ length: plane.height }, (_, y) =>
    Array.from({ length: plane.width }, (_, x) => {
      const value = plane.data[y * plane.width + x] as number;
      return value === 0 ? "." : value.toString(36);
    }).join(""),
  );
}

/** Runs a law for many seeds; the seed of a failure is in its message. */
export function forSeeds(count: number, law: (random: Rng, seed: number) => void): void {
  for (let seed = 0; seed < count; seed++) {
    try {
      law(rng(seed, "law"), seed);
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  }
}

/** Label image of blobs with ragged edges that touch, of up to `sideMax` pixels a side: input for laws. */
export function randomLabels(random: Rng, sideMax = 14, labelMax = 5): LabelImage {
  const height = 1 + random.int(sideMax);
  const width = 1 + random.int(sideMax);
  const labels = labelImage(height, width);
  for (let k = 0; k < 1 + random.int(8); k++) {
    const value = random.int(labelMax + 1);
    const [y0, x0] = [random.int(height), random.int(width)];
    const [y1, x1] = [Math.min(height, y0 + 1 + random.int(6)), Math.min(width, x0 + 1 + random.int(6))];
    for (let y = y0; y < y1; y++) {
      for (let x = x0; x < x1; x++) if (random.chance(0.85)) labels.data[y * width + x] = value;
    }
  }
  return labels;
}
