/**
 * Image files too large to be read whole, for the plain layouts: TIFF files, whose rows can be read by ranges.
 *
 * A file of some megabytes is first tried whole, because nearly all files are, and because looking twice at each of a
 * hundred thousand files takes longer than reading them; only what proves too large comes here after that.
 */
import { isLargeArray } from "#core/array/index.ts";
import { sourceOfFile } from "../byte-source.ts";
import { detectFormat } from "../detect.ts";
import { defaultReadLimits, type ReadLimits } from "../limits.ts";
import { type StreamTiffOptions, streamTiff } from "../pixels/tiff/stream-tiff.ts";
import { assertExpansion, type StreamedImage } from "../streamed-image.ts";
import type { ImportFiles, ReadChoices } from "./layout.ts";

/** Larger files are looked into before they are read. */
const LOOKED_INTO_BYTES = 64 * 2 ** 20;

const HEAD_BYTES = 64;

/** Limits of reading whole, for a caller that wants them lower than usual. */
export function wholeLimits({ wholeValuesMax }: ReadChoices): { readonly limits?: Partial<ReadLimits> } {
  return wholeValuesMax === undefined
    ? {}
    : { limits: { samplesMax: wholeValuesMax, decodedBytesMax: 4 * wholeValuesMax } };
}

/**
 * @param choices.tooLarge  reading it whole has failed for its size.
 * @returns `null` for a file that is read whole, or is none that can be streamed.
 * @throws FoundryError `format.tiff`.
 */
export async function streamFile(
  files: ImportFiles,
  path: string,
  choices: ReadChoices,
  tooLarge: boolean,
  options: Pick<StreamTiffOptions, "imageIndex" | "sibling"> = {},
): Promise<StreamedImage | null> {
  const size = files.entries.find((entry) => entry.path === path)?.size ?? 0;
  if (files.readRange === undefined || size < HEAD_BYTES || !(tooLarge || size > LOOKED_INTO_BYTES))
    return null;
  if (!isTiff(await files.readRange(path, 0, HEAD_BYTES), path)) return null;
  const { pagesAre } = choices;
  const image = await streamTiff(sourceOfFile(files, path), {
    ...options,
    ...(pagesAre === undefined ? {} : { pagesAre }),
  });
  const large = isLargeArray(image.form, choices.wholeValuesMax) || size > defaultReadLimits.fileBytesMax;
  if (!large) return null;
  assertExpansion(image, size, path);
  return image;
}

function isTiff(head: Uint8Array, path: string): boolean {
  try {
    return detectFormat(head, path) === "tiff";
  } catch {
    return false;
  }
}
