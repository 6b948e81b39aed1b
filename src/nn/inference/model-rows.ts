/**
 * The planes a model sees, row by row: at its pixel size and normalised, from an image of any size.
 *
 * Percentiles need the whole image before the first pixel can be normalised, so the image is read twice. The numbers are
 * those of an image held in memory, to the bit: the same percentiles (see `createPercentileCounter`), the same resampling.
 */
import type { Plane } from "#core/array/index.ts";
import { createPercentileCounter, createResampler, type Resampler } from "#core/image/index.ts";
import type { NormalisationExpectation, NormalisationLimits } from "./model-input.ts";
import { normaliseBetween } from "./model-input.ts";
import { createRowBand } from "./row-band.ts";
import type { RowSource } from "./row-source.ts";
import { checkNotCanceled } from "./run-tile.ts";

export interface ModelSize {
  readonly height: number;
  readonly width: number;
}

export interface ModelRows extends ModelSize {
  /** Rows [y0, y1) of every input; neither bound may be smaller than in the call before. */
  rows(y0: number, y1: number): Promise<Plane<"float32">[]>;
}

export interface ModelRowsOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with 0..1 while intensities are counted. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

// Rows counted at once: enough to make calls cheap, 40 MB of 16-bit values on a width of 20,000.
const COUNT_ROWS = 1024;

type Rows = (y0: number, y1: number) => Promise<Plane>;

/**
 * Prepares the rows of an image for a model: counts its intensities in one pass.
 *
 * @param size of the image at the model's pixel size.
 * Cost: one pass over the source now, one while rows are taken. Memory: a thousand rows.
 */
export async function openModelRows(
  source: RowSource,
  size: ModelSize,
  contract: NormalisationExpectation,
  options: ModelRowsOptions = {},
): Promise<ModelRows> {
  const same = size.height === source.height && size.width === source.width;
  const resampler = same ? null : createResampler(source, size);
  const { normalisation } = contract;
  const limits: (NormalisationLimits | null)[] = [];
  for (const [c, present] of source.present.entries()) {
    if (!present) {
      limits.push(null);
      continue;
    }
    const rows = rowsOfInput(source, c, resampler);
    let counter: ReturnType<typeof createPercentileCounter> | undefined;
    for (let y = 0; y < size.height; y += COUNT_ROWS) {
      checkNotCanceled(options.signal);
      const band = await rows(y, Math.min(size.height, y + COUNT_ROWS));
      counter ??= createPercentileCounter(band.dtype, size.height * size.width);
      counter.add(band);
      options.onProgress?.((c + Math.min(1, (y + COUNT_ROWS) / size.height)) / source.present.length);
    }
    const [from, to] = (counter?.finish([normalisation.low, normalisation.high]) ?? [0, 0]) as [
      number,
      number,
    ];
    limits.push({ from, to });
  }
  const inputs = limits.map((one, c) => (one === null ? null : rowsOfInput(source, c, resampler)));
  return {
    ...size,
    async rows(y0, y1) {
      const planes: Plane<"float32">[] = [];
      for (const [c, rows] of inputs.entries()) {
        planes.push(
          rows === null
            ? zeros(y1 - y0, size.width)
            : normaliseBetween(await rows(y0, y1), limits[c] as NormalisationLimits),
        );
      }
      return planes;
    },
  };
}

const zeros = (height: number, width: number): Plane<"float32"> => ({
  dtype: "float32",
  height,
  width,
  data: new Float32Array(height * width),
});

/** Rows of one input at the model's size, not yet normalised. */
function rowsOfInput(source: RowSource, c: number, resampler: Resampler | null): Rows {
  const band = createRowBand(source, c);
  if (resampler === null) return (y0, y1) => band.rows(y0, y1);
  return async (y0, y1) => {
    const [from, to] = resampler.sourceRows(y0, y1);
    return resampler.rows(await band.rows(from, to), from, y0, y1);
  };
}
