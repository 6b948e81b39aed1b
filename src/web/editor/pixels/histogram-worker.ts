/**
 * The worker that counts brightness: reads the finest level of at most a million pixels itself, so that the page does not
 * stop for a second of counting whenever another frame is shown. Chunks come from the browser's cache.
 */
/// <reference lib="webworker" />
import { errorToWire, isFoundryError, type WireError } from "#core/errors.ts";
import type { Limits } from "./contrast.ts";
import { type ChannelHistogram, channelHistogram } from "./histogram.ts";
import { fetchFrom } from "./open-image.ts";
import { type ImagePyramid, openPyramid } from "./pixel-source.ts";

export interface HistogramAsk {
  readonly id: number;
  readonly imageUrl: string;
  readonly t: number;
  readonly z: number;
  /** Range of each channel, by index. */
  readonly ranges: readonly Limits[];
}

export type HistogramAnswer =
  | { readonly id: number; readonly histograms: readonly ChannelHistogram[] }
  | { readonly id: number; readonly error: WireError };

const countedPixelsMax = 1 << 20;

const scope = self as unknown as {
  postMessage(message: HistogramAnswer): void;
  onmessage: ((event: MessageEvent<HistogramAsk>) => void) | null;
};

let opened: { readonly url: string; readonly pyramid: Promise<ImagePyramid> } | null = null;
let latest = 0;

async function count(ask: HistogramAsk): Promise<HistogramAnswer | null> {
  if (opened?.url !== ask.imageUrl)
    opened = {
      url: ask.imageUrl,
      pyramid: openPyramid(fetchFrom(ask.imageUrl, new AbortController().signal)),
    };
  const pyramid = await opened.pyramid;
  const pixels = (shape: readonly number[]): number => (shape.at(-1) ?? 0) * (shape.at(-2) ?? 0);
  const level =
    pyramid.levels.find(({ shape }) => pixels(shape) <= countedPixelsMax) ?? pyramid.levels.at(-1);
  const histograms: ChannelHistogram[] = [];
  for (const [c, range] of ask.ranges.entries()) {
    // Frames go by faster than they can be counted; only the last one is of use.
    if (ask.id !== latest || level === undefined) return null;
    const { data } = await level.getRaster({ selection: { t: ask.t, z: ask.z, c } });
    histograms.push(channelHistogram(data, range));
  }
  return { id: ask.id, histograms };
}

scope.onmessage = ({ data }) => {
  latest = data.id;
  count(data).then(
    (answer) => answer !== null && scope.postMessage(answer),
    (error: unknown) => {
      opened = null;
      const wire: WireError = isFoundryError(error)
        ? errorToWire(error)
        : { code: "engine.failed", message: String(error) };
      scope.postMessage({ id: data.id, error: wire });
    },
  );
};
