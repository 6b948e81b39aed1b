/** Checks of pixels: channels without signal, overexposed, or in another order than their names say. */

import type { Plane } from "../array/index.ts";
import { drawObjectShapeInPlace } from "../labels/index.ts";
import type { CheckedObject } from "./check-objects.ts";
import type { CheckFinding } from "./rule.ts";

export interface CheckedChannel {
  readonly name: string;
  readonly role: string;
  /** One plane of the channel; integers or floats. */
  readonly plane: Plane;
}

/** Share of pixels at the greatest value that an exposure may have: a few bright spots, not whole cells. */
const saturatedShareMax = 0.01;

/** A channel must tell nuclei from background this much better than the one named nuclear to be suspected. */
const clearerBy = 0.1;

/**
 * @param nuclei  objects of the nuclear layer in the plane of `channels`; may be empty.
 * Cost: O(pixels x channels).
 */
export function checkImage(
  channels: readonly CheckedChannel[],
  nuclei: readonly CheckedObject[],
): CheckFinding[] {
  return [...channels.flatMap(signalFindings), ...orderFindings(channels, nuclei)];
}

function signalFindings({ plane }: CheckedChannel, channel: number): CheckFinding[] {
  const { data } = plane;
  let low = Infinity;
  let high = -Infinity;
  let atHigh = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (value < low) low = value;
    if (value > high) {
      high = value;
      atHigh = 0;
    }
    if (value === high) atHigh++;
  }
  if (low === high)
    return [{ rule: "channelConstant", uids: [], value: 1, detail: `every pixel is ${low}`, channel }];
  const share = atHigh / data.length;
  // Bright-field images are white where nothing is; only the recorder's own limit tells an overexposure.
  if (share <= saturatedShareMax || high !== recorderLimit(plane, high)) return [];
  return [
    {
      rule: "channelSaturated",
      uids: [],
      value: share,
      detail: `${(100 * share).toFixed(1)} % of the pixels are ${high}, the greatest value`,
      channel,
    },
  ];
}

/** Greatest value a camera of this depth can give: 8, 10, 12, 14 or 16 bits; none for floats. */
function recorderLimit({ dtype }: Plane, high: number): number | null {
  if (dtype === "uint8") return 255;
  if (dtype !== "uint16") return null;
  return [1023, 4095, 16_383, 65_535].find((limit) => high <= limit) ?? null;
}

function orderFindings(
  channels: readonly CheckedChannel[],
  nuclei: readonly CheckedObject[],
): CheckFinding[] {
  const named = channels.findIndex(({ role }) => role === "nuclear");
  const [first] = channels;
  if (named < 0 || channels.length < 2 || nuclei.length === 0 || first === undefined) return [];
  const { height, width } = first.plane;
  const labels = { dtype: "int32" as const, height, width, data: new Int32Array(height * width) };
  for (const { shape } of nuclei) drawObjectShapeInPlace(shape, labels, 1);
  const clarity = channels.map(({ plane }) => separation(plane, labels.data));
  const own = clarity[named] as number;
  const best = clarity.indexOf(Math.max(...clarity));
  const gain = (clarity[best] as number) - own;
  if (best === named || gain < clearerBy) return [];
  const name = channels[best]?.name ?? "";
  return [
    {
      rule: "channelOrder",
      uids: [],
      value: gain,
      detail: `"${name}" is brighter in ${Math.round(100 * (clarity[best] as number))} % of nucleus and background pairs, "${channels[named]?.name}" in ${Math.round(100 * own)} %`,
      channel: named,
    },
  ];
}

/** Bins are fine enough for 16-bit data after scaling to the range present. */
const binCount = 4096;

/**
 * How often a pixel inside is brighter than one outside (ties count half): the area under the ROC curve, by the
 * rank sum of Mann and Whitney over a histogram.
 */
function separation({ data }: Plane, inside: Int32Array): number {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < data.length; i++) {
    low = Math.min(low, data[i] as number);
    high = Math.max(high, data[i] as number);
  }
  if (!(high > low)) return 0.5;
  const within = new Float64Array(binCount);
  const without = new Float64Array(binCount);
  const scale = (binCount - 1) / (high - low);
  for (let i = 0; i < data.length; i++) {
    const bin = Math.round(((data[i] as number) - low) * scale);
    const side = inside[i] === 0 ? without : within;
    side[bin] = (side[bin] as number) + 1;
  }
  let [below, wins, countIn, countOut] = [0, 0, 0, 0];
  for (let bin = 0; bin < binCount; bin++) {
    const [here, there] = [within[bin] as number, without[bin] as number];
    wins += here * (below + there / 2);
    below += there;
    countIn += here;
    countOut += there;
  }
  return countIn === 0 || countOut === 0 ? 0.5 : wins / (countIn * countOut);
}
