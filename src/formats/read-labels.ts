/**
 * Label images from files: whole numbers, 0 is background.
 *
 * Strict where an image reader is lenient. Colours, scaled values or a lossy format would silently change which pixels
 * belong to which cell, so anything but one plane of whole, non-negative numbers is refused with the way out.
 */
import type { Dtype, LabelImage, TypedArrays } from "#core/array/index.ts";
import { detectFormat } from "./detect.ts";
import { fault } from "./fault.ts";
import { checkFileBytes, type ReadLimits, readLimits } from "./limits.ts";
import { decodePng } from "./pixels/png/read-png.ts";
import { describeOme, describeTiff, type TiffDescription } from "./pixels/tiff/description.ts";
import { openTiff, type TiffFile } from "./pixels/tiff/directory.ts";
import { findOmeDocument } from "./pixels/tiff/ome-document.ts";
import { lossyCompressions } from "./pixels/tiff/page.ts";
import { readStack } from "./pixels/tiff/stack.ts";
import type { ReadOptions } from "./read-image.ts";
import { withoutLateStrays, withoutStrays } from "./strays.ts";

const LABEL_MAX = 2 ** 31 - 1;
const REMEDY =
  "Save the labels as a one-channel TIFF with 16 or 32 bits, where each object has its own number.";

/**
 * Reads one plane of labels from PNG (grey, 8 or 16 bits) or TIFF (8, 16, 32 or 64 bits, or floats with whole values).
 * A TIFF with a colour map gives its stored numbers: ImageJ writes label images so.
 *
 * @throws FoundryError `format.detect`, `format.png`, `format.tiff`, `limit.pixels`, `limit.bytes`.
 */
export async function readLabels(bytes: Uint8Array, options: ReadOptions): Promise<LabelImage> {
  const { name } = options;
  const limits = readLimits(options.limits);
  const format = detectFormat(bytes, name);
  if (format === "png") return withoutStrays("format.png", name, () => labelsFromPng(bytes, name, limits));
  if (format === "tiff")
    return withoutLateStrays("format.tiff", name, () => labelsFromTiff(bytes, name, limits));
  const reason =
    format === "jpeg" || format === "webp"
      ? "it is compressed with loss (JPEG or WebP); labels would change at every border"
      : "it is not a PNG or TIFF label image";
  throw fault("format.detect", { file: name, reason, remedy: REMEDY });
}

function labelsFromPng(bytes: Uint8Array, name: string, limits: ReadLimits): LabelImage {
  const { header, data, file } = decodePng(bytes, name, limits);
  const { width, height, colourType } = header;
  if (colourType === 3) return { ...plane(height, width), data: greyPalette(file.palette!, data, name) };
  if (
    header.samples > 1 &&
    !sameSamples(data, header.samples === 4 || header.samples === 3 ? 3 : 1, width * height)
  ) {
    throw fault("format.png", {
      file: name,
      reason: "it is a colour image; a colour is not a label",
      remedy: REMEDY,
    });
  }
  return toLabels(data.subarray(0, width * height), height, width, "format.png", name);
}

function plane(height: number, width: number) {
  return { dtype: "int32", height, width } as const;
}

/** A palette is accepted when every entry is the grey of its own index or of its 8-bit value. */
function greyPalette(palette: Uint8Array, indexes: Uint8Array | Uint16Array, name: string): Int32Array {
  const grey = Array.from({ length: palette.length / 3 }, (_, i) => palette[3 * i]!);
  const isGrey = grey.every((value, i) => palette[3 * i + 1] === value && palette[3 * i + 2] === value);
  if (!isGrey || new Set(grey).size !== grey.length) {
    throw fault("format.png", {
      file: name,
      reason: "it has a colour palette; it is not clear which numbers are meant",
      remedy: REMEDY,
    });
  }
  return Int32Array.from(indexes, (index) => {
    const value = grey[index];
    if (value === undefined)
      throw fault("format.png", {
        file: name,
        reason: `colour ${index} is not in the palette`,
        remedy: REMEDY,
      });
    return value;
  });
}

function sameSamples(data: Uint8Array | Uint16Array, colours: number, pixels: number): boolean {
  for (let sample = 1; sample < colours; sample++) {
    for (let i = 0; i < pixels; i++) if (data[i] !== data[sample * pixels + i]) return false;
  }
  return true;
}

async function labelsFromTiff(bytes: Uint8Array, name: string, limits: ReadLimits): Promise<LabelImage> {
  checkFileBytes(bytes, name, limits);
  const file = openTiff(bytes, name);
  const { first, shape, data } = await readStack(file, await labelDescription(file), { limits });
  if (lossyCompressions.includes(first.compression)) {
    throw fault("format.tiff", {
      file: name,
      reason: "it is compressed with loss (JPEG or WebP); labels would change at every border",
      remedy: REMEDY,
    });
  }
  const [t, c, z, samples, height, width] = shape;
  if (t * c * z > 1) {
    throw fault("format.tiff", {
      file: name,
      reason: `it holds ${t * c * z} planes; a label image has one`,
      remedy: "Save each plane as a file of its own, beside its image.",
    });
  }
  if (samples === 2 || samples > 4 || (samples > 1 && !stackIsGrey(data, height * width))) {
    throw fault("format.tiff", {
      file: name,
      reason: `it has ${samples} channels; a label image has one`,
      remedy: REMEDY,
    });
  }
  return toLabels(data.subarray(0, height * width), height, width, "format.tiff", name);
}

async function labelDescription(file: TiffFile): Promise<TiffDescription> {
  const { document } = await findOmeDocument(file, {});
  return document === null ? describeTiff(file) : describeOme(document, 0);
}

function stackIsGrey(data: TypedArrays[Dtype], pixels: number): boolean {
  for (let i = 0; i < pixels; i++)
    if (data[i] !== data[pixels + i] || data[i] !== data[2 * pixels + i]) return false;
  return true;
}

function toLabels(
  values: TypedArrays[Dtype],
  height: number,
  width: number,
  code: "format.png" | "format.tiff",
  name: string,
): LabelImage {
  const data = new Int32Array(values.length);
  if (values instanceof Uint8Array || values instanceof Uint16Array) {
    data.set(values);
    return { ...plane(height, width), data };
  }
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(Number.isInteger(value) && value >= 0 && value <= LABEL_MAX)) {
      throw fault(code, {
        file: name,
        place: `pixel y ${Math.floor(i / width)}, x ${i % width}`,
        reason: `its value is ${value}; labels are whole numbers from 0 to ${LABEL_MAX}`,
        remedy: REMEDY,
      });
    }
    data[i] = value;
  }
  return { ...plane(height, width), data };
}
