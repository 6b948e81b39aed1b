/**
 * Checks the labels of an image and keeps what was found.
 *
 * The whole image is looked at by a check; after a commit only what changed and what lies beside it, with the usual
 * size of the last whole look. Both end in the same findings (`check-layers.integration.test.ts` holds them against
 * each other), so the page is right a few milliseconds after an edit is committed.
 */

import {
  type CheckedObject,
  type CheckFinding,
  checkCompartments,
  checkObjects,
  checkRulesVersion,
  checkTracks,
  usualArea,
} from "#core/checks/index.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import { checkLineage, presenceOf, tracksFromLinks } from "#core/lineage/index.ts";
import { isoTime } from "#platform/index.ts";
import { layerLinks } from "./links.ts";
import { decodeShape } from "./shape-rows.ts";
import * as text from "./sql/findings.ts";
import * as layerText from "./sql/layers.ts";
import type { Store } from "./store.ts";
import type { Compartment, ImageStatus } from "./types.ts";
import { type PlacedFinding, replaceFindings } from "./write-findings.ts";

export interface LayerToCheck {
  readonly id: string;
  readonly projectId: string;
  readonly compartment: Compartment;
  readonly seq: number;
  readonly headSeq: number;
  readonly headRevisionId: string | null;
  readonly status: ImageStatus;
  readonly overlapAllowed: boolean;
  readonly objectCount: number;
  readonly height: number;
  readonly width: number;
  readonly checkedSeq: number | null;
  readonly rules: number | null;
  readonly usualPx: number | null;
  readonly tallestPx: number | null;
  readonly checkedCount: number | null;
  /** Whether objects are linked to tracks. */
  readonly tracked: boolean;
}

interface StoredShapeRow {
  readonly uid: string;
  readonly label: number;
  readonly digest: Buffer;
  readonly bytes: Buffer;
}

/** A living object with the digest of its shape. */
export interface DigestedObject extends CheckedObject {
  readonly label: number;
  readonly digest: Buffer;
}

export function digested(rows: readonly StoredShapeRow[]): DigestedObject[] {
  return rows.map(({ uid, label, digest, bytes }) => ({
    uid,
    label,
    digest,
    shape: decodeShape(digest, bytes),
  }));
}

/** Main layers of an image, held until the transaction ends. */
export function lockLayersToCheck(tx: Store, imageId: string): Promise<LayerToCheck[]> {
  return tx.sql.query<LayerToCheck>(text.selectLayersToCheck, [imageId]);
}

export async function presentObjects(tx: Store, layerId: string): Promise<DigestedObject[]> {
  return digested(await tx.sql.query<StoredShapeRow>(layerText.selectObjects, [layerId]));
}

/** Findings with the shapes they are about. Uids of no living object (there are none by rule) get no shape. */
export function placeFindings(
  imageId: string,
  layerOf: (finding: CheckFinding) => string | null,
  findings: readonly CheckFinding[],
  objects: ReadonlyMap<string, DigestedObject>,
): PlacedFinding[] {
  return findings.map((finding) => ({
    ...finding,
    imageId,
    layerId: layerOf(finding),
    shapes: finding.uids.flatMap((uid) => {
      const object = objects.get(uid);
      if (object === undefined) return [];
      const { t, z, bbox } = object.shape;
      return [{ digest: object.digest, t, z, bbox }];
    }),
  }));
}

const byUid = (objects: readonly DigestedObject[]): Map<string, DigestedObject> =>
  new Map(objects.map((object) => [object.uid, object]));

/** Checks all main layers of an image whole; within a transaction. @returns how many objects were looked at. */
export async function checkLabels(
  tx: Store,
  image: { readonly projectId: string; readonly imageId: string },
): Promise<number> {
  const layers = await lockLayersToCheck(tx, image.imageId);
  const held: HeldLayer[] = [];
  for (const layer of layers) {
    const objects = await presentObjects(tx, layer.id);
    held.push({ layer, objects });
    await checkWhole(tx, image, layer, objects);
  }
  await compareCompartments(tx, image, held);
  return held.reduce((sum, { objects }) => sum + objects.length, 0);
}

