/**
 * Checks of whole images: labels, pixels, and the image beside the others of its project.
 *
 * Pixels never change, so their findings are made once per version of the rules.
 */

import { axisLength, channelPlane, type ImageArray } from "#core/array/index.ts";
import {
  type CheckedChannel,
  type CheckedObject,
  type CheckFinding,
  checkAgainstModel,
  checkImage,
  checkRulesVersion,
  checkSiblings,
  type PredictedObject,
  type SiblingImage,
} from "#core/checks/index.ts";
import { FoundryError } from "#core/errors.ts";
import { drawLabelsAtStep, objectShapesFromLabels } from "#core/labels/index.ts";
import { isoTime } from "#platform/index.ts";
import {
  checkLabels,
  type DigestedObject,
  lockLayersToCheck,
  placeFindings,
  presentObjects,
} from "./check-layers.ts";
import { openSmallLevel } from "./image-levels.ts";
import { getImage, readImageArray } from "./images.ts";
import { makeMissingPrints } from "./plane-prints.ts";
import * as text from "./sql/findings.ts";
import { inTransaction, type Store } from "./store.ts";
import { isLargeImage } from "./stored-image.ts";
import type { Compartment, ImageDetail } from "./types.ts";
import { type PlacedFinding, projectRules, replaceFindings, upsertFindings } from "./write-findings.ts";

export interface ImageChecked {
  readonly imageId: string;
  readonly name: string;
  readonly objects: number;
}

/**
 * Checks labels and pixels of an image and keeps the findings.
 *
 * @throws FoundryError `image.notFound`; `blob.missing`, `blob.corrupt`.
 * Cost: about 0.1 ms per object, and 10 ns per pixel the first time.
 */
export async function checkImageById(store: Store, imageId: string): Promise<ImageChecked> {
  const image = await getImage(store, imageId);
  const { projectId, name } = image;
  const pixels = (await pixelsChecked(store, imageId)) ? null : await pixelsToCheck(store, image);
  return inTransaction(store, async (tx) => {
    const objects = await checkLabels(tx, { projectId, imageId });
    if (pixels !== null) await checkPixels(tx, image, pixels);
    return { imageId, name, objects };
  });
}

async function pixelsChecked(store: Store, imageId: string): Promise<boolean> {
  const [row] = await store.sql.query<{ rules: number }>(text.selectImageCheck, [imageId]);
  return row?.rules === checkRulesVersion;
}

/** Pixels of a plane of the level on which a large image is checked. */
const levelPixelsMax = 2 ** 24;

/** The first frame and plane, axes cyx, at the size at which it is checked. */
interface PixelsToCheck {
  readonly plane: ImageArray;
  /** Pixel (y, x) stands for pixel (y * step, x * step) of the image. */
  readonly step: number;
}

async function pixelsToCheck(store: Store, image: ImageDetail): Promise<PixelsToCheck> {
  if (!isLargeImage(store, image)) return { plane: await readImageArray(store, image.id), step: 1 };
  const level = await openSmallLevel(store, image.arrayDigest, levelPixelsMax);
  return { plane: await level.read({ t: 0, z: 0 }), step: level.step };
}

async function checkPixels(
  tx: Store,
  image: ImageDetail,
  { plane: pixels, step }: PixelsToCheck,
): Promise<void> {
  const channels = image.channels.map(({ index, name, role }): CheckedChannel => {
    const plane = channelPlane(pixels, { t: 0, z: 0, c: index });
    return { name, role, plane };
  });
  const nuclear = (await lockLayersToCheck(tx, image.id)).find(
    ({ compartment, status }) => compartment === "nuclear" && status === "accepted",
  );
  const nuclei = nuclear === undefined ? [] : await presentObjects(tx, nuclear.id);
  const here = nuclei.filter(({ shape }) => shape.t === 0 && shape.z === 0);
  const findings = checkImage(channels, step === 1 ? here : atStep(here, pixels, step));
  const placed = placeFindings(image.id, () => null, findings, new Map());
  const set = { projectId: image.projectId, imageId: image.id, layerId: null, uids: null };
  await replaceFindings(tx, { ...set, scopes: ["pixels"] }, placed);
  await tx.sql.query(text.upsertImageCheck, [image.id, checkRulesVersion, isoTime(tx.clock)]);
}

