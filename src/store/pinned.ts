/**
 * Pinned images: a small set that a project keeps, on which two model versions are laid side by side before a release.
 *
 * Scores say how much; these pictures say what: which cells would be added, lost, split and merged if the new version took
 * over. Pinned images need no labels. What a version sees in some pixels is kept under their digest.
 */

import { FoundryError } from "#core/errors.ts";
import { countVerbs, diffObjects, type VerbCounts, type VersionDiff } from "#core/versions/index.ts";
import { isoTime } from "#platform/index.ts";
import { insertBlobRow, type KeptBlob } from "./blob-rows.ts";
import type { PinnedImage } from "./evaluation-types.ts";
import { readOutcomes } from "./evaluations.ts";
import { appendEvent } from "./events.ts";
import { getModelVersion } from "./models.ts";
import { selectReleasedOfModel } from "./sql/models.ts";
import * as text from "./sql/pinned.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent, Compartment, ModelVersion } from "./types.ts";

/** More pictures than this nobody looks through before a release. */
export const pinnedImagesMax = 50;

type PinnedRow = Omit<PinnedImage, "mpp"> & { readonly mppY: number | null; readonly mppX: number | null };

/** By name. */
export async function listPinnedImages(store: Store, projectId: string): Promise<PinnedImage[]> {
  const rows = await store.sql.query<PinnedRow>(text.selectPinned, [projectId]);
  return rows.map(({ mppY, mppX, ...image }) => ({
    ...image,
    mpp: mppY === null || mppX === null ? null : { y: mppY, x: mppX },
  }));
}

/**
 * Adds images of the project to its pinned set; those that are in it, or not of the project, are left.
 *
 * @throws FoundryError `limit.objects` beyond `pinnedImagesMax`.
 */
export async function pinImages(
  store: Store,
  actor: Agent,
  projectId: string,
  imageIds: readonly string[],
): Promise<PinnedImage[]> {
  return inTransaction(store, async (tx) => {
    const added = await tx.sql.query<{ image_id: string }>(text.insertPinned, [
      projectId,
      imageIds,
      actor.id,
      isoTime(tx.clock),
    ]);
    const [row] = await tx.sql.query<{ count: number }>(text.countPinned, [projectId]);
    if ((row?.count ?? 0) > pinnedImagesMax) {
      throw new FoundryError("limit.objects", {
        message: `A project pins at most ${pinnedImagesMax} images, so that someone looks at all of them.`,
        hint: "Unpin images that show the same as others.",
      });
    }
    await keepEvent(tx, actor, "images.pinned", projectId, added);
    return listPinnedImages(tx, projectId);
  });
}

/** Takes images out of the pinned set. */
export async function unpinImages(
  store: Store,
  actor: Agent,
  projectId: string,
  imageIds: readonly string[],
): Promise<PinnedImage[]> {
  return inTransaction(store, async (tx) => {
    const removed = await tx.sql.query<{ image_id: string }>(text.deletePinned, [projectId, imageIds]);
    await keepEvent(tx, actor, "images.unpinned", projectId, removed);
    return listPinnedImages(tx, projectId);
  });
}

async function keepEvent(
  tx: Store,
  actor: Agent,
  verb: "images.pinned" | "images.unpinned",
  projectId: string,
  rows: readonly { readonly image_id: string }[],
): Promise<void> {
  if (rows.length === 0) return;
  const imageIds = rows.map(({ image_id }) => image_id);
  await appendEvent(tx, actor, { verb, entity: "project", entityId: projectId, details: { imageIds } });
}

/** Digests of pinned pixels that a version has not seen yet. */
export async function missingPinnedResults(
  store: Store,
  projectId: string,
  modelVersionId: string,
): Promise<string[]> {
  const rows = await store.sql.query<{ arrayDigest: string }>(text.selectMissing, [
    projectId,
    modelVersionId,
  ]);
  return rows.map(({ arrayDigest }) => arrayDigest);
}

export interface NewPinnedResult {
  readonly modelVersionId: string;
  readonly arrayDigest: string;
  readonly compartment: Compartment;
  readonly objectCount: number;
  readonly outcomes: KeptBlob;
}

