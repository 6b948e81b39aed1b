/**
 * Dataset versions, as they were frozen: looked up by name, read page by page, item by item.
 *
 * A version may hold a million items, so nothing here reads all of them at once.
 */

import type { ImageArray, LabelImage } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { rolesInView, type SplitView, type ViewItem } from "#core/select/index.ts";
import type {
  Dataset,
  DatasetImageChange,
  DatasetItem,
  DatasetItemPage,
  DatasetVersion,
  DatasetVersionDetail,
} from "./dataset-types.ts";
import { type TermRecord, termLists } from "./image-terms.ts";
import { renderRevision } from "./revisions.ts";
import * as text from "./sql/datasets.ts";
import type { Store } from "./store.ts";
import { readStoredArray } from "./stored-image.ts";
import type { Mpp, SplitRole } from "./types.ts";

export interface TrainingItem {
  readonly imageId: string;
  readonly name: string;
  readonly group: string;
  readonly image: ImageArray;
  readonly labels: LabelImage;
  readonly mpp: Mpp | null;
}

/** A version with what only the store needs. */
export interface VersionRow extends DatasetVersion {
  readonly number: number;
}

type DetailRow = VersionRow &
  Pick<DatasetVersionDetail, "options" | "parentId"> & {
    readonly report: Pick<DatasetVersionDetail, "licenceReport" | "strata" | "audit" | "roleChanges"> &
      Partial<Pick<DatasetVersionDetail, "hidden">>;
  };

function toVersion({ number: _number, ...version }: VersionRow): DatasetVersion {
  return version;
}

function toDetail({ number: _number, report, ...version }: DetailRow): DatasetVersionDetail {
  return { ...version, hidden: null, ...report };
}

/**
 * By id, by `name@1.0.0`, or by `name` for its newest version.
 *
 * @param projectId  where to look names up; without it the name must be unique.
 * @throws FoundryError `dataset.notFound`, also when a name exists in several projects.
 */
export async function getDatasetVersion(
  store: Store,
  reference: string,
  projectId?: string,
): Promise<DatasetVersionDetail> {
  const [byId] = await store.sql.query<DetailRow>(text.selectVersion, [reference]);
  if (byId !== undefined) return toDetail(byId);
  const named = await findByName(store, reference, projectId);
  const [row] = await store.sql.query<DetailRow>(text.selectVersion, [named.id]);
  return toDetail(row as DetailRow);
}

async function findByName(
  store: Store,
  reference: string,
  projectId: string | undefined,
): Promise<VersionRow> {
  const [name, version] = reference.split("@");
  const found = await store.sql.query<VersionRow>(text.selectVersionsByName, [
    name,
    version ?? null,
    projectId ?? null,
  ]);
  const [newest] = found;
  if (newest !== undefined && found.every((other) => other.datasetId === newest.datasetId)) return newest;
  throw new FoundryError("dataset.notFound", {
    message:
      newest === undefined
        ? `There is no dataset version "${reference}".`
        : `Several projects have a dataset named "${name}".`,
    hint:
      newest === undefined
        ? "List the datasets of the project to see what there is."
        : "Name the project too.",
  });
}

/** Newest version of a name in a project, or null. */
export async function newestVersion(
  store: Store,
  projectId: string,
  name: string,
): Promise<VersionRow | null> {
  const [version] = await store.sql.query<VersionRow>(text.selectVersionsByName, [name, null, projectId]);
  return version ?? null;
}

/** By name; versions newest first. */
export async function listDatasets(store: Store, projectId: string): Promise<Dataset[]> {
  const datasets = await store.sql.query<{ id: string; name: string }>(text.selectDatasets, [projectId]);
  const versions = await store.sql.query<VersionRow>(text.selectVersionsOfProject, [projectId]);
  const byDataset = Map.groupBy(versions.map(toVersion), ({ datasetId }) => datasetId);
  return datasets.map(({ id, name }) => ({ id, name, versions: byDataset.get(id) ?? [] }));
}

interface ItemRow extends Omit<DatasetItem, "mpp" | "terms"> {
  readonly mppY: number | null;
  readonly mppX: number | null;
  readonly terms: TermRecord;
}