/** All nuclei as one object of the smaller plane: the check asks only what lies inside. */
function atStep(nuclei: readonly CheckedObject[], plane: ImageArray, step: number): CheckedObject[] {
  const labelled = nuclei.map(({ shape }) => ({ label: 1, shape }));
  const box = [0, 0, axisLength(plane, "y"), axisLength(plane, "x")] as const;
  return [...objectShapesFromLabels(drawLabelsAtStep(labelled, box, step)).values()].map((shape) => ({
    uid: "nuclei",
    shape,
  }));
}

/**
 * Compares the images of a project with each other: no cells at all, unusual numbers of cells, the same pixels twice.
 *
 * Cost: a few seconds for a hundred thousand images; pixels not looked at before are read.
 */
export async function checkProject(store: Store, projectId: string): Promise<void> {
  const [project] = await store.sql.query<{ id: string }>("SELECT id FROM project WHERE id = $1", [
    projectId,
  ]);
  if (project === undefined) {
    throw new FoundryError("project.notFound", { message: "There is no such project." });
  }
  await makeMissingPrints(store, text.imagesOf(project.id));
  await inTransaction(store, async (tx) => {
    const rows = await tx.sql.query<SiblingImage & { readonly layerId: string }>(text.selectSiblings, [
      projectId,
    ]);
    const layers = new Map(rows.map(({ id, layerId }) => [id, layerId]));
    const found = [...checkSiblings(rows)].flatMap(([imageId, findings]) =>
      placeFindings(imageId, () => layers.get(imageId) ?? null, findings, new Map()),
    );
    const findings = [...found, ...(await twinFindings(tx, projectId))];
    const keys: string[] = [];
    for (const [, own] of Map.groupBy(findings, ({ imageId }) => imageId))
      keys.push(...(await upsertFindings(tx, projectId, own)));
    const ids = [...Map.groupBy(findings, ({ imageId }) => imageId)].flatMap(([id, own]) =>
      own.map(() => id),
    );
    await tx.sql.query(text.endFindingsOfRules, [projectId, projectRules, ids, keys, isoTime(tx.clock)]);
  });
}

async function twinFindings(tx: Store, projectId: string): Promise<PlacedFinding[]> {
  const twins = await tx.sql.query<{ id: string; twin: string; planes: number }>(text.selectTwins, [
    projectId,
  ]);
  return [...Map.groupBy(twins, ({ id }) => id)].map(([imageId, [first]]) => ({
    rule: "imageTwice",
    uids: [],
    value: first?.planes ?? 1,
    detail: `the same as "${first?.twin ?? ""}"`,
    imageId,
    layerId: null,
    shapes: [],
  }));
}

/**
 * Holds the labels of the first plane against what a model sees, as a queue for review; earlier opinions are replaced.
 *
 * @param predicted  objects with any ids. @returns how many findings.
 * @throws FoundryError `image.notFound`. Does nothing when the image has no labels of the compartment.
 */
export async function checkAgainstPrediction(
  store: Store,
  imageId: string,
  compartment: Compartment,
  predicted: readonly PredictedObject[],
): Promise<number> {
  const { projectId } = await getImage(store, imageId);
  return inTransaction(store, async (tx) => {
    const layer = (await lockLayersToCheck(tx, imageId)).find((one) => one.compartment === compartment);
    if (layer === undefined || layer.objectCount === 0) return 0;
    const objects = await presentObjects(tx, layer.id);
    const here = objects.filter(({ shape }) => shape.t === 0 && shape.z === 0);
    const findings: CheckFinding[] = checkAgainstModel(here, predicted);
    const known = new Map<string, DigestedObject>(here.map((object) => [object.uid, object]));
    const placed = placeFindings(imageId, () => layer.id, findings, known);
    const set = { projectId, imageId, layerId: layer.id, uids: null };
    await replaceFindings(tx, { ...set, scopes: ["model"] }, placed);
    return placed.length;
  });
}
