/**
 * Canonical bytes of an array: equal pixels, axes and dtype give equal bytes and so one digest on every machine.
 *
 * Layout: "CFARRAY1" | uint32 little-endian length of the header | header, canonical JSON {axes, dtype, shape}, padded
 * with blanks so that the values begin at a multiple of 64 | values, row-major, little-endian. Not compressed, so that
 * `sha256sum` of the file is the digest of the pixels; the disk's own compression can do the rest.
 */

import {
  type ArrayForm,
  dtypeOf,
  type ImageArray,
  imageArray,
  isDtype,
  type LabelImage,
  labelImage,
  typedArray,
} from "#core/array/index.ts";
import { canonicalJson } from "#core/canonical-json.ts";
import { FoundryError } from "#core/errors.ts";

const magic = "CFARRAY1";
const alignment = 64;

/** A header holds three short fields; more is not ours. */
const headerBytesMax = 4096;

/** Bytes of an image. Cost: one copy. */
export function encodeArray(image: ImageArray): Uint8Array {
  const head = encodeHead(image);
  const { buffer, byteOffset, byteLength } = image.data;
  const bytes = new Uint8Array(head.length + byteLength);
  bytes.set(head);
  // Every platform we run on is little-endian; typed arrays are in its order already.
  bytes.set(new Uint8Array(buffer, byteOffset, byteLength), head.length);
  return bytes;
}

/** Everything before the values. */
export function encodeHead({ axes, dtype, shape }: ArrayForm): Uint8Array {
  const header = canonicalJson({ axes, dtype, shape: [...shape] });
  const start = Math.ceil((magic.length + 4 + header.length) / alignment) * alignment;
  const bytes = new Uint8Array(start);
  const text = new TextEncoder();
  bytes.set(text.encode(magic));
  new DataView(bytes.buffer).setUint32(magic.length, start - magic.length - 4, true);
  bytes.fill(0x20, magic.length + 4, start);
  bytes.set(text.encode(header), magic.length + 4);
  return bytes;
}

/** What the first bytes of an encoded array say: axes, type and shape, and where its values begin. */
export interface ArrayHead extends Pick<ImageArray, "dtype" | "axes" | "shape"> {
  readonly start: number;
}

/** Bytes from the beginning that hold every head. */
export const headBytesMax = magic.length + 4 + headerBytesMax;

/** @param bytes  the beginning of an encoded array, at least its head. @throws FoundryError `blob.corrupt`. */
export function decodeHead(bytes: Uint8Array): ArrayHead {
  const head = new TextDecoder().decode(bytes.subarray(0, magic.length));
  if (head !== magic || bytes.length < magic.length + 4) throw notAnArray();
  const headerBytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(magic.length, true);
  const start = magic.length + 4 + headerBytes;
  if (headerBytes > headerBytesMax || start > bytes.length) throw notAnArray();
  const { axes, dtype, shape } = parseHeader(bytes.subarray(magic.length + 4, start));
  if (!isDtype(dtype)) throw notAnArray();
  return { axes, dtype, shape, start };
}

/** Image of bytes that `encodeArray` made. @throws FoundryError `blob.corrupt` for anything else. Cost: one copy. */
export function decodeArray(bytes: Uint8Array): ImageArray {
  const { axes, dtype, shape, start } = decodeHead(bytes);
  const count = shape.reduce((product, side) => product * side, 1);
  const data = typedArray(dtype, count);
  if (data.byteLength !== bytes.length - start) throw notAnArray();
  new Uint8Array(data.buffer).set(bytes.subarray(start));
  return imageArray(dtype, axes, shape, data);
}

interface Header {
  readonly axes: string;
  readonly dtype: string;
  readonly shape: number[];
}

function parseHeader(bytes: Uint8Array): Header {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Header;
  } catch {
    throw notAnArray();
  }
}

function notAnArray(): FoundryError {
  return new FoundryError("blob.corrupt", {
    message: "A stored array does not have the form of one.",
    hint: "Run `cellfoundry doctor` to see what uses it.",
  });
}

/** A label image as an array of axes yx; shares memory. */
export function labelsToArray(labels: LabelImage): ImageArray {
  return { dtype: "int32", axes: "yx", shape: [labels.height, labels.width], data: labels.data };
}

/** @throws FoundryError `blob.corrupt` when the array is no label image. Shares memory. */
export function arrayToLabels(array: ImageArray): LabelImage {
  const [height, width] = array.shape;
  if (array.axes !== "yx" || height === undefined || width === undefined || dtypeOf(array.data) !== "int32") {
    throw notAnArray();
  }
  return labelImage(height, width, array.data);
}
