/**
 * Tracks drawn over their movie, frame by frame: outlines and tails in the colour of each track, rings where cells divided,
 * time and a scale bar. Painted in indices of `filmPalette`; deterministic.
 *
 * Memory: one frame, and the last places of the tracks that are still seen.
 */
import type { LabelImage, Plane } from "../array/index.ts";
import { assertSameShape } from "../array/index.ts";
import { greyCount, hueIndex, hueOfTrack, hueSteps, white } from "./film-palette.ts";
import { glyphHeight, textPixels } from "./small-font.ts";

export const filmStyles = ["outline", "fill"] as const;
export type FilmStyle = (typeof filmStyles)[number];

export interface FilmOptions {
  /** Size of the movie in pixels. */
  readonly height: number;
  readonly width: number;
  /** Values of the image that become black and white; the same for all frames, or a film would flicker. */
  readonly low: number;
  readonly high: number;
  /** Micrometres per pixel; `null` for no scale bar. */
  readonly mppUm: number | null;
  /** Seconds between frames; `null` for frame numbers in place of times. */
  readonly frameIntervalS: number | null;
  /** Track -> the track it divided from. */
  readonly parents: ReadonlyMap<number, number>;
  readonly style: FilmStyle;
}

export interface Film {
  readonly height: number;
  readonly width: number;
  /** Paints the next frame. @param tracks  pixels of tracks by number. @throws FoundryError `array.shapeMismatch`. */
  frame(t: number, plane: Plane, tracks: LabelImage): Uint8Array;
}

/** Longest side of a film: larger movies are shown smaller, by whole numbers. */
const sideMax = 1024;
/** Small movies are shown larger up to about here. */
const sideWanted = 400;
/** Frames that a tail and the ring of a division last. */
const tailFrames = 8;
const ringFrames = 4;

interface Place {
  readonly t: number;
  readonly y: number;
  readonly x: number;
}

interface Canvas {
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
}

/** How many movie pixels make a film pixel, or film pixels a movie pixel; one of the two is 1. */
export function filmScale(height: number, width: number): { readonly shrink: number; readonly grow: number } {
  const side = Math.max(height, width);
  return side > sideMax
    ? { shrink: Math.ceil(side / sideMax), grow: 1 }
    : { shrink: 1, grow: Math.max(1, Math.min(4, Math.floor(sideWanted / side))) };
}

export function createFilm(options: FilmOptions): Film {
  const { shrink, grow } = filmScale(options.height, options.width);
  const height = Math.floor(options.height / shrink) * grow;
  const width = Math.floor(options.width / shrink) * grow;
  const zoom = grow / shrink;
  const tails = new Map<number, Place[]>();
  const born = new Map<number, number>();
  return {
    height,
    width,
    frame(t, plane, tracks) {
      assertSameShape(tracks, plane, "A film needs tracks of the size of the movie");
      const canvas: Canvas = { height, width, data: new Uint8Array(height * width) };
      const seen = shownTracks(tracks, shrink, grow, canvas);
      paintImageInPlace(canvas, plane, seen, { ...options, shrink, grow });
      const places = centresOf(tracks);
      for (const [track, place] of places) {
        const tail = tails.get(track) ?? [];
        if (tail.length === 0) born.set(track, t);
        tail.push({ t, ...place });
        tails.set(track, tail.slice(-tailFrames));
      }
      for (const [track, tail] of tails)
        if (tail.at(-1)!.t < t - tailFrames) {
          tails.delete(track);
          born.delete(track);
        }
      for (const track of places.keys()) {
        const hue = hueOfTrack(track);
        paintTailInPlace(canvas, tails.get(track)!, t, hue, zoom);
        const parent = options.parents.get(track);
        const age = t - born.get(track)!;
        if (parent !== undefined && age < ringFrames)
          paintDivisionInPlace(canvas, tails, track, parent, zoom);
      }
      paintTimeInPlace(canvas, t, options.frameIntervalS);
      if (options.mppUm !== null) paintScaleBarInPlace(canvas, options.mppUm / zoom);
      return canvas.data;
    },
  };
}

/** Track under each film pixel. */
function shownTracks(
  tracks: LabelImage,
  shrink: number,
  grow: number,
  { height, width }: Canvas,
): Int32Array {
  const shown = new Int32Array(height * width);
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / grow) * shrink * tracks.width;
    for (let x = 0; x < width; x++) shown[y * width + x] = tracks.data[row + Math.floor(x / grow) * shrink]!;
  }
  return shown;
}

interface ImagePainting extends Pick<FilmOptions, "low" | "high" | "style"> {
  readonly shrink: number;
  readonly grow: number;
}

function paintImageInPlace(canvas: Canvas, plane: Plane, seen: Int32Array, painting: ImagePainting): void {
  const { height, width, data } = canvas;
  const { low, high, shrink, grow, style } = painting;
  const range = Math.max(high - low, Number.MIN_VALUE);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const value = meanOf(plane, Math.floor(y / grow) * shrink, Math.floor(x / grow) * shrink, shrink);
      const share = Math.max(0, Math.min(1, (value - low) / range));
      const track = seen[at]!;
      if (track === 0) {
        data[at] = Math.round(share * (greyCount - 1));
        continue;
      }
      const hue = hueOfTrack(track);
      if (isEdge(seen, at, y, x, height, width)) data[at] = hueIndex(hue, hueSteps - 1);
      else
        data[at] =
          style === "fill"
            ? hueIndex(hue, Math.round(share * (hueSteps - 1)))
            : Math.round(share * (greyCount - 1));
    }
}

