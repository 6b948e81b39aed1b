/**
 * Typed arrays with named axes: the one currency of pixels in the program.
 *
 * Plain readonly data; operations are functions elsewhere. `Plane` is the common case (`yx`); `ImageArray` carries
 * any subset of `tczyx` in that order. The buffers themselves stay mutable for speed, so the rule is by convention:
 * a function changes its arguments only when its name ends in `InPlace`.
 */

export interface TypedArrays {
  readonly uint8: Uint8Array;
  readonly int8: Int8Array;
  readonly uint16: Uint16Array;
  readonly int16: Int16Array;
  readonly uint32: Uint32Array;
  readonly int32: Int32Array;
  readonly float32: Float32Array;
  readonly float64: Float64Array;
}

export type Dtype = keyof TypedArrays;

/** One `yx` slice, row-major: pixel (y, x) is `data[y * width + x]`. */
export interface Plane<D extends Dtype = Dtype> {
  readonly dtype: D;
  readonly height: number;
  readonly width: number;
  readonly data: TypedArrays[D];
}

/** Instance label image: 0 is background, k > 0 is object k. */
export type LabelImage = Plane<"int32">;

/** Binary plane, 0 or 1. */
export type Mask = Plane<"uint8">;

/** Intensities with named axes, row-major, axes a subset of `tczyx` in that order and ending in `yx`. */
export interface ImageArray<D extends Dtype = Dtype> {
  readonly dtype: D;
  readonly axes: string;
  readonly shape: readonly number[];
  readonly data: TypedArrays[D];
}

/** An array without its values: what is known of one that lies in a file. */
export type ArrayForm = Omit<ImageArray, "data">;

/** `[y0, x0, y1, x1)`, half-open, pixels, integers. */
export type BoundingBox = readonly [y0: number, x0: number, y1: number, x1: number];

/** Position in pixels; pixel centres lie at integer coordinates, so (0, 0) is the middle of the first pixel. */
export interface Point {
  readonly y: number;
  readonly x: number;
}
