/** Images: add with their layers in one step, look up, change, trash. */

import { axisLength, type ImageArray, type LabelImage } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { type ObjectShape, objectShapesFromLabels } from "#core/labels/index.ts";
import { parseMetadata } from "#core/metadata.ts";
import { isoTime } from "#platform/index.ts";
import { encodeArray } from "./array-bytes.ts";
import { keepBlob } from "./blob-rows.ts";
import { appendEvent } from "./events.ts";
import { type InsertedImage, insertPreparedImages } from "./insert-images.ts";
import { layersOfImage } from "./layers.ts";
import { assertObjectsFit, type ObjectToPack, packObjects } from "./packed-objects.ts";
import { isUniqueViolation } from "./postgres-sql.ts";
import { type LayerToPrepare, type PackedLink, prepareLayer } from "./prepared-image.ts";
import { keepRegion } from "./region-blobs.ts";
import { ensureSource } from "./sources.ts";
import * as text from "./sql/images.ts";
import { inTransaction, type Store } from "./store.ts";
import { readStoredArray } from "./stored-image.ts";
import { prepareWords } from "./term-words.ts";
import type {
  Agent,
  Channel,
  Compartment,
  ImageDetail,
  ImageSummary,
  LayerCoverage,
  LayerTruth,
  Mpp,
} from "./types.ts";

export type { InsertedImage } from "./insert-images.ts";

export interface NewLayer {
  readonly compartment: Compartment;
  /** Default "", the main layer of the compartment. */
  readonly name?: string;
  /** Default `gold`. */
  readonly truth?: LayerTruth;
  /** Default `exhaustive`. */
  readonly coverage?: LayerCoverage;
  /** Of coverage "region": where everything is labelled, in frame 0 and plane 0 for all of them. */
  readonly region?: ObjectShape | undefined;
  /** Valid shapes, none sharing a pixel with another. */
  readonly objects: readonly ObjectToPack[];
  readonly links?: readonly PackedLink[];
  /** Whether the labels count as accepted; default true, except for predictions. */
  readonly accepted?: boolean;
}

export interface NewImage {
  readonly projectId: string;
  readonly name: string;
  readonly image: ImageArray;
  /** Default: one per index of axis c, role `other`. */
  readonly channels?: readonly Channel[] | undefined;
  readonly mpp?: Mpp | null | undefined;
  /** Why `mpp` is unknown; default "not given by the source". */
  readonly mppReason?: string | null | undefined;
  /** Leakage group; default: the image alone. */
  readonly group?: string | undefined;
  readonly metadata?: Readonly<Record<string, string | undefined>> | undefined;
  readonly source: { readonly title: string; readonly licence: string; readonly url?: string | undefined };
  readonly layers?: readonly NewLayer[] | undefined;
  /** A label image as one more layer: axes yx, of the image's size; frame 0, plane 0. */
  readonly labels?: LabelImage | undefined;
  /** Of `labels`; default `nuclear`. */
  readonly compartment?: Compartment | undefined;
  /** Of `labels`; default `gold`. */
  readonly labelTruth?: LayerTruth | undefined;
  /** Whether `labels` count as accepted; default true. */
  readonly accepted?: boolean | undefined;
}

const reasonUnknown = "not given by the source";

/** More objects than any plane or movie of a lab holds; a whole slide of small nuclei has about this many. */
export const layerObjectsMax = 2_000_000;

/**
 * Writes an image, its channels and its layers, each with objects and a first revision: all or nothing.
 *
 * @throws FoundryError `array.shapeMismatch` when the labels have another size; `label.invalid` for an object outside
 *         the image; `limit.objects`; `metadata.invalid`; `request.notFound` for an unknown project; `disk.full`.
 */
