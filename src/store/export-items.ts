/**
 * What an export reads: images with their accepted labels, in pages, so that memory does not grow with their number.
 *
 * Of a dataset version, the layer that it pins is taken as it was frozen; further layers of the image (the whole cells
 * beside the nuclei, tracking markers) as they were accepted before the freeze. What a version froze of an image's
 * description stands before what the image says now.
 */

import type { ImageArray } from "#core/array/index.ts";
import { cellsTypeField } from "#core/select/index.ts";
import { blameLayer } from "./blame.ts";
import type { DatasetItem } from "./dataset-types.ts";
import { layerLinks, type StoredLink } from "./links.ts";
import { revisionObjects, revisionSeq, type VersionedObject } from "./revisions.ts";
import * as text from "./sql/exports.ts";
import type { Store } from "./store.ts";
import { readStoredArray } from "./stored-image.ts";
import type { ChannelRole, Compartment, LayerCoverage, LayerTruth, Mpp, SplitRole } from "./types.ts";
import { type StoredSpot, spotsAt } from "./types-at.ts";

export interface ExportLayerRow {
  readonly layerId: string;
  readonly compartment: Compartment;
  readonly name: string;
  readonly truth: LayerTruth;
  readonly coverage: LayerCoverage;
  readonly overlapAllowed: boolean;
  /** Of coverage "region": where everything is labelled. */
  readonly regionDigest: string | null;
  readonly revisionId: string;
  readonly root: string;
}

/** An image as an export sees it; objects and pixels are read apart. */
export interface ExportImage {
  readonly id: string;
  readonly name: string;
  readonly axes: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly arrayDigest: string;
  readonly mpp: Mpp | null;
  readonly group: string;
  readonly role: SplitRole | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly terms: Readonly<Record<string, string>>;
  readonly buckets: Readonly<Record<string, string>>;
  readonly source: { readonly title: string; readonly licence: string; readonly url: string };
  readonly channels: readonly { readonly name: string; readonly role: ChannelRole }[];
  /** Main layers first. */
  readonly layers: readonly ExportLayerRow[];
}

interface ImageRow extends Omit<ExportImage, "mpp" | "role" | "layers"> {
  readonly mppY: number | null;
  readonly mppX: number | null;
}

const mppOf = (row: Pick<ImageRow, "mppY" | "mppX">): Mpp | null =>
  row.mppY === null || row.mppX === null ? null : { y: row.mppY, x: row.mppX };

/** Images of a page as they are now, in the order of the ids; those that do not exist are left out. */
export async function exportImages(store: Store, ids: readonly string[]): Promise<ExportImage[]> {
  const rows = await imageRows(store, ids);
  const layers = await acceptedLayers(store, ids, null);
  return ids.flatMap((id) => {
    const row = rows.get(id);
    if (row === undefined) return [];
    const { mppY: _y, mppX: _x, ...facts } = row;
    return [{ ...facts, mpp: mppOf(row), role: null, layers: layers.get(id) ?? [] }];
  });
}

/**
 * Items of a page of a dataset version, as they were frozen.
 *
 * @param frozenAt  when the version was made, ISO.
 */
export async function exportDatasetItems(
  store: Store,
  items: readonly DatasetItem[],
  frozenAt: string,
): Promise<ExportImage[]> {
  const ids = items.map(({ imageId }) => imageId);
  const rows = await imageRows(store, ids);
  const layers = await acceptedLayers(store, ids, frozenAt);
  const pinned = new Map(
    (
      await store.sql.query<
        Pick<ExportLayerRow, "revisionId" | "layerId" | "root" | "coverage" | "regionDigest">
      >(text.selectLayersOfRevisions, [
        items.flatMap((item) => [item, ...item.moreLayers].map(({ layerRevisionId }) => layerRevisionId)),
      ])
    ).map((row) => [row.revisionId, row]),
  );
  return items.flatMap((item) => {
    const row = rows.get(item.imageId);
    const own = new Map(
      [item, ...item.moreLayers].flatMap(({ layerRevisionId }) => {
        const revision = pinned.get(layerRevisionId);
        return revision === undefined ? [] : [[revision.layerId, revision] as const];
      }),
    );
    if (row === undefined) return [];
    const { mppY: _y, mppX: _x, ...facts } = row;
    const all = (layers.get(item.imageId) ?? []).map((layer) => ({ ...layer, ...own.get(layer.layerId) }));
    return [
      {
        ...facts,
        ...frozenWords(row, item),
        name: item.name,
        arrayDigest: item.arrayDigest,
        group: item.group,
        mpp: item.mpp,
        role: item.role,
        layers: all,
      },
    ];
  });
}

/**
 * The frozen words before the present ones, with the terms they stood for. A bucket, or a term of a version from before
 * terms were frozen, goes with its word: one whose word changed is left out.
 */
