/**
 * The parts that formats write: single planes for formats of flat pictures, layers as folders, layers as label images.
 *
 * A plane of a stack or a movie becomes a picture of its own, named by frame and focal plane, so that nothing is
 * projected or dropped. Each layer has a folder of its own where a format knows only one kind of outline.
 */
import {
  axisLength,
  channelPlane,
  dtypeOf,
  type ImageArray,
  imageArray,
  type LabelImage,
  typedArray,
} from "#core/array/index.ts";
import { drawObjectShapeInPlace, renderObjects } from "#core/labels/index.ts";
import type { ReadLink } from "../import/layout.ts";
import type { ImageTiffOptions } from "../pixels/tiff/write-image-tiff.ts";
import type { ReadChannel } from "../read-image-types.ts";
import type { ExportItem, ExportLayer, ExportObject, ExportRole } from "./export-item.ts";

/** A place of an item in time and depth. */
export interface ItemPlane {
  readonly t: number;
  readonly z: number;
  /** To add to a file name; "" for an image of one plane. */
  readonly suffix: string;
}

type Sized = Pick<ExportItem, "axes" | "shape">;

/** Length along an axis; 1 where the item has no such axis. */
export function itemLength({ axes, shape }: Sized, axis: "t" | "c" | "z" | "y" | "x"): number {
  return shape[axes.indexOf(axis)] ?? 1;
}

/** Planes in order of time, then depth. */
export function planesOf(item: Sized): ItemPlane[] {
  const [frames, depth] = [itemLength(item, "t"), itemLength(item, "z")];
  const place = (letter: string, at: number, count: number): string =>
    count === 1 ? "" : `_${letter}${String(at).padStart(Math.max(2, String(count - 1).length), "0")}`;
  return Array.from({ length: frames * depth }, (_, i) => {
    const [t, z] = [Math.floor(i / depth), i % depth];
    return { t, z, suffix: place("t", t, frames) + place("z", z, depth) };
  });
}

/** One plane with all its channels, axes yx or cyx. Cost: one copy. */
export function planeImage(image: ImageArray, { t, z }: Pick<ItemPlane, "t" | "z">): ImageArray {
  return cutImage(image, [t], [z]);
}

/** All frames of one focal plane, axes a subset of tcyx. Cost: one copy. */
export function focalPlane(image: ImageArray, z: number): ImageArray {
  return cutImage(
    image,
    Array.from({ length: axisLength(image, "t") }, (_, t) => t),
    [z],
  );
}

function cutImage(image: ImageArray, frames: readonly number[], depths: readonly number[]): ImageArray {
  const [channels, height, width] = (["c", "y", "x"] as const).map((axis) => axisLength(image, axis)) as [
    number,
    number,
    number,
  ];
  const data = typedArray(image.dtype, frames.length * channels * depths.length * height * width);
  let at = 0;
  for (const t of frames)
    for (let c = 0; c < channels; c++)
      for (const z of depths) {
        data.set(channelPlane(image, { t, z, c }).data, at);
        at += height * width;
      }
  const sides: readonly (readonly [string, number])[] = [
    ["t", frames.length],
    ["c", channels],
    ["z", depths.length],
  ];
  const kept = sides.filter(([, length]) => length > 1);
  const axes = `${kept.map(([axis]) => axis).join("")}yx`;
  return imageArray(dtypeOf(data)!, axes, [...kept.map(([, length]) => length), height, width], data);
}

/** Labels of one plane as a label image; values are the objects' labels. */
export function planeLabels(
  item: Sized,
  layer: ExportLayer,
  { t, z }: Pick<ItemPlane, "t" | "z">,
): LabelImage {
  return renderObjects(itemLength(item, "y"), itemLength(item, "x"), objectsOfPlane(layer, { t, z }));
}

export function objectsOfPlane(
  { objects }: ExportLayer,
  { t, z }: Pick<ItemPlane, "t" | "z">,
): ExportObject[] {
  return objects.filter(({ shape }) => shape.t === t && shape.z === z);
}

/** All labels of a layer as int32 with the axes of the image but the channels. */
export function stackLabels(item: Sized, { objects }: ExportLayer): ImageArray {
  const axes = [...item.axes].filter((axis) => axis !== "c").join("");
  const [depth, height, width] = (["z", "y", "x"] as const).map((axis) => itemLength(item, axis)) as [
    number,
    number,
    number,
  ];
  const data = new Int32Array(itemLength(item, "t") * depth * height * width);
  for (const { label, shape } of objects) {
    const from = (shape.t * depth + shape.z) * height * width;
    const plane = data.subarray(from, from + height * width);
    drawObjectShapeInPlace(shape, { dtype: "int32", height, width, data: plane }, label);
  }
  const shape = [...axes].map((axis) => itemLength(item, axis as "t"));
  return imageArray("int32", axes, shape, data);
}

/** Links by positions in `objects`; links to objects that are not among them are left out. */
export function linksAmong(layer: ExportLayer, objects: readonly ExportObject[]): ReadLink[] {
  if (layer.links.length === 0) return [];
  const place = new Map(objects.map(({ uid }, i) => [uid, i]));
  return layer.links.flatMap(({ fromUid, toUid, kind }) => {
    const [from, to] = [place.get(fromUid), place.get(toUid)];
    return from === undefined || to === undefined ? [] : [{ from, to, kind }];
  });
}

/** Folder of a layer: "nuclear", "wholeCell", "nuclear-tracking-markers". */
export function layerFolder({ compartment, name }: Pick<ExportLayer, "compartment" | "name">): string {
  const words = name.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
  return words === "" ? compartment : `${compartment}-${words.slice(0, 30)}`;
}

/** What the metadata say of the image's sizes and channels, for writers of images. */
export function imageFacts(item: ExportItem): ImageTiffOptions {
  return {
    name: item.name,
    channels: channelsOf(item),
    mpp: item.mpp,
    zStepUm: numberOf(item.metadata["zStep"] ?? item.metadata["zStepUm"]),
    frameIntervalS: numberOf(item.metadata["frameInterval"] ?? item.metadata["frameIntervalS"]),
  };
}

function channelsOf({ channels }: ExportItem): ReadChannel[] {
  return channels.map(({ name, role }) => ({ name, role: role as NonNullable<ReadChannel["role"]> }));
}

function numberOf(text: string | undefined): number | null {
  const value = Number(text ?? "");
  return text !== undefined && text.trim() !== "" && Number.isFinite(value) && value > 0 ? value : null;
}

/** Name of the folder that public training tools give the images of a role; "train" outside a dataset version. */
export function roleFolder(role: ExportRole | null): "train" | "val" | "test" {
  return role === "validation" ? "val" : (role ?? "train");
}

/** Channel that shows a compartment best: by role, else the first. */
export function channelFor({ channels }: ExportItem, compartment: ExportLayer["compartment"]): number {
  const roles = compartment === "nuclear" ? ["nuclear"] : ["membrane", "cytoplasm", "phase", "brightfield"];
  for (const role of roles) {
    const at = channels.findIndex((channel) => channel.role === role);
    if (at >= 0) return at;
  }
  return 0;
}
