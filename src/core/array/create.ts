/**
 * Makers of planes and images: the places where shape, length and dtype are checked once, so that every function
 * behind them may trust its arguments.
 *
 * A maker given `data` keeps that buffer (no copy); one without makes zeros. `channelPlane` is a view: it shares
 * memory with its image.
 */

import { FoundryError } from "../errors.ts";
import type { ArrayForm, Dtype, ImageArray, LabelImage, Mask, Plane, TypedArrays } from "./array.ts";

/** 2^28 pixels = 16,384²: 1 GiB as int32, the largest plane held in memory at once; larger images are tiled. */
export const planePixelsMax = 2 ** 28;

/** 2^31 - 1 values in one buffer: indexes stay inside int32, which the pixel loops rely on. */
export const imageValuesMax = 2 ** 31 - 1;

/** Order in which an image may name its axes. */
export const axisOrder = "tczyx";

const makers: { readonly [D in Dtype]: (length: number) => TypedArrays[D] } = {
  uint8: (n) => new Uint8Array(n),
  int8: (n) => new Int8Array(n),
  uint16: (n) => new Uint16Array(n),
  int16: (n) => new Int16Array(n),
  uint32: (n) => new Uint32Array(n),
  int32: (n) => new Int32Array(n),
  float32: (n) => new Float32Array(n),
  float64: (n) => new Float64Array(n),
};

/** Every dtype the program knows. */
export const dtypes = Object.keys(makers) as readonly Dtype[];

export function isDtype(text: string): text is Dtype {
  return Object.hasOwn(makers, text);
}

/** Zeros of one dtype. `length` is a count of values. */
export function typedArray<D extends Dtype>(dtype: D, length: number): TypedArrays[D] {
  return makers[dtype](length);
}

/** Dtype of a typed array the program knows, else `undefined`. */
export function dtypeOf(data: ArrayBufferView): Dtype | undefined {
  const name = data.constructor.name.replace("Array", "").toLowerCase();
  return isDtype(name) ? name : undefined;
}

function checkSide(height: number, width: number): void {
  if (!Number.isInteger(height) || !Number.isInteger(width) || height < 1 || width < 1) {
    throw new FoundryError("array.shapeMismatch", {
      message: `A plane needs a height and width of at least one pixel; got ${height} x ${width}.`,
      details: { height, width },
    });
  }
  if (height * width > planePixelsMax) {
    throw new FoundryError("limit.pixels", {
      message: `A plane of ${height} x ${width} pixels is larger than the program can hold (${planePixelsMax}).`,
      hint: "Work on a part of it: draw a box, or cut the image into smaller fields of view.",
      details: { height, width, limit: planePixelsMax },
    });
  }
}

function checkLength(what: string, found: number, expected: number): void {
  if (found !== expected) {
    throw new FoundryError("array.shapeMismatch", {
      message: `${what} needs ${expected} values, but the buffer holds ${found}.`,
      details: { expected, found },
    });
  }
}

/**
 * One `yx` plane. `data`, row-major and of `height * width` values, is kept; without it the plane is zero.
 *
 * @throws FoundryError `array.shapeMismatch`, `limit.pixels` (above 2^28 pixels).
 */
export function plane<D extends Dtype>(
  dtype: D,
  height: number,
  width: number,
  data?: TypedArrays[D],
): Plane<D> {
  checkSide(height, width);
  if (data === undefined) return { dtype, height, width, data: typedArray(dtype, height * width) };
  checkLength(`A ${dtype} plane of ${height} x ${width}`, data.length, height * width);
  if (dtypeOf(data) !== dtype) {
    throw new FoundryError("array.shapeMismatch", {
      message: `A plane of ${dtype} was given a buffer of ${dtypeOf(data) ?? data.constructor.name}.`,
      details: { dtype },
    });
  }
  return { dtype, height, width, data };
}

/** Instance label image (int32, axes yx); `data` may be any list of integers and is copied unless int32. */
export function labelImage(height: number, width: number, data?: ArrayLike<number>): LabelImage {
  if (data === undefined) return plane("int32", height, width);
  return plane("int32", height, width, data instanceof Int32Array ? data : Int32Array.from(data));
}

