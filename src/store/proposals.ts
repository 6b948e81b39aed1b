/**
 * Proposals of a model: one edit that replaces the earlier ones and leaves a person's objects alone.
 *
 * What a person drew, corrected or accepted stays exactly as it is; a proposed object gives up the pixels it would
 * share with one, and is dropped when less than half of it is left, because it then shows the same cell. A proposal
 * equal to one that is there already is kept, so running the same model twice changes nothing.
 */

import type { LabelImage } from "#core/array/index.ts";
import type { EditOperation, ObjectChange } from "#core/edits/index.ts";
import { FoundryError } from "#core/errors.ts";
import {
  forEachRun,
  type ObjectShape,
  objectShapeFromMask,
  objectShapesFromLabels,
  shapeArea,
  shapesOverlap,
  shapeToMask,
} from "#core/labels/index.ts";
import { appendEvent } from "./events.ts";
import { type LayerRow, lockLayerRow, type ObjectRow } from "./layers.ts";
import { decodeShape, encodeShape } from "./shape-rows.ts";
import * as improvements from "./sql/improvements.ts";
import * as text from "./sql/layers.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent, ImageStatus } from "./types.ts";
import { writeEdits } from "./write-edits.ts";

/** A cell on every 57 by 57 pixels of a slide of 40,000 squared; some 2 GB and two minutes. Edits of people hold a fifth. */
const proposalChangesMax = 500_000;

/** Below this share of its pixels a trimmed proposal is the person's own cell once more. */
const restShareMin = 0.5;

export interface ProposalCounts {
  readonly added: number;
  readonly removed: number;
  /** Proposed objects left out because a person's objects cover most of them. */
  readonly dropped: number;
  /** Left as it was because a person has worked on it. */
  readonly skipped: boolean;
  /** Sequence number of the layer afterwards. */
  readonly seq: number;
}

export type Proposal = { readonly confidence?: ReadonlyMap<number, number> } & (
  | { readonly labels: LabelImage }
  | { readonly shapes: ReadonlyMap<number, ObjectShape>; readonly height: number; readonly width: number }
);

interface ProposedShapes {
  readonly shapes: ReadonlyMap<number, ObjectShape>;
  readonly height: number;
  readonly width: number;
}

function proposedShapes(proposal: Proposal): ProposedShapes {
  if ("shapes" in proposal) return proposal;
  const { labels } = proposal;
  return { shapes: objectShapesFromLabels(labels), height: labels.height, width: labels.width };
}

/**
 * @param modelAgent  the model version as an agent.
 * @param proposal.labels  int32, axes yx, size of the image; frame 0, plane 0. Or `shapes` by label, none sharing a pixel, in
 *        frame 0 and plane 0, with the size of the image.
 * @param proposal.confidence  0..1 by label.
 * @param options.jobId  remembers the edit as one of this job's. @param options.untouchedOnly  changes nothing where a person
 *        has worked on the layer.
 * @throws FoundryError `layer.notFound`, `array.shapeMismatch`, `limit.objects`.
 */
export async function replaceProposals(
  store: Store,
  modelAgent: Agent,
  layerId: string,
  proposal: Proposal,
  options: { readonly jobId?: string; readonly untouchedOnly?: boolean } = {},
): Promise<ProposalCounts> {
  return inTransaction(store, async (tx) => {
    const layer = await lockLayerRow(tx, layerId);
    const { shapes, ...size } = proposedShapes(proposal);
    assertSize(layer, size);
    const rows = await tx.sql.query<ObjectRow>(text.selectObjects, [layerId]);
    const isTouched = isOfPerson(layer.status) || rows.some(({ touched }) => touched);
    if (options.untouchedOnly === true && isTouched)
      return { added: 0, removed: 0, dropped: 0, skipped: true, seq: layer.seq };
    const present = rows.map((row) => ({ ...row, shape: decodeShape(row.digest, row.bytes) }));
    const kept = present.filter(({ touched }) => touched).map(({ shape }) => shape);
    const { rests, dropped } = trimProposals(shapes, kept);

    const earlier = new Map(
      present
        .filter(({ touched, shape }) => !touched && shape.t === 0 && shape.z === 0)
        .map((row) => [row.digest.toString("hex"), row]),
    );
    const changes: ObjectChange[] = [];
    const confidence = new Map<string, number>();
    for (const [label, shape] of rests) {
      if (earlier.delete(encodeShape(shape).digest.toString("hex"))) continue;
      const uid = tx.ids.next();
      changes.push({ uid, before: null, after: shape });
      const value = proposal.confidence?.get(label);
      if (value !== undefined) confidence.set(uid, Math.min(1, Math.max(0, value)));
    }
    const added = changes.length;
    for (const { uid, shape } of earlier.values()) changes.push({ uid, before: shape, after: null });
    const seq = await writeProposal(tx, modelAgent, layer, changes, confidence);
    if (options.jobId !== undefined && seq > layer.seq)
      await tx.sql.query(improvements.insertJobProposal, [options.jobId, layerId, seq]);
    return { added, removed: earlier.size, dropped, skipped: false, seq };
  });
}

