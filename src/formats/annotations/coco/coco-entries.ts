/**
 * Images and annotations of a COCO file, checked field by field.
 */

import { fault } from "../../fault.ts";
import { SIDE_MAX } from "../../limits.ts";
import { unpackCounts } from "./rle.ts";

export interface CocoImage {
  readonly id: string;
  readonly fileName: string;
  readonly height: number;
  readonly width: number;
}

export type CocoSegmentation =
  /** Flat x, y lists; the parts of one object, joined by union. */
  | { readonly kind: "polygons"; readonly parts: readonly (readonly number[])[] }
  | {
      readonly kind: "counts";
      readonly counts: readonly number[];
      readonly height: number;
      readonly width: number;
    }
  /** A box only. */
  | { readonly kind: "none" };

export interface CocoAnnotation {
  readonly categoryId: string;
  /** A region of many objects that are not told apart. */
  readonly isCrowd: boolean;
  readonly segmentation: CocoSegmentation;
}

// One object with a million corners is a scan, not an object.
const NUMBERS_MAX = 2 ** 22;

export function cocoFault(file: string, at: number, reason: string) {
  return fault("format.coco", {
    file,
    place: `byte ${at}`,
    reason,
    remedy: "Compare the file with the COCO format, or export it again.",
  });
}

type Fields = Readonly<Record<string, unknown>>;

/** @throws FoundryError `format.coco`. */
export function toImage(value: unknown, file: string, at: number): CocoImage {
  const { id, file_name: fileName, height, width } = fieldsOf(value, file, at);
  if (typeof fileName !== "string" || fileName === "") throw cocoFault(file, at, "an image has no file_name");
  if (!isSide(height) || !isSide(width))
    throw cocoFault(file, at, `image ${fileName.slice(0, 80)} has no usable height and width`);
  return { id: idOf(id, file, at, "image"), fileName, height, width };
}

/** @throws FoundryError `format.coco`. */
export function toAnnotation(value: unknown, file: string, at: number): CocoAnnotation {
  const fields = fieldsOf(value, file, at);
  return {
    categoryId: String(fields["category_id"] ?? ""),
    isCrowd: fields["iscrowd"] === 1 || fields["iscrowd"] === true,
    segmentation: toSegmentation(fields["segmentation"], file, at),
  };
}

function toSegmentation(value: unknown, file: string, at: number): CocoSegmentation {
  if (value === undefined || value === null) return { kind: "none" };
  if (Array.isArray(value)) {
    if (value.length === 0) return { kind: "none" };
    // Some writers leave out the outer list of a single part.
    const parts: unknown[] = typeof value[0] === "number" ? [value] : value;
    let numbers = 0;
    for (const part of parts) {
      if (
        !Array.isArray(part) ||
        part.length % 2 !== 0 ||
        !part.every((one) => typeof one === "number" && Number.isFinite(one))
      )
        throw cocoFault(file, at, "a polygon is not a list of x, y pairs");
      numbers += part.length;
    }
    if (numbers > NUMBERS_MAX) throw cocoFault(file, at, `a polygon has ${numbers} numbers`);
    return { kind: "polygons", parts: parts as number[][] };
  }
  const { size, counts } = fieldsOf(value, file, at);
  const [height, width] = Array.isArray(size) ? (size as unknown[]) : [];
  if (!isSide(height) || !isSide(width)) throw cocoFault(file, at, "a run-length mask has no usable size");
  return { kind: "counts", counts: countsOf(counts, file, at), height, width };
}

function countsOf(counts: unknown, file: string, at: number): readonly number[] {
  if (typeof counts === "string" && counts.length <= NUMBERS_MAX) return unpackCounts(counts);
  if (Array.isArray(counts) && counts.length <= NUMBERS_MAX && counts.every((one) => typeof one === "number"))
    return counts as number[];
  throw cocoFault(file, at, "a run-length mask has no usable counts");
}

function fieldsOf(value: unknown, file: string, at: number): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw cocoFault(file, at, "an object is expected");
  return value as Fields;
}

function idOf(id: unknown, file: string, at: number, what: string): string {
  if (typeof id !== "number" && typeof id !== "string") throw cocoFault(file, at, `an ${what} has no id`);
  return String(id);
}

function isSide(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value <= SIDE_MAX;
}
