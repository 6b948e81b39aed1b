/**
 * An image that is read in bands of rows, because it does not fit memory: what the import of slides takes.
 *
 * The reader decides the order of the bands: samples of a colour pixel lie side by side in most files, so one look at them
 * gives a band of each of three planes.
 */
import type { ArrayForm, Dtype, TypedArrays } from "#core/array/index.ts";
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
}

/** Values decoded together: large enough that blocks are decoded once, small beside the programs around. */
export const bandValuesMax = 2 ** 24;

/** Rows of a band: whole blocks, at least one, as many as fit. */
export function bandRows(blockHeight: number, valuesPerRow: number): number {
  return blockHeight * Math.max(1, Math.floor(bandValuesMax / (blockHeight * valuesPerRow)));
}