export async function insertImage(store: Store, actor: Agent, image: NewImage): Promise<InsertedImage> {
  assertLabels(image);
  const regions = await keepRegions(store, image);
  const layers = layersToPrepare(image, regions).map((layer) => prepareLayer(store.ids, layer));
  const metadata = parseMetadata(image.metadata ?? {});
  const blob = await keepBlob(store, encodeArray(image.image));
  return inTransaction(store, async (tx) => {
    const [project] = await tx.sql.query("SELECT FROM project WHERE id = $1", [image.projectId]);
    if (project === undefined)
      throw new FoundryError("request.notFound", { message: "There is no such project." });
    const { axes, shape, dtype } = image.image;
    const mpp = image.mpp ?? null;
    const [inserted] = await insertPreparedImages(tx, actor, [
      {
        projectId: image.projectId,
        sourceId: await ensureSource(tx, image.projectId, image.source),
        name: image.name,
        blob,
        axes,
        shape,
        dtype,
        channels: image.channels ?? plainChannels(image.image),
        mpp,
        mppReason: mpp === null ? (image.mppReason ?? reasonUnknown) : null,
        group:
          image.group === undefined || image.group === ""
            ? null
            : { key: image.group, level: null, rule: null, known: true },
        metadata,
        importId: null,
        importPath: null,
        layers,
      },
    ]);
    return inserted as InsertedImage;
  });
}

function assertLabels({ labels, image }: NewImage): void {
  if (labels === undefined) return;
  const [height, width] = [axisLength(image, "y"), axisLength(image, "x")];
  if (labels.height === height && labels.width === width) return;
  throw new FoundryError("array.shapeMismatch", {
    message: `The label image has ${labels.height} x ${labels.width} pixels, its image ${height} x ${width}.`,
    hint: "Check that the right label file lies beside the image.",
  });
}

/** Of each layer; null for those that have none. */
function keepRegions(store: Store, { layers = [], image }: NewImage): Promise<LayerToPrepare["region"][]> {
  const size = { height: axisLength(image, "y"), width: axisLength(image, "x") };
  return Promise.all(
    layers.map(({ coverage = "exhaustive", region = null }) => keepRegion(store, size, { coverage, region })),
  );
}

function layersToPrepare(
  { layers, labels, compartment, labelTruth, accepted, image }: NewImage,
  regions: readonly LayerToPrepare["region"][],
): LayerToPrepare[] {
  const all: NewLayer[] = [...(layers ?? [])];
  if (labels !== undefined) {
    const objects = [...objectShapesFromLabels(labels)].map(([label, shape]) => ({ label, shape }));
    all.push({
      compartment: compartment ?? "nuclear",
      truth: labelTruth ?? "gold",
      accepted: accepted ?? true,
      objects,
    });
  }
  return all.map((layer, i) => {
    if (layer.objects.length > layerObjectsMax) throw tooManyObjects(layer.objects.length);
    assertObjectsFit(layer.objects, image);
    const truth = layer.truth ?? "gold";
    return {
      compartment: layer.compartment,
      name: layer.name ?? "",
      truth,
      coverage: layer.coverage ?? "exhaustive",
      region: regions[i] ?? null,
      objects: packObjects(layer.objects),
      links: layer.links ?? [],
      accepted: layer.accepted ?? truth !== "prediction",
    };
  });
}

function tooManyObjects(count: number): FoundryError {
  return new FoundryError("limit.objects", {
    message: `The labels hold ${count} objects, more than one layer takes at once (${layerObjectsMax}).`,
    hint: "Cut the image into smaller fields of view.",
  });
}

function plainChannels(image: ImageArray): Channel[] {
  return Array.from({ length: axisLength(image, "c") }, (_, index) => ({
    index,
    name: `channel ${index}`,
    role: "other" as const,
  }));
}

interface ImageRow extends ImageSummary {
  readonly axes: string;
  readonly shape: number[];
  readonly dtype: string;
  readonly mppY: number | null;
  readonly mppX: number | null;
  readonly mppReason: string | null;
  readonly arrayDigest: string;
  readonly source: { readonly title: string; readonly licence: string };
  readonly trashedAt: string | null;
  readonly previousId: string | null;
  readonly nextId: string | null;
}

/** @throws FoundryError `image.notFound`, also for one in the trash. */
export async function getImage(store: Store, imageId: string): Promise<ImageDetail> {
  const row = await readImageRow(store, imageId);
  if (row.trashedAt !== null) throw notFound(imageId);
  const { trashedAt, mppY, mppX, ...rest } = row;
  return {
    ...rest,
    mpp: mppY === null || mppX === null ? null : { y: mppY, x: mppX },
    channels: await store.sql.query<Channel>(text.selectChannels, [imageId]),
    layers: await layersOfImage(store, imageId),
  };
}

