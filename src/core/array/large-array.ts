/**
 * Where arrays stop being held in memory: what is read whole, what is only read by rows and regions, what is refused.
 *
 * The border between the first two is one number, so that import, server and models agree about each image; it may be
 * given by the caller, so that tests see both ways of a small image (docs/decisions/0056).
 */

import { FoundryError } from "../errors.ts";
import type { ArrayForm, Dtype } from "./array.ts";
import { dtypes, typedArray } from "./create.ts";

/** 11,585 pixels squared of one channel: with a decoded copy it fits a machine of 4 GB. */
export const wholeValuesMax = 2 ** 27;

/** Indexes of pixels of one plane stay int32, which pixel loops and boxes of objects rely on; 46,340 pixels squared. */
export const storedPlanePixelsMax = 2 ** 31 - 1;

/** A tebibyte: five times 64 channels of 16 bits at 40,000 squared; more is a mistake, or an attack on the disk. */
const storedBytesMax = 2 ** 40;

const bytesOfValue = new Map<Dtype, number>(
  dtypes.map((dtype) => [dtype, typedArray(dtype, 0).BYTES_PER_ELEMENT]),
);

/** Bytes of one value. */
export function valueBytes(dtype: Dtype): number {
  return bytesOfValue.get(dtype) as number;
}

const valuesOf = ({ shape }: Pick<ArrayForm, "shape">): number =>
  shape.reduce((product, side) => product * side, 1);

/** Whether an array is only read by rows and regions. @param most  values that are held in memory at once. */
export function isLargeArray(
  form: Pick<ArrayForm, "shape" | "dtype">,
  most: number = wholeValuesMax,
): boolean {
  const values = valuesOf(form);
  // Four bytes a value: float64 images are large from half the pixels on.
  return values > most || values * valueBytes(form.dtype) > 4 * most;
}

/** @throws FoundryError `limit.pixels` for a plane or an image that cannot be stored. */
export function assertStorable(form: ArrayForm): void {
  const [height, width] = form.shape.slice(-2) as [number, number];
  const bytes = valuesOf(form) * valueBytes(form.dtype);
  if (height * width <= storedPlanePixelsMax && bytes <= storedBytesMax) return;
  throw new FoundryError("limit.pixels", {
    message: `An image of shape [${form.shape.join(", ")}] is larger than the program can store (${storedPlanePixelsMax} pixels a plane, ${storedBytesMax} bytes).`,
    hint: "Cut the image into smaller fields of view.",
    details: { shape: [...form.shape], limit: storedPlanePixelsMax },
  });
}