/** Mean of a square of the movie; values that are no numbers count as black. */
function meanOf(plane: Plane, y0: number, x0: number, side: number): number {
  let sum = 0;
  for (let y = y0; y < y0 + side; y++)
    for (let x = x0; x < x0 + side; x++) {
      const value = plane.data[y * plane.width + x]!;
      sum += Number.isFinite(value) ? value : 0;
    }
  return sum / (side * side);
}

function isEdge(seen: Int32Array, at: number, y: number, x: number, height: number, width: number): boolean {
  const track = seen[at];
  return (
    (y > 0 && seen[at - width] !== track) ||
    (y < height - 1 && seen[at + width] !== track) ||
    (x > 0 && seen[at - 1] !== track) ||
    (x < width - 1 && seen[at + 1] !== track)
  );
}

/** Centre of the pixels of each track, by ascending number. */
function centresOf({ data, width }: LabelImage): Map<number, { y: number; x: number }> {
  const sums = new Map<number, [count: number, y: number, x: number]>();
  for (let at = 0; at < data.length; at++) {
    const track = data[at]!;
    if (track === 0) continue;
    const own = sums.get(track) ?? [0, 0, 0];
    own[0]++;
    own[1] += Math.floor(at / width);
    own[2] += at % width;
    sums.set(track, own);
  }
  return new Map(
    [...sums]
      .sort(([a], [b]) => a - b)
      .map(([track, [count, y, x]]) => [track, { y: y / count, x: x / count }]),
  );
}

function put(canvas: Canvas, y: number, x: number, index: number): void {
  const [row, column] = [Math.round(y), Math.round(x)];
  if (row < 0 || column < 0 || row >= canvas.height || column >= canvas.width) return;
  canvas.data[row * canvas.width + column] = index;
}

function line(canvas: Canvas, from: Place, to: Place, zoom: number, index: number): void {
  const [y0, x0, y1, x1] = [from.y * zoom, from.x * zoom, to.y * zoom, to.x * zoom];
  const steps = Math.max(1, Math.ceil(Math.max(Math.abs(y1 - y0), Math.abs(x1 - x0))));
  for (let k = 0; k <= steps; k++)
    put(canvas, y0 + ((y1 - y0) * k) / steps, x0 + ((x1 - x0) * k) / steps, index);
}

/** Where a cell came from, older steps darker. */
function paintTailInPlace(
  canvas: Canvas,
  tail: readonly Place[],
  t: number,
  hue: number,
  zoom: number,
): void {
  for (let k = 1; k < tail.length; k++) {
    const age = t - tail[k]!.t;
    const step = Math.max(1, hueSteps - 1 - Math.floor((age * hueSteps) / tailFrames));
    line(canvas, tail[k - 1]!, tail[k]!, zoom, hueIndex(hue, step));
  }
}

/** A white ring around a young daughter, and a line to where its parent was last. */
function paintDivisionInPlace(
  canvas: Canvas,
  tails: ReadonlyMap<number, readonly Place[]>,
  track: number,
  parent: number,
  zoom: number,
): void {
  const own = tails.get(track)!.at(-1)!;
  const last = tails.get(parent)?.at(-1);
  if (last !== undefined) line(canvas, last, own, zoom, white);
  const radius = 6 * Math.max(1, zoom);
  for (let angle = 0; angle < 64; angle++) {
    const turn = (2 * Math.PI * angle) / 64;
    put(canvas, own.y * zoom + radius * Math.sin(turn), own.x * zoom + radius * Math.cos(turn), white);
  }
}

function paintTextInPlace(canvas: Canvas, text: string, y: number, x: number, size: number): void {
  const { pixels } = textPixels(text, size);
  // A dark rim keeps letters legible on bright cells.
  for (const [dy, dx] of pixels)
    for (const [oy, ox] of [
      [-1, 0],
      [1, 0],
      [0, -1],
      [0, 1],
    ] as const)
      put(canvas, y + dy + oy, x + dx + ox, 0);
  for (const [dy, dx] of pixels) put(canvas, y + dy, x + dx, white);
}

const textSize = ({ width }: Canvas): number => Math.max(1, Math.min(3, Math.floor(width / 160)));

/** "1:05 h" where the interval is known, else "frame 13", counted from 1 as on the page. */
export function timeText(t: number, frameIntervalS: number | null): string {
  if (frameIntervalS === null) return `frame ${t + 1}`;
  const minutes = Math.round((t * frameIntervalS) / 60);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")} h`;
}

function paintTimeInPlace(canvas: Canvas, t: number, frameIntervalS: number | null): void {
  const size = textSize(canvas);
  paintTextInPlace(canvas, timeText(t, frameIntervalS), 3 * size, 3 * size, size);
}

/** 1, 2 or 5 times a power of ten: the largest that takes at most a quarter of the film. */
export function scaleBarUm(widthPx: number, mppUm: number): number {
  const most = (widthPx * mppUm) / 4;
  const power = 10 ** Math.floor(Math.log10(most));
  return power * (most >= 5 * power ? 5 : most >= 2 * power ? 2 : 1);
}

function paintScaleBarInPlace(canvas: Canvas, mppUm: number): void {
  const size = textSize(canvas);
  const length = scaleBarUm(canvas.width, mppUm);
  const pixels = Math.round(length / mppUm);
  const [bottom, right] = [canvas.height - 3 * size, canvas.width - 3 * size];
  for (let y = bottom - 2 * size; y < bottom; y++)
    for (let x = right - pixels; x < right; x++) put(canvas, y, x, white);
  const text = `${length} µm`;
  const { width } = textPixels(text, size);
  paintTextInPlace(canvas, text, bottom - (glyphHeight + 4) * size, right - width, size);
}
