/**
 * Any supported image file to one array: the door through which pixels enter the program.
 */

import { detectFormat } from "./detect.ts";
import { fault } from "./fault.ts";
import { type ReadLimits, readLimits } from "./limits.ts";
import { readBmp } from "./pixels/bmp/read-bmp.ts";
import { readJpeg } from "./pixels/jpeg/read-jpeg.ts";
import { readPng } from "./pixels/png/read-png.ts";
import type { PageAxis } from "./pixels/tiff/arrangement.ts";
import { readCompanion, readTiff } from "./pixels/tiff/read-tiff.ts";
import { readWebp } from "./pixels/webp/read-webp.ts";
import type { ReadImage } from "./read-image-types.ts";
import { withoutLateStrays, withoutStrays } from "./strays.ts";

export interface ReadOptions {
  /** File name for messages; the format is found from the content. */
  readonly name: string;
  readonly limits?: Partial<ReadLimits>;
  /** What the pages of a TIFF are when the file does not say; default: focal planes (z), with a note. */
  readonly pagesAre?: PageAxis;
  /** Which image of a file that describes several (see `listImages`); default: the first. */
  readonly imageIndex?: number;
  /**
   * Gives another file of the same folder, by the name that a multi-file OME-TIFF or its companion uses (it may lead
   * into a folder below, never out); `null` when there is none. Without it, parts of sets are read as they are.
   */
  readonly sibling?: (name: string) => Promise<Uint8Array | null>;
}

/**
 * Reads a TIFF, PNG, JPEG, WebP or BMP file.
 *
 * @returns image with axes a subset of tczyx, its channels, pixel size when the file tells one, and notes on what was
 *          assumed or dropped.
 * @throws FoundryError `format.detect`, `format.<format>`, `format.decoder`, `limit.pixels`, `limit.bytes`; nothing else,
 *         whatever the bytes.
 * Cost: linear in the decoded size, at most twice of it in memory.
 */
export async function readImage(bytes: Uint8Array, options: ReadOptions): Promise<ReadImage> {
  const limits = readLimits(options.limits);
  const { name } = options;
  const format = detectFormat(bytes, name);
  switch (format) {
    case "png":
      return withoutStrays("format.png", name, () => readPng(bytes, name, limits));
    case "tiff":
      return withoutLateStrays("format.tiff", name, () => readTiff(bytes, name, { ...options, limits }));
    case "jpeg":
      return withoutLateStrays("format.jpeg", name, () => readJpeg(bytes, name, limits));
    case "webp":
      return withoutLateStrays("format.webp", name, () => readWebp(bytes, name, limits));
    case "bmp":
      return withoutStrays("format.bmp", name, () => readBmp(bytes, name, limits));
    case "ome-xml":
      return withoutLateStrays("format.tiff", name, () => readCompanion(bytes, name, { ...options, limits }));
    default:
      throw noImage(format, name);
  }
}

const OTHER_FORMATS = {
  zip: ["it is a zip archive, not an image", "Import the archive as a folder."],
  npy: ["it is a NumPy array, not an image file", "Save the array as TIFF, for example with tifffile."],
} as const;

function noImage(format: keyof typeof OTHER_FORMATS, file: string) {
  const [reason, remedy] = OTHER_FORMATS[format];
  return fault("format.detect", { file, reason, remedy });
}
