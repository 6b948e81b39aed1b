/**
 * An image with its label images as one OME-Zarr 0.5 hierarchy, file by file: for a folder, a zip or an upload.
 *
 * The same keys that the server renders on demand, put together: the image with its pyramid, `labels/` with as many
 * levels as the image. Only one chunk is made at a time.
 */
import type { ImageArray, LabelImage } from "#core/array/index.ts";
import { assert } from "#core/errors.ts";
import type { Mpp, ReadChannel } from "../../read-image-types.ts";
import { type OmeZarrLabelsOptions, omeZarrImage, omeZarrLabels, omeZarrLabelsList } from "./ome-zarr.ts";
import type { ZarrKeys } from "./zarr-array.ts";

export interface OmeZarrWriteLabels extends Pick<OmeZarrLabelsOptions, "colours" | "properties"> {
  /** Name of the group below `labels/`: letters, digits, "-", "_" and "." ("nuclear", "wholeCell"). */
  readonly name: string;
  /** As large as the image in y and x, and in t and z where the image has them. */
  readonly labels: LabelImage | ImageArray;
}

export interface OmeZarrWriteOptions {
  readonly name: string;
  readonly channels?: readonly ReadChannel[];
  readonly mpp?: Mpp | null;
  readonly zStepUm?: number | null;
  readonly frameIntervalS?: number | null;
}

/** @returns keys without a leading slash and their bytes, metadata before chunks. The same input gives the same bytes. */
export async function* writeOmeZarr(
  image: ImageArray,
  labels: readonly OmeZarrWriteLabels[],
  options: OmeZarrWriteOptions,
): AsyncGenerator<readonly [key: string, bytes: Uint8Array]> {
  const { channels, ...shared } = options;
  const root = omeZarrImage(image, { ...shared, ...(channels === undefined ? {} : { channels }) });
  yield* prefixed("", root);
  if (labels.length === 0) return;
  const levels = root.keys().filter((key) => /^\d+\/zarr\.json$/.test(key)).length;
  const names = labels.map(({ name }) => name);
  assert(
    names.every((name) => /^[A-Za-z0-9_-][\w.-]{0,99}$/.test(name)),
    "names of label images are plain",
  );
  assert(new Set(names).size === names.length, "names of label images differ");
  yield ["labels/zarr.json", omeZarrLabelsList(names)];
  for (const { name, labels: pixels, colours, properties } of labels) {
    assertFits(image, pixels);
    const group = omeZarrLabels(pixels, {
      ...shared,
      name,
      levels,
      ...(colours === undefined ? {} : { colours }),
      ...(properties === undefined ? {} : { properties }),
    });
    yield* prefixed(`labels/${name}/`, group);
  }
}

function* prefixed(prefix: string, store: ZarrKeys): Generator<readonly [string, Uint8Array]> {
  for (const key of store.keys()) yield [`${prefix}${key}`, store.get(key)!];
}

function assertFits(image: ImageArray, labels: LabelImage | ImageArray): void {
  const sizes = (axes: string, shape: readonly number[]) =>
    new Map([...axes].map((axis, i) => [axis, shape[i]!]));
  const whole = sizes(image.axes, image.shape);
  const own =
    "axes" in labels ? sizes(labels.axes, labels.shape) : sizes("yx", [labels.height, labels.width]);
  for (const axis of ["t", "z", "y", "x"])
    assert((own.get(axis) ?? 1) === (whole.get(axis) ?? 1), "labels are as large as their image");
  assert(!own.has("c"), "labels have no channels");
}
