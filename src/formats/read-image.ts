/**
 * Any supported image file to one array: the door through which pixels enter the program.
 */
import { detectFormat } from "./detect.ts";
import { fault } from "./fault.ts";
import { type ReadLimits, readLimits } from "./limits.ts";
import { readPng } from "./png/read-png.ts";
import type { ReadImage } from "./read-image-types.ts";
import { withoutLateStrays, withoutStrays } from "./strays.ts";
import type { PageAxis } from "./tiff/arrangement.ts";
import { readTiff } from "./tiff/read-tiff.ts";

export interface ReadOptions {
  /** File name for messages; the format is found from the content. */
  readonly name: string;
  readonly limits?: Partial<ReadLimits>;
  /** What the pages of a TIFF are when the file does not say; default: focal planes (z), with a note. */
  readonly pagesAre?: PageAxis;
}

/**
 * Reads a PNG or TIFF file.
 *
 * @returns image with axes a subset of tczyx, its channels, pixel size when the file tells one, and notes on what was
 *          assumed or dropped.
 * @throws FoundryError `format.detect`, `format.png`, `format.tiff`, `limit.pixels`, `limit.bytes`; nothing else,
 *         whatever the bytes.
 * Cost: linear in the decoded size, at most twice of it in memory.
 */
export async function readImage(bytes: Uint8Array, options: ReadOptions): Promise<ReadImage> {
  const limits = readLimits(options.limits);
  const format = detectFormat(bytes, options.name);
  if (format === "png")
    return withoutStrays("format.png", options.name, () => readPng(bytes, options.name, limits));
  if (format === "tiff")
    return withoutLateStrays("format.tiff", options.name, () =>
      readTiff(bytes, options.name, { ...options, limits }),
    );
  throw fault("format.detect", {
    file: options.name,
    reason: format === "zip" ? "it is a zip archive, not an image" : "it is a NumPy array, not an image file",
    remedy:
      format === "zip"
        ? "Import the archive as a folder."
        : "Save the array as TIFF, for example with tifffile.",
  });
}
