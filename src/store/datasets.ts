/**
 * Datasets: a query over accepted labels, frozen into immutable versions with one digest.
 *
 * A group's role is decided once for the whole project and inherited by every later version, so a model never meets a
 * test image in training, whatever is frozen later.
 */

import type { ImageArray, LabelImage } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { parseQuery } from "#core/select/index.ts";
import { isoTime } from "#platform/index.ts";
import { decodeArray } from "./array-bytes.ts";
import {
  assignRoles,
  type Candidate,
  type ContentItem,
  contentDigest,
  countSplit,
  type EarlierRole,
  findLeaks,
  joinLicences,
  mppOf,
  nextVersion,
  splitDigest,
  toItems,
} from "./dataset-content.ts";
import { appendEvent } from "./events.ts";
import { imageIdsForQuery } from "./image-list.ts";
import { compareTrees } from "./merkle.ts";
import { getProject } from "./projects.ts";
import { renderRevision } from "./revisions.ts";
import * as text from "./sql/datasets.ts";
import { inTransaction, type Store } from "./store.ts";
import type {
  Agent,
  Dataset,
  DatasetChanges,
  DatasetPreview,
  DatasetVersion,
  DatasetVersionDetail,
  Mpp,
  SplitRole,
} from "./types.ts";

export interface FreezeRequest {
  readonly projectId: string;
  readonly name: string;
  readonly query: string;
  readonly message?: string | undefined;
  /** Decides the roles of groups that have none yet; default 0. */
  readonly seed?: number | undefined;
}

export interface TrainingItem {
  readonly imageId: string;
  readonly name: string;
  readonly group: string;
  readonly image: ImageArray;
  readonly labels: LabelImage;
  readonly mpp: Mpp | null;
}

/** A message that lists more leaks than this helps nobody. */
const leaksShownMax = 20;

interface Content {
  readonly items: ContentItem[];
  readonly roles: ReadonlyMap<string, SplitRole>;
  readonly licence: string;
  readonly leaks: string[];
  readonly excluded: { readonly reason: string; readonly count: number }[];
}

interface Version extends DatasetVersion {
  readonly number: number;
  readonly seed: number;
}

async function readContent(store: Store, projectId: string, query: string, seed: number): Promise<Content> {
  const ids = await imageIdsForQuery(store, projectId, parseQuery(query));
  const rows = await store.sql.query<Omit<Candidate, "layerRevisionId"> & { layerRevisionId: string | null }>(
    text.selectCandidates,
    [ids],
  );
  const candidates = rows.filter((row): row is Candidate => row.layerRevisionId !== null);
  const fixed = await store.sql.query<{ key: string; role: SplitRole }>(text.selectGroupRoles, [projectId]);
  const roles = assignRoles(candidates, new Map(fixed.map(({ key, role }) => [key, role])), seed);
  const items = toItems(candidates, roles);
  const digests = items.map(({ arrayDigest }) => arrayDigest);
  const earlier = await store.sql.query<EarlierRole>(text.selectEarlierRoles, [projectId, digests]);
  const left = rows.length - candidates.length;
  return {
    items,
    roles,
    licence: joinLicences(candidates.map(({ licence }) => licence)),
    leaks: findLeaks(items, earlier),
    excluded: left === 0 ? [] : [{ reason: "labels not accepted", count: left }],
  };
}

/** What a freeze would contain now. @throws FoundryError `query.syntax`, `request.notFound`. Writes nothing. */
export async function previewDataset(
  store: Store,
  projectId: string,
  request: { readonly name?: string | undefined; readonly query: string; readonly seed?: number | undefined },
): Promise<DatasetPreview> {
  await getProject(store, projectId);
  const content = await readContent(store, projectId, request.query, request.seed ?? 0);
  const parent = request.name === undefined ? null : await newestVersion(store, projectId, request.name);
  const same = parent !== null && parent.digest === contentDigest(request.query, content.items);
  return {
    images: content.items.length,
    cells: content.items.reduce((sum, { cellCount }) => sum + cellCount, 0),
    split: countSplit(content.items),
    excluded: content.excluded,
    licence: content.licence,
    leaks: content.leaks,
    nextVersion: same ? parent.version : nextVersion(parent, content.items),
  };
}

/**
 * Freezes what the query selects now. The same content as the newest version gives that version back.
 *
 * @throws FoundryError `query.syntax`; `dataset.empty` when no selected image has accepted labels; `dataset.leak` with
 *         the findings in `details.leaks`.
 */
export async function freezeDataset(
  store: Store,
  actor: Agent,
  request: FreezeRequest,
): Promise<DatasetVersionDetail> {
  const { projectId, name, query } = request;
  await getProject(store, projectId);
  return inTransaction(store, async (tx) => {
    await tx.sql.query(text.lockProject, [projectId]);
    const content = await readContent(tx, projectId, query, request.seed ?? 0);
    assertFreezable(content);
    const parent = await newestVersion(tx, projectId, name);
    if (parent !== null && parent.digest === contentDigest(query, content.items))
      return getDatasetVersion(tx, parent.id);
    await tx.sql.query(text.insertDataset, [tx.ids.next(), projectId, name, isoTime(tx.clock)]);
    const [dataset] = await tx.sql.query<{ id: string }>(text.selectDataset, [projectId, name]);
    await tx.sql.query(text.insertGroupRoles, [
      projectId,
      actor.id,
      isoTime(tx.clock),
      [...content.roles.keys()],
      [...content.roles.values()],
    ]);
    const id = await insertVersion(tx, actor, (dataset as { id: string }).id, parent, content, request);
    return getDatasetVersion(tx, id);
  });
}

