/**
 * A movie that is read frame by frame, whatever it lies in: one TIFF, a folder of frames, an OME-Zarr.
 *
 * Linking needs one frame at a time and writing may need them once more, so a movie is a list of frames that can be
 * asked for in any order; none is kept.
 */
import { axisLength, channelPlane, type ImageArray, type Plane } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import type { Mpp, ReadChannel } from "#formats/index.ts";

/** A frame every minute for ten weeks; metrics have the same limit. */
const MOVIE_FRAMES_MAX = 100_000;

export interface Movie {
  /** For people and for the folder of results. */
  readonly name: string;
  readonly frameCount: number;
  readonly height: number;
  readonly width: number;
  readonly dtype: ImageArray["dtype"];
  readonly channels: readonly ReadChannel[];
  readonly mpp: Mpp | null;
  readonly frameIntervalS: number | null;
  readonly modality: string | undefined;
  /** Number of a sequence of the Cell Tracking Challenge ("01"); `null` elsewhere. */
  readonly sequence: string | null;
  /** Number of each frame in the names of the files; 0, 1, 2 … where names have none. */
  readonly numbers: readonly number[];
  /** What was assumed, each a sentence. */
  readonly notes: readonly string[];
  /** For messages: "t003.tif", "frame 3 of movie.tif". */
  frameName(t: number): string;
  /** Axes yx or cyx; of the movie's size. @throws FoundryError of the reader, `array.shapeMismatch`, `array.axes`. */
  readFrame(t: number): Promise<ImageArray>;
}

/** A movie that was found and not opened yet, so that one that cannot be opened stops no other. */
export interface FoundMovie {
  readonly name: string;
  /** @throws FoundryError `array.axes` without a time axis, `import.empty`, and of the reader. */
  open(): Promise<Movie>;
}

/** One channel of a frame. */
export function planeOfFrame(frame: ImageArray, channel: number): Plane {
  return channelPlane(frame, { c: channel });
}

/** @throws FoundryError `array.shapeMismatch` naming both frames. */
export function assertFrameSize(
  frame: ImageArray,
  expected: { readonly height: number; readonly width: number; readonly channels: number },
  names: { readonly frame: string; readonly first: string },
): void {
  const [c, y, x] = (["c", "y", "x"] as const).map((axis) => axisLength(frame, axis)) as [
    number,
    number,
    number,
  ];
  if (y === expected.height && x === expected.width && c === expected.channels) return;
  const size = (height: number, width: number, channels: number): string =>
    `${height} x ${width} pixels${channels > 1 ? ` in ${channels} channels` : ""}`;
  throw new FoundryError("array.shapeMismatch", {
    message: `${names.frame} has ${size(y, x, c)}, ${names.first} has ${size(expected.height, expected.width, expected.channels)}.`,
    hint: "All frames of a movie have one size; leave out what does not belong to it.",
    details: { frame: names.frame, first: names.first },
  });
}

/** @throws FoundryError `array.axes`, `limit.files`. */
export function assertMovie(name: string, sizes: { readonly t: number; readonly z: number }): void {
  const { t, z } = sizes;
  if (t < 2)
    throw new FoundryError("array.axes", {
      message: `"${name}" has no time axis: it holds ${z > 1 ? `${z} focal planes of one frame` : "one frame"}.`,
      hint: "Give a stack whose pages are time points (axes tyx), a folder with one image per frame, or an OME-Zarr with t.",
      details: { t, z },
    });
  if (z > 1)
    throw new FoundryError("array.axes", {
      message: `"${name}" has ${z} focal planes per frame; tracking takes movies of one plane.`,
      hint: "Save the plane to be tracked, or a projection, as a movie of its own.",
      details: { t, z },
    });
  if (t > MOVIE_FRAMES_MAX)
    throw new FoundryError("limit.files", {
      message: `"${name}" has ${t} frames; the limit is ${MOVIE_FRAMES_MAX}.`,
      hint: "Track the movie in parts.",
    });
}

/** Seconds between frames as metadata tell, or `null`. */
export function intervalOf(metadata: Readonly<Record<string, string>> | undefined): number | null {
  const value = Number(metadata?.["frameIntervalS"] ?? "");
  return Number.isFinite(value) && value > 0 ? value : null;
}