export async function keepPinnedResult(store: Store, result: NewPinnedResult): Promise<void> {
  await inTransaction(store, async (tx) => {
    await insertBlobRow(tx, result.outcomes);
    await tx.sql.query(text.insertResult, [
      result.modelVersionId,
      result.arrayDigest,
      result.compartment,
      result.objectCount,
      result.outcomes.digest,
      isoTime(tx.clock),
    ]);
  });
}

/** The released version of a line, or null. */
export async function releasedOfModel(store: Store, modelId: string): Promise<ModelVersion | null> {
  const [row] = await store.sql.query<{ id: string }>(selectReleasedOfModel, [modelId]);
  return row === undefined ? null : getModelVersion(store, row.id);
}

interface ResultRow {
  readonly arrayDigest: string;
  readonly compartment: Compartment;
  readonly objectCount: number;
  readonly outcomeDigest: string;
}

/** What happened to the cells of one pinned image and compartment between two versions. */
export interface PinnedDifference {
  readonly image: PinnedImage;
  readonly compartment: Compartment;
  readonly before: number;
  readonly after: number;
  readonly identical: number;
  readonly counts: VerbCounts;
}

export interface PinnedComparison {
  /** One entry per pinned image that both versions have seen, and compartment that both outline. */
  readonly differences: readonly PinnedDifference[];
  /** Pinned images that one of them has not seen. */
  readonly missing: readonly PinnedImage[];
}

/**
 * Difference of two versions on the pinned images of a project.
 *
 * @throws FoundryError `blob.missing`, `blob.corrupt`. Cost: one comparison of all cells per image, some 10 ms each.
 */
export async function comparePinnedImages(
  store: Store,
  projectId: string,
  beforeId: string,
  afterId: string,
): Promise<PinnedComparison> {
  const images = await listPinnedImages(store, projectId);
  const digests = images.map(({ arrayDigest }) => arrayDigest);
  const [before, after] = [
    await resultsOf(store, beforeId, digests),
    await resultsOf(store, afterId, digests),
  ];
  const differences: PinnedDifference[] = [];
  const missing: PinnedImage[] = [];
  for (const image of images) {
    const [old, now] = [before.get(image.arrayDigest), after.get(image.arrayDigest)];
    if (old === undefined || now === undefined) {
      missing.push(image);
      continue;
    }
    for (const result of now) {
      const other = old.find(({ compartment }) => compartment === result.compartment);
      if (other === undefined) continue;
      const { changes, identical } = await diffResults(store, other, result);
      differences.push({
        image,
        compartment: result.compartment,
        before: other.objectCount,
        after: result.objectCount,
        identical,
        counts: countVerbs(changes),
      });
    }
  }
  return { differences, missing };
}

/**
 * The cells that changed in one pinned image.
 *
 * @throws FoundryError `request.notFound` when one of the versions has not seen it.
 */
export async function comparePinnedImage(
  store: Store,
  image: PinnedImage,
  compartment: Compartment,
  beforeId: string,
  afterId: string,
): Promise<VersionDiff> {
  const find = async (versionId: string): Promise<ResultRow> => {
    const results = (await resultsOf(store, versionId, [image.arrayDigest])).get(image.arrayDigest);
    const result = results?.find((one) => one.compartment === compartment);
    if (result !== undefined) return result;
    throw new FoundryError("request.notFound", {
      message: `A model version has not predicted ${image.name} yet.`,
      hint: "Start the comparison on the pinned images.",
    });
  };
  return diffResults(store, await find(beforeId), await find(afterId));
}

async function resultsOf(
  store: Store,
  modelVersionId: string,
  digests: readonly string[],
): Promise<Map<string, ResultRow[]>> {
  const rows = await store.sql.query<ResultRow>(text.selectResults, [modelVersionId, digests]);
  return Map.groupBy(rows, ({ arrayDigest }) => arrayDigest);
}

async function diffResults(store: Store, before: ResultRow, after: ResultRow): Promise<VersionDiff> {
  const objectsOf = async ({ outcomeDigest }: ResultRow) =>
    (await readOutcomes(store, outcomeDigest)).map(({ label, shape }) => ({ id: String(label), shape }));
  return diffObjects(await objectsOf(before), await objectsOf(after), { identity: "place" });
}