async function checkWhole(
  tx: Store,
  { projectId, imageId }: { readonly projectId: string; readonly imageId: string },
  layer: LayerToCheck,
  objects: readonly DigestedObject[],
): Promise<void> {
  const usualPx = usualArea(objects);
  const findings = checkObjects(objects, { ...sizeAndRule(layer), usualPx });
  const tracks = await trackFindings(tx, layer.id, objects);
  const placed = placeFindings(imageId, () => layer.id, [...findings, ...tracks], byUid(objects));
  const set = { projectId, imageId, layerId: layer.id, uids: null };
  await replaceFindings(tx, { ...set, scopes: ["object", "track"] }, placed);
  await noteChecked(tx, layer, { usualPx, tallestPx: tallest(objects), objectCount: objects.length });
}

const sizeAndRule = ({ height, width, overlapAllowed }: LayerToCheck) => ({ height, width, overlapAllowed });

const tallest = (objects: readonly CheckedObject[]): number =>
  objects.reduce((most, { shape: { bbox } }) => Math.max(most, bbox[2] - bbox[0]), 0);

interface Checked {
  readonly usualPx: number;
  readonly tallestPx: number;
  /** When all objects were looked at. */
  readonly objectCount: number;
}

async function noteChecked(tx: Store, layer: LayerToCheck, checked: Checked): Promise<void> {
  const { usualPx, tallestPx, objectCount } = checked;
  const { id, seq, headSeq, headRevisionId } = layer;
  await tx.sql.query(text.upsertLayerCheck, [
    id,
    seq,
    seq === headSeq ? headRevisionId : null,
    checkRulesVersion,
    usualPx,
    tallestPx,
    objectCount,
    isoTime(tx.clock),
  ]);
}

/** The laws of lineages, for layers with links; others are no tracks. */
async function trackFindings(
  tx: Store,
  layerId: string,
  objects: readonly DigestedObject[],
): Promise<CheckFinding[]> {
  const links = await layerLinks(tx, layerId);
  if (links.length === 0) return [];
  const positions = new Map(objects.map(({ uid }, i) => [uid, i]));
  const { tracks, labels } = tracksFromLinks(
    objects.map(({ shape }) => ({ t: shape.t })),
    links.flatMap(({ from, to, kind }) => {
      const [a, b] = [positions.get(from), positions.get(to)];
      return a === undefined || b === undefined ? [] : [{ from: a, to: b, kind }];
    }),
    { labels: objects.map(({ label }) => label) },
  );
  const members = new Map<number, DigestedObject[]>(tracks.map(({ label }) => [label, []]));
  objects.forEach((object, i) => {
    members.get(labels[i] as number)?.push(object);
  });
  const presence = presenceOf(objects.map(({ shape }, i) => ({ t: shape.t, label: labels[i] as number })));
  const checked = tracks.map(({ label }) => ({
    label,
    objects: (members.get(label) ?? []).toSorted((a, b) => a.shape.t - b.shape.t),
  }));
  return checkTracks(checked, checkLineage(tracks, presence));
}

interface HeldLayer {
  readonly layer: LayerToCheck;
  readonly objects: readonly DigestedObject[];
}

/** Nuclei against whole cells, when the image has both. */
async function compareCompartments(
  tx: Store,
  { projectId, imageId }: { readonly projectId: string; readonly imageId: string },
  held: readonly HeldLayer[],
): Promise<void> {
  const nuclei = held.find(({ layer }) => layer.compartment === "nuclear");
  const cells = held.find(({ layer }) => layer.compartment === "wholeCell");
  if (nuclei === undefined || cells === undefined) return;
  const both = nuclei.objects.length > 0 && cells.objects.length > 0;
  const findings = both ? checkCompartments(nuclei.objects, cells.objects) : [];
  const layerOf = ({ rule }: CheckFinding): string =>
    rule.startsWith("nucleus") ? nuclei.layer.id : cells.layer.id;
  const objects = byUid([...nuclei.objects, ...cells.objects]);
  const placed = placeFindings(imageId, layerOf, findings, objects);
  await replaceFindings(
    tx,
    { projectId, imageId, scopes: ["compartments"], layerId: null, uids: null },
    placed,
  );
}

/** An object that changed since the last commit: its places before and now. */
export interface ChangedObject {
  readonly uid: string;
  readonly before: Place | null;
  readonly now: Place | null;
}

/** Where an object lies or lay. */
export type Place = Pick<ObjectShape, "t" | "z" | "bbox">;

