/**
 * What a normalised plane looks like, in numbers that do not need labels.
 *
 * Taken the same way from training images and from images to predict, so that an image unlike all training images can
 * be told before anybody trusts its cells. Values are those after normalisation: a change of gain or exposure that the
 * normalisation takes out is no difference here.
 */
import type { Plane } from "#core/array/index.ts";

export interface PlaneStatistics {
  /** Median: near 0 where cells are bright on a dark ground, higher in bright field and in crowded images. */
  readonly background: number;
  /** Standard deviation of pixel noise, from the median second difference of neighbours; structure hardly counts. */
  readonly noise: number;
  /** Share of pixels above one half. */
  readonly brightShare: number;
}

export const planeStatisticNames = ["background", "noise", "brightShare"] as const;

// Enough for three digits of a median; rows are taken whole because noise is measured between neighbours.
const SAMPLE_PIXELS_MAX = 2 ** 16;

// The second difference of second differences of white noise with deviation s has the deviation 6 s (Immerkaer 1996); the
// median of the absolute value of a normal variable is 0.6745 of its deviation.
const NOISE_GAIN = 6 * 0.6745;

export interface StatisticsCollector {
  /** Whether row `y` is one of the sample; other rows need not be added. */
  wants(y: number): boolean;
  /** Adds row `y`; `data` holds rows `y - 1`, `y` and `y + 1` (as far as the plane has them) from index `at` of `y`. */
  addRow(y: number, data: Float32Array, at: number): void;
  finish(): PlaneStatistics;
}

/**
 * Collects the statistics of a plane that comes in rows; gives what `planeStatistics` gives of the whole.
 *
 * @param size of the whole plane. Planes above 2^16 pixels are sampled in rows at even distances.
 */
export function createStatisticsCollector({
  height,
  width,
}: {
  readonly height: number;
  readonly width: number;
}): StatisticsCollector {
  const step = Math.max(1, Math.ceil((height * width) / SAMPLE_PIXELS_MAX));
  const room = Math.ceil(height / step) * width;
  const values = new Float32Array(room);
  const differences = new Float32Array(room);
  let [valueCount, differenceCount, bright] = [0, 0, 0];
  return {
    wants: (y) => y % step === 0,
    addRow(y, data, at) {
      const inner = y > 0 && y < height - 1;
      for (let x = 0; x < width; x++) {
        const value = data[at + x] as number;
        values[valueCount++] = value;
        if (value > 0.5) bright++;
        if (inner && x > 0 && x < width - 1)
          differences[differenceCount++] = Math.abs(secondDifference(data, at + x, width));
      }
    },
    finish: () => ({
      background: medianOf(values.subarray(0, valueCount)),
      noise: medianOf(differences.subarray(0, differenceCount)) / NOISE_GAIN,
      brightShare: bright / Math.max(1, valueCount),
    }),
  };
}

/**
 * Statistics of one plane.
 *
 * @param plane normalised, float32, axes yx. Deterministic. Cost: O(sample log sample).
 */
export function planeStatistics(plane: Plane<"float32">): PlaneStatistics {
  const collector = createStatisticsCollector(plane);
  for (let y = 0; y < plane.height; y++) {
    if (collector.wants(y)) collector.addRow(y, plane.data, y * plane.width);
  }
  return collector.finish();
}

/** Kernel [1 -2 1; -2 4 -2; 1 -2 1] at index `i`. */
function secondDifference(data: Float32Array, i: number, width: number): number {
  const across = (at: number): number =>
    (data[at - 1] as number) - 2 * (data[at] as number) + (data[at + 1] as number);
  return across(i - width) - 2 * across(i) + across(i + width);
}

function medianOf(values: Float32Array): number {
  const sorted = values.slice().sort();
  return sorted.length === 0 ? 0 : (sorted[sorted.length >> 1] as number);
}