function frozenWords(row: ImageRow, { strata, terms }: Pick<DatasetItem, "strata" | "terms">) {
  const { compartment: _layer, ...words } = strata;
  const isSame = (field: string): boolean =>
    words[field] === undefined || words[field] === row.metadata[field];
  const kept = (record: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(record).filter(([field]) => isSame(field)));
  const frozenTerms = Object.fromEntries(
    Object.entries(terms).flatMap(([field, [curie]]) =>
      // Stains are words of channels, types belong to cells; an export has them there.
      curie === undefined || field === "stain" || field === cellsTypeField ? [] : [[field, curie] as const],
    ),
  );
  return {
    metadata: { ...row.metadata, ...words },
    terms: { ...kept(row.terms), ...frozenTerms },
    buckets: kept(row.buckets),
  };
}

async function imageRows(store: Store, ids: readonly string[]): Promise<Map<string, ImageRow>> {
  const rows = await store.sql.query<ImageRow>(text.selectExportImages, [ids]);
  return new Map(rows.map((row) => [row.id, row]));
}

async function acceptedLayers(
  store: Store,
  ids: readonly string[],
  before: string | null,
): Promise<Map<string, ExportLayerRow[]>> {
  const rows = await store.sql.query<ExportLayerRow & { imageId: string }>(text.selectExportLayers, [
    ids,
    before,
  ]);
  const order = ["nuclear", "wholeCell", "cytoplasm"];
  const rank = ({ name, compartment }: ExportLayerRow): string =>
    `${name === "" ? 0 : 1}${order.indexOf(compartment)}${name}`;
  const sorted = rows.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
  return Map.groupBy(
    sorted.map(({ imageId, ...layer }) => ({ imageId, ...layer })),
    ({ imageId }) => imageId,
  );
}

export interface ExportedObjects {
  readonly objects: readonly (VersionedObject & { readonly madeBy: string })[];
  readonly links: readonly StoredLink[];
  readonly spots: readonly StoredSpot[];
  /** Names of models that proposed objects which are still there. */
  readonly models: readonly string[];
}

/**
 * Objects of a layer's revision with who made them, its links among them, and the spots that were there.
 *
 * @throws FoundryError `blob.corrupt`, `blob.missing`. Cost: O(objects + edits of the layer).
 */
export async function exportObjects(store: Store, layer: ExportLayerRow): Promise<ExportedObjects> {
  const objects = await revisionObjects(store, layer.revisionId);
  const { cells } = await blameLayer(store, { revisionId: layer.revisionId });
  const blame = new Map(cells.map((cell) => [cell.uid, cell]));
  const present = new Set(objects.map(({ uid }) => uid));
  const links = await layerLinks(store, layer.layerId);
  const models = cells.flatMap(({ origin }) => (origin.agent.kind === "model" ? [origin.agent.name] : []));
  return {
    objects: objects.map((object) => ({ ...object, madeBy: blame.get(object.uid)?.agent.kind ?? "service" })),
    links: links.filter(({ from, to }) => present.has(from) && present.has(to)),
    spots: await spotsAt(store, layer.layerId, await revisionSeq(store, layer.revisionId)),
    models: [...new Set(models)].sort(),
  };
}

/** Pixels by digest, verified. @throws FoundryError `blob.missing`, `blob.corrupt`. */
export async function readArray(store: Store, digest: string): Promise<ImageArray> {
  return readStoredArray(store, digest);
}

/** What a selection rests on: its sources, the most channels of an image, when its newest image came. */
export async function exportExtent(
  store: Store,
  ids: readonly string[],
): Promise<{
  readonly sources: readonly {
    readonly title: string;
    readonly licence: string;
    readonly url: string;
    readonly images: number;
  }[];
  readonly channels: number;
  readonly newestAt: string | null;
}> {
  const sources = await store.sql.query<{ title: string; licence: string; url: string; images: number }>(
    text.selectSourcesOfImages,
    [ids],
  );
  const [extent] = await store.sql.query<{ channels: number; newestAt: string | null }>(
    text.selectExtentOfImages,
    [ids],
  );
  return { sources, channels: extent?.channels ?? 0, newestAt: extent?.newestAt ?? null };
}

/** Names that several images of a version, or of a selection, bear. */
export async function sharedNames(
  store: Store,
  of: { readonly versionId: string } | { readonly ids: readonly string[] },
): Promise<ReadonlySet<string>> {
  const rows =
    "ids" in of
      ? await store.sql.query<{ name: string }>(text.selectSharedNames, [of.ids])
      : await store.sql.query<{ name: string }>(text.selectSharedNamesOfVersion, [of.versionId]);
  return new Set(rows.map(({ name }) => name));
}

/** The most channels any image of a version has. */
export async function channelsOfVersion(store: Store, versionId: string): Promise<number> {
  const [row] = await store.sql.query<{ channels: number }>(text.selectChannelsOfVersion, [versionId]);
  return row?.channels ?? 0;
}
