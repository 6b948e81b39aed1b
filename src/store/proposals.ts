/**
 * Proposals of a model: one edit that replaces the earlier ones and leaves a person's objects alone.
 *
 * What a person drew, corrected or accepted stays exactly as it is; a proposed object gives up the pixels it would
 * share with one, and is dropped when less than half of it is left, because it then shows the same cell. A proposal
 * equal to one that is there already is kept, so running the same model twice changes nothing.
 */

import { type LabelImage, labelImage } from "#core/array/index.ts";
import { type EditOperation, type ObjectChange, operationChangesMax } from "#core/edits/index.ts";
import { FoundryError } from "#core/errors.ts";
import {
  drawObjectShapeInPlace,
  type ObjectShape,
  objectShapesFromLabels,
  shapeArea,
} from "#core/labels/index.ts";
import { appendEvent } from "./events.ts";
import { type LayerRow, lockLayerRow, type ObjectRow } from "./layers.ts";
import { decodeShape, encodeShape } from "./shape-rows.ts";
import * as improvements from "./sql/improvements.ts";
import * as text from "./sql/layers.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent, ImageStatus } from "./types.ts";
import { writeEdits } from "./write-edits.ts";

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

/**
 * @param modelAgent  the model version as an agent.
 * @param proposal.labels  int32, axes yx, size of the image; frame 0, plane 0.
 * @param proposal.confidence  0..1 by label of `labels`.
 * @param options.jobId  remembers the edit as one of this job's. @param options.untouchedOnly  changes nothing where a person
 *        has worked on the layer.
 * @throws FoundryError `layer.notFound`, `array.shapeMismatch`, `limit.objects`.
 */
export async function replaceProposals(
  store: Store,
  modelAgent: Agent,
  layerId: string,
  proposal: { readonly labels: LabelImage; readonly confidence?: ReadonlyMap<number, number> },
  options: { readonly jobId?: string; readonly untouchedOnly?: boolean } = {},
): Promise<ProposalCounts> {
  return inTransaction(store, async (tx) => {
    const layer = await lockLayerRow(tx, layerId);
    assertSize(layer, proposal.labels);
    const rows = await tx.sql.query<ObjectRow>(text.selectObjects, [layerId]);
    const isTouched = isOfPerson(layer.status) || rows.some(({ touched }) => touched);
    if (options.untouchedOnly === true && isTouched)
      return { added: 0, removed: 0, dropped: 0, skipped: true, seq: layer.seq };
    const present = rows.map((row) => ({ ...row, shape: decodeShape(row.digest, row.bytes) }));
    const kept = present.filter(({ touched }) => touched).map(({ shape }) => shape);
    const { rests, dropped } = trimProposals(proposal.labels, kept);

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
  if (changes.length > operationChangesMax) {
    throw new FoundryError("limit.objects", {
      message: `A proposal of ${changes.length} changes is more than one edit holds (${operationChangesMax}).`,
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

function assertSize(layer: LayerRow, labels: LabelImage): void {
  if (labels.height === layer.height && labels.width === layer.width) return;
  throw new FoundryError("array.shapeMismatch", {
    message: `The proposal has ${labels.height} x ${labels.width} pixels, the image ${layer.height} x ${layer.width}.`,
  });
}

/** Proposed shapes without the pixels of kept ones. Cost: O(pixels + objects). */
function trimProposals(
  labels: LabelImage,
  kept: readonly ObjectShape[],
): { readonly rests: Map<number, ObjectShape>; readonly dropped: number } {
  const free = labelImage(labels.height, labels.width, labels.data.slice());
  for (const shape of kept) {
    if (shape.t === 0 && shape.z === 0) drawObjectShapeInPlace(shape, free, 0);
  }
  const whole = objectShapesFromLabels(labels);
  const rests = objectShapesFromLabels(free);
  for (const [label, shape] of rests) {
    const proposed = whole.get(label) as ObjectShape;
    if (shapeArea(shape) < restShareMin * shapeArea(proposed)) rests.delete(label);
  }
  return { rests, dropped: whole.size - rests.size };
}