async function readImageRow(store: Store, imageId: string): Promise<ImageRow> {
  const [row] = await store.sql.query<ImageRow>(text.selectImage, [imageId]);
  if (row === undefined) throw notFound(imageId);
  return row;
}

function notFound(imageId: string): FoundryError {
  return new FoundryError("image.notFound", {
    message: "There is no such image, or it is in the trash.",
    details: { imageId },
  });
}

/**
 * Pixels of an image, verified.
 *
 * @throws FoundryError `image.notFound`, `blob.missing`, `blob.corrupt`; `limit.pixels` for one that is only read by region.
 */
export async function readImageArray(store: Store, imageId: string): Promise<ImageArray> {
  const [row] = await store.sql.query<{ arrayDigest: string }>(text.selectImageDigest, [imageId]);
  if (row === undefined) throw notFound(imageId);
  return readStoredArray(store, row.arrayDigest);
}

/** Changes what is given. @throws FoundryError `image.notFound`, `metadata.invalid`. */
export async function updateImage(
  store: Store,
  actor: Agent,
  imageId: string,
  changes: {
    readonly name?: string | undefined;
    readonly group?: string | undefined;
    readonly mpp?: Mpp | null | undefined;
    readonly metadata?: Readonly<Record<string, string | undefined>> | undefined;
    /** One for each channel, in order. */
    readonly channels?: readonly Omit<Channel, "index">[] | undefined;
  },
): Promise<ImageDetail> {
  return inTransaction(store, async (tx) => {
    const before = await getImage(tx, imageId);
    const { channels } = changes;
    if (channels !== undefined) {
      if (channels.length !== before.channels.length) {
        throw new FoundryError("metadata.invalid", {
          message: `The image has ${before.channels.length} channels; ${channels.length} were named.`,
          hint: "Name each channel once, in order.",
        });
      }
      const columns = [channels.map(({ name }) => name), channels.map(({ role }) => role)];
      await tx.sql.query(text.updateChannels, [imageId, ...columns]);
    }
    const mpp = changes.mpp === undefined ? before.mpp : changes.mpp;
    const metadata = changes.metadata === undefined ? before.metadata : parseMetadata(changes.metadata);
    await prepareWords(tx, before.projectId, [metadata]);
    await tx.sql.query(text.updateImage, [
      imageId,
      changes.name ?? before.name,
      changes.group ?? before.group,
      mpp?.y ?? null,
      mpp?.x ?? null,
      mpp === null ? (before.mppReason ?? "removed by a person") : null,
      JSON.stringify(metadata),
    ]);
    const fields = Object.entries(changes).flatMap(([field, value]) => (value === undefined ? [] : [field]));
    await appendEvent(tx, actor, {
      verb: "image.changed",
      entity: "image",
      entityId: imageId,
      details: { fields },
    });
    return getImage(tx, imageId);
  });
}

/** Puts an image out of sight; dataset versions that hold it stay whole. @throws FoundryError `image.notFound`. */
export async function trashImage(store: Store, actor: Agent, imageId: string): Promise<void> {
  await inTransaction(store, async (tx) => {
    const [row] = await tx.sql.query(text.trashImage, [imageId, isoTime(tx.clock)]);
    if (row === undefined) throw notFound(imageId);
    await appendEvent(tx, actor, { verb: "image.trashed", entity: "image", entityId: imageId });
  });
}

/**
 * Takes an image out of the trash; one that is not there stays as it is.
 *
 * @throws FoundryError `image.notFound`; `request.invalid` when the same pixels were imported again meanwhile.
 */
export async function restoreImage(store: Store, actor: Agent, imageId: string): Promise<ImageDetail> {
  try {
    return await inTransaction(store, async (tx) => {
      const [row] = await tx.sql.query(text.restoreImage, [imageId]);
      if (row !== undefined) {
        await appendEvent(tx, actor, { verb: "image.restored", entity: "image", entityId: imageId });
      }
      return getImage(tx, imageId);
    });
  } catch (error) {
    if (!isUniqueViolation(error, "image_once")) throw error;
    throw new FoundryError("request.invalid", {
      message: "The same image was imported again after this one went to the trash.",
      hint: "Trash the newer one first, or leave this one where it is.",
      cause: error,
    });
  }
}