async function writeProposal(
  tx: Store,
  modelAgent: Agent,
  layer: LayerRow,
  changes: readonly ObjectChange[],
  confidence: ReadonlyMap<string, number>,
): Promise<number> {
  if (changes.length > proposalChangesMax) {
    throw new FoundryError("limit.objects", {
      message: `A proposal of ${changes.length} changes is more than one edit holds (${proposalChangesMax}).`,
      hint: "Cut the image into smaller fields of view.",
    });
  }
  if (changes.length === 0) return layer.seq;
  const operation: EditOperation = {
    operationId: tx.ids.next(),
    kind: "propose",
    tool: modelAgent.name.slice(0, 200),
    changes,
    msSpent: 0,
  };
  await writeEdits(tx, modelAgent, layer, [{ operation, confidence }], statusAfter(layer.status));
  const details = { from: layer.seq + 1, to: layer.seq + 1 };
  await appendEvent(tx, modelAgent, { verb: "layer.proposed", entity: "layer", entityId: layer.id, details });
  return layer.seq + 1;
}

const isOfPerson = (status: ImageStatus): boolean => status === "corrected" || status === "accepted";

const statusAfter = (status: ImageStatus): ImageStatus => (status === "unlabelled" ? "proposed" : status);

function assertSize(layer: LayerRow, labels: { readonly height: number; readonly width: number }): void {
  if (labels.height === layer.height && labels.width === layer.width) return;
  throw new FoundryError("array.shapeMismatch", {
    message: `The proposal has ${labels.height} x ${labels.width} pixels, the image ${layer.height} x ${layer.width}.`,
  });
}

/** Side of the squares by which kept objects are found: a few cells across. */
const squarePx = 128;

/** Proposed shapes without the pixels of kept ones. Cost: O(objects + pixels of those that meet). */
function trimProposals(
  proposed: ReadonlyMap<number, ObjectShape>,
  kept: readonly ObjectShape[],
): { readonly rests: Map<number, ObjectShape>; readonly dropped: number } {
  const squares = new Map<string, ObjectShape[]>();
  for (const shape of kept) {
    if (shape.t !== 0 || shape.z !== 0) continue;
    for (const key of squaresOf(shape)) squares.set(key, [...(squares.get(key) ?? []), shape]);
  }
  const rests = new Map<number, ObjectShape>();
  for (const [label, shape] of proposed) {
    const near =
      squares.size === 0 ? [] : [...new Set(squaresOf(shape).flatMap((key) => squares.get(key) ?? []))];
    const meeting = near.filter((other) => shapesOverlap(shape, other));
    const rest = meeting.length === 0 ? shape : withoutPixels(shape, meeting);
    if (rest !== null && shapeArea(rest) >= restShareMin * shapeArea(shape)) rests.set(label, rest);
  }
  return { rests, dropped: proposed.size - rests.size };
}

function squaresOf({ bbox: [y0, x0, y1, x1] }: ObjectShape): string[] {
  const keys: string[] = [];
  for (let y = Math.floor(y0 / squarePx); y * squarePx < y1; y++)
    for (let x = Math.floor(x0 / squarePx); x * squarePx < x1; x++) keys.push(`${y} ${x}`);
  return keys;
}

/** @returns null when nothing is left. */
function withoutPixels(shape: ObjectShape, others: readonly ObjectShape[]): ObjectShape | null {
  const [y0, x0, y1, x1] = shape.bbox;
  const mask = shapeToMask(shape);
  for (const other of others) {
    const clear = (y: number, from: number, to: number): void => {
      const row = (y - y0) * mask.width - x0;
      if (to > x0 && from < x1) mask.data.fill(0, row + Math.max(from, x0), row + Math.min(to, x1));
    };
    forEachRun(other, clear, [y0, y1]);
  }
  return objectShapeFromMask(mask, { t: shape.t, z: shape.z, y: y0, x: x0 });
}