function toItem({ mppY, mppX, terms, ...item }: ItemRow): DatasetItem {
  const mpp = mppY === null || mppX === null ? null : { y: mppY, x: mppX };
  return { ...item, mpp, terms: termLists(terms) };
}

export interface ItemPageRequest {
  /** Position after which the page begins; default from the beginning. */
  readonly after?: number | undefined;
  /** Default 100. */
  readonly limit?: number | undefined;
  readonly role?: SplitRole | undefined;
}

/** One page of a version's items, in the frozen order. */
export async function listDatasetItems(
  store: Store,
  versionId: string,
  { after = -1, limit = 100, role }: ItemPageRequest = {},
): Promise<DatasetItemPage> {
  const rows = await store.sql.query<ItemRow>(text.selectItemPage, [
    versionId,
    after,
    limit + 1,
    role ?? null,
  ]);
  const items = rows.slice(0, limit).map(toItem);
  return { items, nextAfter: rows.length > limit ? (items.at(-1)?.position ?? null) : null };
}

/** Items read at once by `readDatasetItems`: some megabytes. */
const itemsPerRead = 5_000;

/**
 * All items of a version one after the other, in the frozen order; memory does not grow with their number.
 *
 * @param options.role  only items of this role.
 */
export async function* readDatasetItems(
  store: Store,
  versionId: string,
  options: { readonly role?: SplitRole | undefined } = {},
): AsyncGenerator<DatasetItem> {
  for (let after: number | null = -1; after !== null; ) {
    const page: DatasetItemPage = await listDatasetItems(store, versionId, {
      ...options,
      after,
      limit: itemsPerRead,
    });
    yield* page.items;
    after = page.nextAfter;
  }
}

/**
 * Items of a version with the role they have in a view of it (a fold, a tranche …), those left out left out.
 *
 * Memory: a few hundred bytes per item of the version.
 */
export async function datasetItemsInView(
  store: Store,
  version: Pick<DatasetVersionDetail, "id" | "options">,
  view: SplitView,
): Promise<DatasetItem[]> {
  const items: DatasetItem[] = [];
  for await (const item of readDatasetItems(store, version.id)) items.push(item);
  const roles = rolesInView(items.map(toViewItem), view, version.options.seed);
  return items.flatMap((item, i) => {
    const role = roles[i];
    return role === null || role === undefined ? [] : [{ ...item, role }];
  });
}

function toViewItem({ arrayDigest, group, role, cellCount, strata }: DatasetItem): ViewItem {
  return { id: arrayDigest, group, role, weight: Math.max(1, cellCount), strata };
}

/** Pixels and labels of a frozen item. @throws FoundryError `blob.missing`, `blob.corrupt` naming what is damaged. */
export async function readTrainingItem(store: Store, item: DatasetItem): Promise<TrainingItem> {
  const { imageId, name, group, mpp } = item;
  const image = await readStoredArray(store, item.arrayDigest);
  return { imageId, name, group, mpp, image, labels: await renderRevision(store, item.layerRevisionId) };
}

/**
 * Items of one role in the frozen order, read one at a time so that a dataset need not fit into memory.
 *
 * @throws FoundryError `blob.missing`, `blob.corrupt` naming what is damaged.
 */
export async function* datasetItemsForTraining(
  store: Store,
  versionId: string,
  role: SplitRole,
): AsyncGenerator<TrainingItem> {
  for await (const item of readDatasetItems(store, versionId, { role })) yield readTrainingItem(store, item);
}

/** Images that differ from the parent version, at most `limit`, by kind and name. */
export async function datasetImageChanges(
  store: Store,
  versionId: string,
  limit = 1000,
): Promise<DatasetImageChange[]> {
  return store.sql.query<DatasetImageChange>(text.selectImageChanges, [versionId, limit]);
}

/** Keys of the groups of each role. */
export async function datasetGroups(
  store: Store,
  versionId: string,
  limit = 1000,
): Promise<Readonly<Record<SplitRole, string[]>>> {
  const rows = await store.sql.query<{ role: SplitRole; key: string }>(text.selectGroupsOfVersion, [
    versionId,
    limit,
  ]);
  const of = (role: SplitRole): string[] => rows.filter((row) => row.role === role).map(({ key }) => key);
  return { train: of("train"), validation: of("validation"), test: of("test") };
}
