/**
 * The store as a source of an export: items of a dataset version, or of a selection of images, page by page.
 *
 * One item's objects are held at a time; pixels are read when asked for. While the items pass, it notes which models
 * proposed what is in them.
 */

import type { ExportItem, ExportLayer, ExportRole, ExportSource } from "#formats/export/index.ts";
import {
  type DatasetItemPage,
  type DatasetVersionDetail,
  type ExportImage,
  exportDatasetItems,
  exportImages,
  exportObjects,
  listDatasetItems,
  loadVocabulary,
  namesOfTypes,
  readArray,
  type Store,
  sharedNames,
} from "#store/index.ts";

/** Images looked up by one statement. */
const pageSize = 200;

export interface WatchedSource extends ExportSource {
  /** Models that proposed objects of the items that have passed. */
  models(): string[];
}

export async function datasetSource(store: Store, version: DatasetVersionDetail): Promise<WatchedSource> {
  const shared = await sharedNames(store, { versionId: version.id });
  return watched(store, shared, async function* pages(role) {
    for (let after: number | null = -1; after !== null; ) {
      const page: DatasetItemPage = await listDatasetItems(store, version.id, {
        after,
        limit: pageSize,
        role,
      });
      yield await exportDatasetItems(store, page.items, version.createdAt);
      after = page.nextAfter;
    }
  });
}

/** @param ids  in the order of the export. */
export async function selectionSource(store: Store, ids: readonly string[]): Promise<WatchedSource> {
  const shared = await sharedNames(store, { ids });
  return watched(store, shared, async function* pages(role) {
    if (role !== undefined) return;
    for (let from = 0; from < ids.length; from += pageSize)
      yield await exportImages(store, ids.slice(from, from + pageSize));
  });
}

function watched(
  store: Store,
  shared: ReadonlySet<string>,
  pages: (role: ExportRole | undefined) => AsyncIterable<readonly ExportImage[]>,
): WatchedSource {
  const models = new Set<string>();
  // Images of several imports may bear one name; an export needs names that differ, the same in every walk.
  const nameOf = ({ name, arrayDigest }: ExportImage): string =>
    shared.has(name) ? `${name} ${arrayDigest.slice(0, 12)}` : name;
  return {
    models: () => [...models].sort(),
    async *items(role) {
      for await (const page of pages(role))
        for (const image of page) yield await toItem(store, image, (name) => models.add(name), nameOf(image));
    },
  };
}

async function toItem(
  store: Store,
  image: ExportImage,
  noteModel: (name: string) => void,
  name: string,
): Promise<ExportItem> {
  const vocabulary = await loadVocabulary(store);
  const layers: ExportLayer[] = [];
  for (const layer of image.layers) {
    const { objects, links, spots, models } = await exportObjects(store, layer);
    for (const model of models) noteModel(model);
    layers.push({
      compartment: layer.compartment,
      name: layer.name,
      truth: layer.truth,
      coverage: layer.coverage,
      ...(layer.overlapAllowed ? { overlapAllowed: true } : {}),
      root: layer.root,
      objects: objects.map(({ uid, label, shape, cellType, types, madeBy }) => ({
        uid,
        label,
        shape,
        cellType: types === null ? cellType : namesOfTypes(types, vocabulary),
        ...(types === null ? {} : { types }),
        agentKind: madeBy,
      })),
      links: links.map(({ from, to, kind }) => ({ fromUid: from, toUid: to, kind })),
      spots,
    });
  }
  const { axes, shape, channels, mpp, metadata, terms, buckets, role, group, source, arrayDigest } = image;
  return {
    name,
    axes,
    shape,
    dtype: image.dtype as ExportItem["dtype"],
    readImage: () => readArray(store, arrayDigest),
    channels,
    mpp,
    layers,
    metadata,
    terms,
    buckets,
    role,
    group,
    source,
    arrayDigest,
  };
}
