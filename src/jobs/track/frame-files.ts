/** Files of frames in their order: by the number in their names, as microscopes and the challenge write them. */
import { FoundryError } from "#core/errors.ts";

export interface FrameFile {
  readonly path: string;
  /** The last number of the name; the place in the list where numbers do not tell. */
  readonly number: number;
}

export interface FrameFiles {
  readonly files: readonly FrameFile[];
  /** Whether numbers are those of the names. */
  readonly numbered: boolean;
}

const FRAME = /\.(tiff?|png|jpe?g|webp|bmp)$/i;
// Longer runs of digits are dates and times; they stay exact as numbers up to 15 digits.
const NUMBER = /^(.*?)(\d{1,15})(\D*)$/;

/**
 * Image files directly in a folder, in order.
 *
 * Names that are the same but for their last number are ordered by it ("t9" before "t10"); else by text with all
 * numbers compared as numbers, and frames are counted from 0.
 */
export function orderFrames(paths: readonly string[]): FrameFiles {
  const frames = paths.filter((path) => !path.includes("/") && FRAME.test(path));
  const parts = frames.map((path) => NUMBER.exec(path.replace(FRAME, "")));
  const first = parts[0];
  const alike = parts.every((part) => part !== null && part[1] === first?.[1] && part[3] === first[3]);
  const numbers = parts.map((part) => Number(part?.[2]));
  if (alike && new Set(numbers).size === frames.length)
    return {
      numbered: true,
      files: frames.map((path, i) => ({ path, number: numbers[i]! })).sort((a, b) => a.number - b.number),
    };
  const order = new Intl.Collator("en", { numeric: true });
  const sorted = frames.toSorted((a, b) => order.compare(a, b) || (a < b ? -1 : 1));
  return { numbered: false, files: sorted.map((path, number) => ({ path, number })) };
}

/** "2 of the frames 0 to 9 are missing …", or nothing. */
export function noteMissing({ files, numbered }: FrameFiles): string[] {
  if (!numbered || files.length === 0) return [];
  const [from, to] = [files[0]!.number, files.at(-1)!.number];
  const missing = to - from + 1 - files.length;
  return missing === 0
    ? []
    : [`${missing} of the frames ${from} to ${to} are missing; the frames before and after were joined.`];
}

/** @throws FoundryError `import.empty` when a folder has no image in it. */
export function assertFrames({ files }: FrameFiles, name: string): void {
  if (files.length > 0) return;
  throw new FoundryError("import.empty", {
    message: `"${name}" holds no image.`,
    hint: "Name a folder with one image per frame, a folder of the Cell Tracking Challenge, a TIFF stack, or an OME-Zarr.",
  });
}
