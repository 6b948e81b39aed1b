/**
 * An image that is read in bands of rows, because it does not fit memory: what the import of slides takes.
 *
 * The reader decides the order of the bands: samples of a colour pixel lie side by side in most files, so one look at them
 * gives a band of each of three planes.
 */
import { type ArrayForm, type Dtype, type TypedArrays, valueBytes } from "#core/array/index.ts";
import { fault } from "./fault.ts";
import type { ReadImage } from "./read-image-types.ts";

/** Full rows of one plane. */
export interface Band {
  /** Position among the planes of the array, in the order of its axes before yx. */
  readonly plane: number;
  readonly y0: number;
  readonly rows: number;
  /** `rows` times the width. */
  readonly data: TypedArrays[Dtype];
}

export interface StreamedImage extends Omit<ReadImage, "image"> {
  readonly form: ArrayForm;
  /** Every row of every plane once. @throws FoundryError of the reader. Memory: about 64 MB a band. */
  bands(): AsyncGenerator<Band>;
  /** What only the bands have shown; asked when all have come. */
  lateNotes?(): readonly string[];
}

/** Beyond what Deflate can do to any content (1,032), and what real slides of mostly glass reach with better codecs. */
const EXPANSION_MAX = 4096;

/**
 * A file of some bytes must not fill the disk.
 *
 * @param storedBytes  of all files the image is read from. @throws FoundryError `limit.bytes`.
 */
export function assertExpansion({ form }: StreamedImage, storedBytes: number, file: string): void {
  const bytes = form.shape.reduce((product, side) => product * side, valueBytes(form.dtype));
  if (bytes <= EXPANSION_MAX * storedBytes) return;
  throw fault("limit.bytes", {
    file,
    reason: `${storedBytes} bytes would become an image of ${bytes} bytes, more than ${EXPANSION_MAX} for each`,
    remedy: "Check whether the file is damaged, or parts of it are missing.",
    details: { bytes, storedBytes },
  });
}

/** Values decoded together: large enough that blocks are decoded once, small beside the programs around. */
const bandValuesMax = 2 ** 24;

/** Rows of a band: whole blocks, at least one, as many as fit. */
export function bandRows(blockHeight: number, valuesPerRow: number): number {
  return blockHeight * Math.max(1, Math.floor(bandValuesMax / (blockHeight * valuesPerRow)));
}