/** Binary plane (uint8 0/1, axes yx); anything but 0 in `data` becomes 1 unless a Uint8Array is given, which is kept. */
export function mask(height: number, width: number, data?: ArrayLike<number>): Mask {
  if (data === undefined) return plane("uint8", height, width);
  if (data instanceof Uint8Array) return plane("uint8", height, width, data);
  return plane(
    "uint8",
    height,
    width,
    Uint8Array.from(data, (value) => (value === 0 ? 0 : 1)),
  );
}

/** Whether `axes` is a subset of `tczyx` in that order that ends in `yx`. */
export function isAxes(axes: string): boolean {
  if (!axes.endsWith("yx")) return false;
  let last = -1;
  for (const axis of axes) {
    const position = axisOrder.indexOf(axis);
    if (position <= last) return false;
    last = position;
  }
  return true;
}

/**
 * Image with named axes; `data` is row-major and kept.
 *
 * @throws FoundryError `array.axes` for unknown, repeated or misordered axes; `array.shapeMismatch`; `limit.pixels`.
 */
export function imageArray<D extends Dtype>(
  dtype: D,
  axes: string,
  shape: readonly number[],
  data?: TypedArrays[D],
): ImageArray<D> {
  if (!isAxes(axes)) {
    throw new FoundryError("array.axes", {
      message: `Axes "${axes}" are not a part of "${axisOrder}" that ends in "yx".`,
      details: { axes },
    });
  }
  if (shape.length !== axes.length || shape.some((side) => !Number.isInteger(side) || side < 1)) {
    throw new FoundryError("array.shapeMismatch", {
      message: `Shape [${shape.join(", ")}] does not give a positive length for each of the axes "${axes}".`,
      details: { axes, shape: [...shape] },
    });
  }
  checkSide(shape.at(-2) ?? 0, shape.at(-1) ?? 0);
  const length = shape.reduce((product, side) => product * side, 1);
  if (length > imageValuesMax) {
    throw new FoundryError("limit.pixels", {
      message: `An image of shape [${shape.join(", ")}] is larger than one buffer can hold (${imageValuesMax} values).`,
      details: { shape: [...shape], limit: imageValuesMax },
    });
  }
  if (data === undefined) return { dtype, axes, shape, data: typedArray(dtype, length) };
  checkLength(`An image of shape [${shape.join(", ")}]`, data.length, length);
  if (dtypeOf(data) !== dtype) {
    throw new FoundryError("array.shapeMismatch", {
      message: `An image of ${dtype} was given a buffer of ${dtypeOf(data) ?? data.constructor.name}.`,
      details: { dtype },
    });
  }
  return { dtype, axes, shape, data };
}

/** Length of one axis; 1 for an axis the image does not have. */
export function axisLength(image: ArrayForm, axis: string): number {
  const position = image.axes.indexOf(axis);
  return position < 0 ? 1 : (image.shape[position] ?? 1);
}

/** Which plane of an image; every index defaults to 0. */
export interface PlaneIndex {
  readonly t?: number;
  readonly c?: number;
  readonly z?: number;
}

/**
 * One plane of an image, as a view that shares the image's memory.
 *
 * @throws FoundryError `array.axes` when an index lies outside its axis (a missing axis has length 1).
 */
export function channelPlane<D extends Dtype>(image: ImageArray<D>, index: PlaneIndex = {}): Plane<D> {
  const height = axisLength(image, "y");
  const width = axisLength(image, "x");
  let offset = 0;
  for (const axis of ["t", "c", "z"] as const) {
    const length = axisLength(image, axis);
    const at = index[axis] ?? 0;
    if (!Number.isInteger(at) || at < 0 || at >= length) {
      throw new FoundryError("array.axes", {
        message: `Index ${at} lies outside axis "${axis}", which has ${length} positions.`,
        details: { axis, index: at, length },
      });
    }
    offset = offset * length + at;
  }
  const pixels = height * width;
  const data = image.data.subarray(offset * pixels, (offset + 1) * pixels) as TypedArrays[D];
  return { dtype: image.dtype, height, width, data };
}

/** @throws FoundryError `array.shapeMismatch` unless both planes have the same height and width. */
export function assertSameShape(
  a: Pick<Plane, "height" | "width">,
  b: Pick<Plane, "height" | "width">,
  what: string,
): void {
  if (a.height === b.height && a.width === b.width) return;
  throw new FoundryError("array.shapeMismatch", {
    message: `${what}: one plane is ${a.height} x ${a.width} pixels, the other ${b.height} x ${b.width}.`,
    details: { first: [a.height, a.width], second: [b.height, b.width] },
  });
}