function assertFreezable({ items, leaks, excluded }: Content): void {
  if (items.length === 0) {
    throw new FoundryError("dataset.empty", {
      message: "No image that this query selects has accepted labels, so there is nothing to freeze.",
      hint: "Accept the labels of some images, or widen the query.",
      details: { excluded },
    });
  }
  if (leaks.length > 0) {
    throw new FoundryError("dataset.leak", {
      message: `Test images would leak into training: ${leaks[0]}${leaks.length > 1 ? ` (and ${leaks.length - 1} more)` : ""}.`,
      hint: "Give the image its former group back, or leave it out with the query.",
      details: { leaks: leaks.slice(0, leaksShownMax), count: leaks.length },
    });
  }
}

interface Parent extends Version {
  readonly items: ContentItem[];
}

async function newestVersion(store: Store, projectId: string, name: string): Promise<Parent | null> {
  const [version] = await store.sql.query<Version>(text.selectVersionsByName, [name, null, projectId]);
  return version === undefined ? null : { ...version, items: await readItems(store, version.id) };
}

async function insertVersion(
  tx: Store,
  actor: Agent,
  datasetId: string,
  parent: Parent | null,
  { items, licence }: Content,
  { query, message = "", seed = 0 }: FreezeRequest,
): Promise<string> {
  const id = tx.ids.next();
  const digest = contentDigest(query, items);
  const changes = parent === null ? null : await compareItems(tx, parent.items, items);
  await tx.sql.query(text.insertVersion, [
    id,
    datasetId,
    (parent?.number ?? 0) + 1,
    nextVersion(parent, items),
    parent?.id ?? null,
    digest,
    splitDigest(items),
    query,
    seed,
    message,
    licence,
    JSON.stringify(countSplit(items)),
    changes === null ? null : JSON.stringify(changes),
    actor.id,
    isoTime(tx.clock),
  ]);
  const column = <T>(read: (item: ContentItem) => T): T[] => items.map(read);
  await tx.sql.query(text.insertItems, [
    id,
    items.map((_, position) => position),
    column(({ imageId }) => imageId),
    column(({ name }) => name),
    column(({ arrayDigest }) => arrayDigest),
    column(({ layerRevisionId }) => layerRevisionId),
    column(({ layerRoot }) => layerRoot),
    column(({ group }) => group),
    column(({ role }) => role),
    column(({ cellCount }) => cellCount),
    column(({ mppY }) => mppY),
    column(({ mppX }) => mppX),
  ]);
  await appendEvent(tx, actor, {
    verb: "dataset.frozen",
    entity: "datasetVersion",
    entityId: id,
    details: { before: parent?.digest ?? null, after: digest },
  });
  return id;
}

async function compareItems(
  store: Store,
  before: readonly ContentItem[],
  after: readonly ContentItem[],
): Promise<DatasetChanges> {
  const [old, now] = [before, after].map(
    (items) => new Map(items.map((item) => [item.arrayDigest, item])),
  ) as [Map<string, ContentItem>, Map<string, ContentItem>];
  const added = after.filter(({ arrayDigest }) => !old.has(arrayDigest));
  const removed = before.filter(({ arrayDigest }) => !now.has(arrayDigest));
  const cells = (items: readonly ContentItem[]): number =>
    items.reduce((sum, { cellCount }) => sum + cellCount, 0);
  let [imagesRelabelled, cellsAdded, cellsRemoved, cellsReshaped] = [0, cells(added), cells(removed), 0];
  for (const item of after) {
    const was = old.get(item.arrayDigest);
    if (was === undefined || was.layerRoot.equals(item.layerRoot)) continue;
    const difference = await compareTrees(store, was.layerRoot, item.layerRoot);
    imagesRelabelled++;
    cellsAdded += difference.added;
    cellsRemoved += difference.removed;
    cellsReshaped += difference.reshaped;
  }
  return {
    imagesAdded: added.length,
    imagesRemoved: removed.length,
    imagesRelabelled,
    cellsAdded,
    cellsRemoved,
    cellsReshaped,
  };
}

async function readItems(store: Store, versionId: string): Promise<ContentItem[]> {
  return store.sql.query<ContentItem>(text.selectItems, [versionId]);
}

function toVersion({ number: _number, seed: _seed, ...version }: Version): DatasetVersion {
  return version;
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
  const version =
    (await store.sql.query<Version>(text.selectVersion, [reference]))[0] ??
    (await findByName(store, reference, projectId));
  const items = (await readItems(store, version.id)).map(
    ({ layerRoot, mppY: _mppY, mppX: _mppX, ...item }) => ({
      ...item,
      layerRoot: layerRoot.toString("hex"),
    }),
  );
  return { ...toVersion(version), items };
}

async function findByName(store: Store, reference: string, projectId: string | undefined): Promise<Version> {
  const [name, version] = reference.split("@");
  const found = await store.sql.query<Version>(text.selectVersionsByName, [
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

/** By name; versions newest first. */
export async function listDatasets(store: Store, projectId: string): Promise<Dataset[]> {
  const datasets = await store.sql.query<{ id: string; name: string }>(text.selectDatasets, [projectId]);
  const versions = await store.sql.query<Version>(text.selectVersionsOfProject, [projectId]);
  const byDataset = Map.groupBy(versions.map(toVersion), ({ datasetId }) => datasetId);
  return datasets.map(({ id, name }) => ({ id, name, versions: byDataset.get(id) ?? [] }));
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
  for (const item of await store.sql.query<ContentItem>(text.selectItemsOfRole, [versionId, role])) {
    yield {
      imageId: item.imageId,
      name: item.name,
      group: item.group,
      image: decodeArray(await store.blobs.get(item.arrayDigest)),
      labels: await renderRevision(store, item.layerRevisionId),
      mpp: mppOf(item),
    };
  }
}
