/** How often each brightness occurs in a plane: bars over the range of a channel's contrast slider. Pure. */

import type { Limits } from "./contrast.ts";
import type { Elements } from "./zarr-metadata.ts";

export interface ChannelHistogram {
  readonly range: Limits;
  /** Pixels per bar; the last bar has both its ends. */
  readonly counts: Uint32Array<ArrayBuffer>;
  /** Smallest and largest finite value; null when there is none. */
  readonly seen: Limits | null;
  readonly mean: number;
  /** Share of pixels below the range's start or above its end, 0..1. */
  readonly outside: number;
}

/** One bar per two pixels of the panel. */
const histogramBars = 128;

/**
 * @param range  start below end; values outside of it are counted in `outside`. NaN and infinite ones are left out.
 * Cost: O(values).
 */
export function channelHistogram(values: Elements, range: Limits, bars = histogramBars): ChannelHistogram {
  const counts = new Uint32Array(bars);
  const [from, to] = range;
  const scale = bars / (to - from);
  let [low, high, sum, known, outside] = [Infinity, -Infinity, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) continue;
    known++;
    sum += value;
    if (value < low) low = value;
    if (value > high) high = value;
    if (value < from || value > to) {
      outside++;
      continue;
    }
    const bar = Math.min(bars - 1, Math.floor((value - from) * scale));
    counts[bar] = (counts[bar] as number) + 1;
  }
  return {
    range,
    counts,
    seen: known === 0 ? null : [low, high],
    mean: sum / known,
    outside: known === 0 ? 0 : outside / known,
  };
}

/**
 * Heights 0..1 of the bars by the logarithm of their counts: background fills most bars of a fluorescence image, and the
 * cells, a hundredth as many pixels, would not be seen beside it.
 */
export function logHeights(counts: Uint32Array): number[] {
  let most = 0;
  for (const count of counts) most = Math.max(most, count);
  return Array.from(counts, (count) => (most === 0 ? 0 : Math.log1p(count) / Math.log1p(most)));
}
