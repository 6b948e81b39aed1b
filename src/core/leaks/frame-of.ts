/**
 * Which movie an image is a frame of, or which stack a slice of, as far as its metadata or its name tells.
 *
 * Frames next to each other show the same cells a little later: on two sides of a split they leak as badly as copies.
 * Names are read by the usual conventions: `t000`, `frame_12`, `Time0003`, `z04`, and LIVECell's `01d16h00m`.
 */

export interface FrameOfMovie {
  /** The same for all frames of one movie. */
  readonly movie: string;
  /** Frame, slice or minute; only differences matter. */
  readonly frame: number;
}

/** Metadata fields that name a movie or a field watched over time, in order of preference. */
const movieFields = ["movie", "sequence", "series", "timelapse", "stack"] as const;
const frameFields = ["frame", "timepoint", "timeStep", "time", "slice"] as const;

const clock = /^(.*?)[_-]?(\d{2})d(\d{2})h(\d{2})m/;
const counted = /(^|[_\-. /])(t|tp|time|timepoint|frame|z|slice)[_-]?(\d{1,6})(?=$|[_\-. /])/gi;

/** Movie and frame, or null when neither metadata nor name says. Pure; cost O(length of the name). */
export function frameOf(
  name: string,
  metadata: Readonly<Record<string, string | undefined>> = {},
): FrameOfMovie | null {
  const movie = movieFields
    .map((field) => metadata[field])
    .find((value) => value !== undefined && value !== "");
  const frame = frameFields
    .map((field) => metadata[field])
    .find((value) => value !== undefined && value !== "");
  if (movie !== undefined) {
    const number = Number(frame);
    return { movie, frame: frame === undefined || !Number.isFinite(number) ? 0 : number };
  }
  return fromName(name);
}

function fromName(name: string): FrameOfMovie | null {
  const time = clock.exec(name);
  if (time !== null) {
    const [, movie = "", days, hours, minutes] = time;
    return { movie, frame: (Number(days) * 24 + Number(hours)) * 60 + Number(minutes) };
  }
  // A time counts before a slice: planes of one moment belong together anyway, by the same movie.
  let frame: number | null = null;
  const movie = name.replace(counted, (_, before: string, what: string, digits: string) => {
    if (frame === null || !/^(z|slice)$/i.test(what)) frame = Number(digits);
    return `${before}*`;
  });
  return frame === null ? null : { movie, frame };
}