/** More changes than this are as quick looked at with the whole layer. */
const changesAloneMax = 200;

/** A whole look at this many objects takes about a tenth of a second, which a commit may take. */
const wholeAtCommitMax = 1_000;

/** The usual size is settled anew when this share of the objects came or went. */
const driftMax = 0.2;

/**
 * Brings the findings up to a commit; within its transaction.
 *
 * A layer nobody looked at, or that changed in many places, is looked at whole when it is small; else its findings
 * stay behind, which `layer_check` tells, and the next check or freeze makes up for it.
 *
 * @param from  place in the log the changes begin at. @param changes  every object that differs since.
 */
export async function checkAfterCommit(
  tx: Store,
  imageId: string,
  layerId: string,
  { from, changes }: { readonly from: number; readonly changes: readonly ChangedObject[] },
): Promise<void> {
  const layers = await lockLayersToCheck(tx, imageId);
  const layer = layers.find(({ id }) => id === layerId);
  // Branches are looked at when they are merged.
  if (layer === undefined) return;
  if (layer.checkedSeq === layer.seq && layer.rules === checkRulesVersion) {
    // Looked at before the commit: only the revision is new.
    await noteChecked(tx, layer, {
      usualPx: layer.usualPx as number,
      tallestPx: layer.tallestPx as number,
      objectCount: layer.checkedCount as number,
    });
    return;
  }
  const image = { imageId, projectId: layer.projectId };
  const small = layers.reduce((sum, { objectCount }) => sum + objectCount, 0) <= wholeAtCommitMax;
  const known = layer.rules === checkRulesVersion && layer.checkedSeq === from;
  const drift = Math.abs(layer.objectCount - (layer.checkedCount ?? 0));
  const alone =
    known && changes.length <= changesAloneMax && drift <= driftMax * Math.max(1, layer.checkedCount ?? 0);
  // Nuclei against cells, and tracks, are looked at in small images only; large ones wait for the next whole check.
  const lonely = layers.length === 1 && !layer.tracked;
  if (small && !(alone && lonely)) await checkLabels(tx, image);
  else if (alone) await checkChanged(tx, image, layer, changes);
}

/** Objects that changed and all whose boxes they meet or met: nothing else can be found anew or be gone. */
async function checkChanged(
  tx: Store,
  { imageId, projectId }: { readonly projectId: string; readonly imageId: string },
  layer: LayerToCheck,
  changes: readonly ChangedObject[],
): Promise<void> {
  const changed = changes.map(({ uid }) => uid);
  const places = changes.flatMap(({ before, now }) => [before, now]).filter((place) => place !== null);
  const beside = await around(tx, layer.id, changed, places);
  const recheck = new Set([...changed, ...beside.map(({ uid }) => uid)]);
  const neighbours = await around(
    tx,
    layer.id,
    [...recheck],
    beside.map(({ shape }) => shape),
  );
  const usualPx = layer.usualPx as number;
  // An overlap is told by the object with the smaller id, so the neighbours are looked at too.
  const findings = checkObjects(neighbours, { ...sizeAndRule(layer), usualPx }).filter(({ uids }) =>
    uids.some((uid) => recheck.has(uid)),
  );
  const placed = placeFindings(imageId, () => layer.id, findings, byUid(neighbours));
  const set = { projectId, imageId, scopes: ["object" as const], layerId: layer.id, uids: [...recheck] };
  await replaceFindings(tx, set, placed);
  await noteChecked(tx, layer, {
    usualPx,
    tallestPx: Math.max(layer.tallestPx as number, tallest(neighbours)),
    objectCount: layer.checkedCount as number,
  });
}

async function around(
  tx: Store,
  layerId: string,
  uids: readonly string[],
  shapes: readonly Place[],
): Promise<DigestedObject[]> {
  const side = (read: (shape: Place) => number): number[] => shapes.map(read);
  const rows = await tx.sql.query<StoredShapeRow>(text.selectObjectsAround, [
    layerId,
    uids,
    side(({ t }) => t),
    side(({ z }) => z),
    side(({ bbox }) => bbox[0]),
    side(({ bbox }) => bbox[1]),
    side(({ bbox }) => bbox[2]),
    side(({ bbox }) => bbox[3]),
  ]);
  return digested(rows);
}
