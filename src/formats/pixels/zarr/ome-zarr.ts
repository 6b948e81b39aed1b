/**
 * Images and label images as OME-Zarr 0.5, one key at a time.
 *
 * Nothing is stored: each key is rendered when asked for, from the array the caller holds, so a server can offer any
 * version of a label image as plain OME-Zarr without keeping a copy. Rendering twice gives the same bytes. Levels are
 * halved until a plane fits one chunk. Specification: NGFF 0.5 on Zarr v3.
 */
import type { ArrayForm, ImageArray, LabelImage } from "#core/array/index.ts";
import type { Mpp, ReadChannel } from "../../read-image-types.ts";
import { halveByMean, halveByNearest } from "./pyramid.ts";
import { jsonBytes, type ZarrKeys, zarrArray } from "./zarr-array.ts";

interface OmeZarrOptions {
  readonly name: string;
  readonly mpp?: Mpp | null;
  /** Micrometres between planes, seconds between frames. */
  readonly zStepUm?: number | null;
  readonly frameIntervalS?: number | null;
  /** Number of pyramid levels; default: until both sides are at most 512. */
  readonly levels?: number;
}

export interface OmeZarrImageOptions extends OmeZarrOptions {
  readonly channels?: readonly ReadChannel[];
}

export interface OmeZarrLabelsOptions extends OmeZarrOptions {
  /** Where the labelled image lies, relative to the label group; default `../../`, as inside an image group. */
  readonly sourceImage?: string;
  /** Colour of a label as [red, green, blue, alpha] from 0 to 255. */
  readonly colours?: ReadonlyMap<number, readonly [number, number, number, number]>;
  /** Facts of objects by label; JSON, so meant for small sets. */
  readonly properties?: ReadonlyMap<number, Readonly<Record<string, unknown>>>;
}

const LEVELS_MAX = 16; // 2^16 times smaller is one pixel of the largest plane
const ONE_CHUNK = 512;

/** @param image  axes a subset of tczyx. Memory: all levels together cost a third more than the image. */
export function omeZarrImage(image: ImageArray, options: OmeZarrImageOptions): ZarrKeys {
  return group(image, options, halveByMean, (smallest) =>
    imageExtra(options.channels === undefined ? null : smallest(), options),
  );
}

/** What the group of an image says beside its levels. @param smallest  its smallest level; `null` without channels. */
export function imageExtra(
  smallest: ImageArray | null,
  { channels }: OmeZarrImageOptions,
): Record<string, unknown> {
  return smallest === null || channels === undefined ? {} : { omero: omeroOf(smallest, channels) };
}

/** What the group of a label image says beside its levels. */
export function labelsExtra(options: OmeZarrLabelsOptions): Record<string, unknown> {
  return { "image-label": imageLabel(options) };
}

/** The group of one label image; `labels` axes yx, or int32 with axes a subset of tzyx. Pixel values are the labels. */
export function omeZarrLabels(labels: LabelImage | ImageArray, options: OmeZarrLabelsOptions): ZarrKeys {
  const image: ImageArray =
    "axes" in labels
      ? labels
      : { dtype: "int32", axes: "yx", shape: [labels.height, labels.width], data: labels.data };
  return group(image, options, halveByNearest, () => labelsExtra(options));
}

/** Lists must not be empty by the specification, so they are left out then. */
function imageLabel({ sourceImage = "../../", colours, properties }: OmeZarrLabelsOptions) {
  return {
    version: "0.5",
    ...(colours === undefined || colours.size === 0
      ? {}
      : { colors: [...colours].map(([label, rgba]) => ({ "label-value": label, rgba })) }),
    ...(properties === undefined || properties.size === 0
      ? {}
      : { properties: [...properties].map(([label, facts]) => ({ "label-value": label, ...facts })) }),
    source: { image: sourceImage },
  };
}

/** The group `labels/` of an image, which lists its label images by name. */
export function omeZarrLabelsList(names: readonly string[]): Uint8Array {
  return jsonBytes({
    zarr_format: 3,
    node_type: "group",
    attributes: { ome: { version: "0.5", labels: names } },
  });
}

type Halve = (image: ImageArray) => ImageArray;

function group(
  image: ImageArray,
  options: OmeZarrOptions,
  halve: Halve,
  extra: (smallest: () => ImageArray) => Record<string, unknown>,
): ZarrKeys {
  const count = levelCount(image, options.levels);
  const level = lazyLevels(image, halve);
  const store = (k: number): ZarrKeys => zarrArray(level(k));
  const metadata = () =>
    groupMetadata(
      image,
      options,
      count,
      extra(() => level(count - 1)),
    );
  return {
    keys: () => [
      "zarr.json",
      ...Array.from({ length: count }, (_, k) =>
        store(k)
          .keys()
          .map((key) => `${k}/${key}`),
      ).flat(),
    ],
    get(key) {
      if (key === "zarr.json") return jsonBytes(metadata());
      const match = /^(\d{1,2})\/(.+)$/.exec(key);
      const k = Number(match?.[1]);
      return match === null || k >= count || String(k) !== match[1] ? undefined : store(k).get(match[2]!);
    },
  };
}

