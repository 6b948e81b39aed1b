/**
 * The parts of an image from which its scale is estimated: few, spread, where there is something to see.
 */
import type { Plane } from "#core/array/index.ts";
import type { ScaleSample } from "./estimate-scale.ts";
import type { NormalisationExpectation, NormalisationLimits } from "./model-input.ts";
import { normalisationLimits } from "./model-input.ts";
import type { RowSource } from "./row-source.ts";

// A megapixel holds a hundred cells of 60 pixels; small images are taken whole.
const SAMPLE_SIDE = 512;
const SAMPLES_MAX = 3;
// Places looked at for each sample taken.
const PLACES = 5;

/** Samples of planes in memory; `null` for inputs the image lacks. */
export function samplesOfPlanes(planes: readonly (Plane | null)[]): ScaleSample[] {
  const first = planes.find((plane) => plane !== null);
  if (first === undefined || first === null) return [];
  const { height, width } = first;
  if (height <= 2 * SAMPLE_SIDE && width <= 2 * SAMPLE_SIDE) return [planes];
  const [rows, columns] = [placesAlong(height), placesAlong(width)];
  const places = rows.flatMap((y0) => columns.map((x0) => ({ y0, x0 })));
  const ranked = places
    .map(({ y0, x0 }) => ({ y0, x0, contrast: contrastOf(cut(first, y0, x0)) }))
    .sort((a, b) => b.contrast - a.contrast);
  return ranked
    .slice(0, SAMPLES_MAX)
    .map(({ y0, x0 }) => planes.map((plane) => (plane === null ? null : cut(plane, y0, x0))));
}

/** Samples of an image that comes in rows, and the limits of its normalisation as far as the samples tell. */
export async function sampleRows(
  source: RowSource,
  contract: NormalisationExpectation,
): Promise<{ readonly samples: ScaleSample[]; readonly limits: readonly (NormalisationLimits | null)[] }> {
  const candidates: ScaleSample[] = [];
  for (const y0 of placesAlong(source.height)) {
    const planes: (Plane | null)[] = [];
    for (const [c, present] of source.present.entries())
      planes.push(present ? await source.readRows(c, y0, Math.min(SAMPLE_SIDE, source.height - y0)) : null);
    for (const x0 of placesAlong(source.width))
      candidates.push(planes.map((plane) => (plane === null ? null : cut(plane, 0, x0))));
  }
  const limits = source.present.map((present, c) =>
    present ? normalisationLimits(joined(candidates.map((sample) => sample[c] as Plane)), contract) : null,
  );
  const first = source.present.indexOf(true);
  const samples = candidates
    .map((sample) => ({ sample, contrast: contrastOf(sample[first] as Plane) }))
    .sort((a, b) => b.contrast - a.contrast)
    .slice(0, SAMPLES_MAX)
    .map(({ sample }) => sample);
  return { samples, limits };
}

function placesAlong(length: number): number[] {
  if (length <= SAMPLE_SIDE) return [0];
  const count = Math.min(PLACES, Math.ceil(length / SAMPLE_SIDE));
  return Array.from({ length: count }, (_, i) => Math.round(((length - SAMPLE_SIDE) * (i + 0.5)) / count));
}

function cut(plane: Plane, y0: number, x0: number): Plane<"float32"> {
  const height = Math.min(SAMPLE_SIDE, plane.height - y0);
  const width = Math.min(SAMPLE_SIDE, plane.width - x0);
  const data = new Float32Array(height * width);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      data[y * width + x] = plane.data[(y0 + y) * plane.width + x0 + x] as number;
  return { dtype: "float32", height, width, data };
}

/** All samples as one plane of one row. */
function joined(planes: readonly Plane[]): Plane<"float32"> {
  const width = planes.reduce((sum, { data }) => sum + data.length, 0);
  const data = new Float32Array(width);
  let at = 0;
  for (const plane of planes) {
    data.set(plane.data, at);
    at += plane.data.length;
  }
  return { dtype: "float32", height: 1, width, data };
}

/** Standard deviation. */
function contrastOf({ data }: Plane): number {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    sum += value;
    squares += value * value;
  }
  const mean = sum / data.length;
  return Math.sqrt(Math.max(0, squares / data.length - mean * mean));
}
