/** Films of tracked movies: a GIF, or a PNG per frame, written as they are painted. */

import { setImmediate } from "node:timers/promises";
import type { LabelImage, Plane } from "#core/array/index.ts";
import { createFilm, type Film, type FilmOptions, filmPalette } from "#core/film/index.ts";
import { percentiles } from "#core/image/index.ts";
import { gifFrame, gifHead, gifTail, writePng } from "#formats/index.ts";

export const filmFormats = ["gif", "png"] as const;
export type FilmFormat = (typeof filmFormats)[number];

/** A movie with its tracks, as far as it is to be shown. */
export interface FilmSource extends Omit<FilmOptions, "low" | "high"> {
  readonly frameCount: number;
  planeOf(t: number): Promise<Plane>;
  tracksOf(t: number): Promise<LabelImage> | LabelImage;
}

/** Frames whose light decides black and white of all. */
const framesMeasured = 8;
/** A few dead pixels are no light, and a tenth of a percent of it may shine beyond white. */
const percents = { low: 1, high: 99.8 };
/** Hundredths of a second a frame stands. */
const delayCs = 12;

/** Black and white of a film: the lowest and highest of some frames, evenly spread. */
async function levelsOf({ frameCount, planeOf }: FilmSource): Promise<{ low: number; high: number }> {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const count = Math.min(frameCount, framesMeasured);
  for (let k = 0; k < count; k++) {
    const [dark, bright] = percentiles(await planeOf(Math.floor((k * frameCount) / count)), [
      percents.low,
      percents.high,
    ]) as [number, number];
    low = Math.min(low, dark);
    high = Math.max(high, bright);
  }
  return { low, high };
}

/** Frames as indices of the palette, in order. Memory: a frame. */
async function* filmFrames(
  source: FilmSource,
  signal: AbortSignal,
): AsyncGenerator<{ readonly film: Film; readonly indices: Uint8Array; readonly t: number }> {
  const film = createFilm({ ...source, ...(await levelsOf(source)) });
  for (let t = 0; t < source.frameCount; t++) {
    signal.throwIfAborted();
    yield { film, indices: film.frame(t, await source.planeOf(t), await source.tracksOf(t)), t };
    await setImmediate();
  }
}

/** Bytes of a GIF, piece by piece. The same movie and tracks give the same bytes. */
export async function* gifPieces(source: FilmSource, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const palette = filmPalette();
  for await (const { film, indices, t } of filmFrames(source, signal)) {
    const { height, width } = film;
    if (t === 0) yield gifHead({ height, width, palette });
    yield gifFrame({ height, width, palette, delayCs }, indices);
  }
  yield gifTail;
}

/** PNG files of all frames, by name. */
export async function* pngFrames(
  source: FilmSource,
  signal: AbortSignal,
): AsyncGenerator<{ readonly name: string; readonly bytes: Uint8Array }> {
  const palette = filmPalette();
  const digits = Math.max(3, String(source.frameCount - 1).length);
  for await (const { film, indices, t } of filmFrames(source, signal)) {
    const data = new Uint8Array(3 * indices.length);
    for (const [i, index] of indices.entries()) data.set(palette.subarray(3 * index, 3 * index + 3), 3 * i);
    const { height, width } = film;
    yield {
      name: `t${String(t).padStart(digits, "0")}.png`,
      bytes: writePng({ height, width, channels: 3, data }),
    };
  }
}