/** Metadata of the group of an image or label image. @param count  of levels. */
export function groupMetadata(
  image: ArrayForm,
  options: OmeZarrOptions,
  count: number,
  extra: Record<string, unknown>,
) {
  return {
    zarr_format: 3,
    node_type: "group",
    attributes: { ome: { version: "0.5", multiscales: [multiscale(image, options, count)], ...extra } },
  };
}

/** The levels that an image is shown in, full size first. */
export function levelForms(image: ArrayForm): ArrayForm[] {
  const { dtype, axes } = image;
  const forms = [{ dtype, axes, shape: image.shape }];
  for (let k = 1; k < levelCount(image, undefined); k++) {
    const above = (forms.at(-1) as ArrayForm).shape;
    forms.push({
      dtype,
      axes,
      shape: above.map((side, i) => (i < above.length - 2 ? side : Math.ceil(side / 2))),
    });
  }
  return forms;
}

function levelCount(image: ArrayForm, wanted: number | undefined): number {
  const [height, width] = image.shape.slice(-2) as [number, number];
  const natural = 1 + Math.max(0, Math.ceil(Math.log2(Math.max(height, width) / ONE_CHUNK)));
  return Math.min(LEVELS_MAX, Math.max(1, wanted ?? natural));
}

function lazyLevels(image: ImageArray, halve: Halve): (k: number) => ImageArray {
  const made: ImageArray[] = [image];
  return (k) => {
    while (made.length <= k) made.push(halve(made.at(-1)!));
    return made[k]!;
  };
}

const AXIS_TYPES: Readonly<Record<string, string>> = {
  t: "time",
  c: "channel",
  z: "space",
  y: "space",
  x: "space",
};

function multiscale({ axes }: ArrayForm, options: OmeZarrOptions, count: number) {
  const { name, mpp, zStepUm, frameIntervalS } = options;
  const known: Readonly<Record<string, number | null | undefined>> = {
    t: frameIntervalS,
    z: zStepUm,
    y: mpp?.y,
    x: mpp?.x,
  };
  const size = (axis: string): number => known[axis] ?? 1;
  const unit = (axis: string) =>
    known[axis] === undefined || known[axis] === null ? {} : { unit: axis === "t" ? "second" : "micrometer" };
  const inPlane = (axis: string): boolean => axis === "y" || axis === "x";
  return {
    name,
    axes: [...axes].map((axis) => ({ name: axis, type: AXIS_TYPES[axis], ...unit(axis) })),
    datasets: Array.from({ length: count }, (_, k) => ({
      path: String(k),
      coordinateTransformations: [
        { type: "scale", scale: [...axes].map((axis) => (inPlane(axis) ? size(axis) * 2 ** k : size(axis))) },
        // The centre of a large pixel lies half a pixel further than that of the small one at its corner.
        ...(k === 0
          ? []
          : [
              {
                type: "translation",
                translation: [...axes].map((axis) => (inPlane(axis) ? (size(axis) * (2 ** k - 1)) / 2 : 0)),
              },
            ]),
      ],
    })),
  };
}

const COLOURS = ["FFFFFF", "00FF00", "FF00FF", "00FFFF", "FFFF00", "FF8000", "0080FF"];
const PRIMARY: Readonly<Record<string, string>> = { red: "FF0000", green: "00FF00", blue: "0000FF" };

/** Rendering hints that viewers expect: names, colours, and the range of values of each channel. */
function omeroOf(smallest: ImageArray, channels: readonly ReadChannel[]) {
  return {
    version: "0.5",
    channels: channels.map(({ name }, c) => {
      const [min, max] = channelRange(smallest, c, channels.length);
      const color = PRIMARY[name] ?? COLOURS[c % COLOURS.length];
      return {
        label: name === "" ? `channel ${c}` : name,
        color,
        active: true,
        window: { min, max, start: min, end: max },
      };
    }),
  };
}

function channelRange(
  { axes, shape, data }: ImageArray,
  channel: number,
  channels: number,
): [number, number] {
  const axis = axes.indexOf("c");
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < data.length; i++) {
    if (axis >= 0 && Math.floor(i / inner) % channels !== channel) continue;
    if (data[i]! < min) min = data[i]!;
    if (data[i]! > max) max = data[i]!;
  }
  return Number.isFinite(min) && Number.isFinite(max) ? [min, max] : [0, 1];
}
