/**
 * Takes the proposals of a job back: each layer gets the proposals it had before, cell for cell.
 *
 * Only where nothing came after: a layer that a person or another model has changed since keeps what it has, and is named.
 * The log only grows: taking back is one more edit, by the model whose proposals return.
 */

import type { EditOperation, ObjectChange } from "#core/edits/index.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import { agentsById } from "./agents.ts";
import { type LogEntry, readLog, wholeDigests } from "./layer-log.ts";
import { type LayerRow, lockLayerRow, type ObjectRow } from "./layers.ts";
import { decodeShape, readShapes } from "./shape-rows.ts";
import * as improvements from "./sql/improvements.ts";
import * as text from "./sql/layers.ts";
import * as log from "./sql/log.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent, ImageStatus } from "./types.ts";
import { writeEdits } from "./write-edits.ts";

export interface JobProposal {
  readonly layerId: string;
  readonly seq: number;
  readonly imageId: string;
  readonly imageName: string;
}

/** Edits that a job of proposals made, by image. */
export function jobProposals(store: Store, jobId: string): Promise<JobProposal[]> {
  return store.sql.query<JobProposal>(improvements.selectJobProposals, [jobId]);
}

/**
 * @param proposal  an edit of kind `propose`.
 * @param jobId  remembers the edit as one of this job's.
 * @returns false where something came after it, and nothing was changed.
 * @throws FoundryError `layer.notFound`. Cost: one reading of the layer's log.
 */
export async function takeBackProposal(
  store: Store,
  { layerId, seq }: Pick<JobProposal, "layerId" | "seq">,
  jobId: string,
): Promise<boolean> {
  return inTransaction(store, async (tx) => {
    const layer = await lockLayerRow(tx, layerId);
    if (layer.seq !== seq || layer.status === "corrected" || layer.status === "accepted") return false;
    const entries = await readLog(tx, layerId, 1);
    const last = entries.at(-1);
    if (last?.seq !== seq || last.kind !== "propose") return false;
    const { changes, confidence } = await inverse(tx, layer, last, entries);
    if (changes.length === 0) return false;
    const agent = await agentBefore(tx, entries, last);
    const operation: EditOperation = {
      operationId: tx.ids.next(),
      kind: "propose",
      tool: agent.name.slice(0, 200),
      changes,
      msSpent: 0,
    };
    const isEmpty = changes.every(({ after }) => after === null) && layer.objectCount === changes.length;
    const status: ImageStatus = isEmpty ? "unlabelled" : layer.status;
    await writeEdits(tx, agent, layer, [{ operation, confidence }], status);
    await tx.sql.query(improvements.insertJobProposal, [jobId, layerId, seq + 1]);
    return true;
  });
}

async function inverse(
  tx: Store,
  layer: LayerRow,
  last: LogEntry,
  entries: readonly LogEntry[],
): Promise<{ readonly changes: ObjectChange[]; readonly confidence: ReadonlyMap<string, number> }> {
  const labels = last.changes.map(({ label }) => label);
  const named = await tx.sql.query<{ uid: string; label: number }>(log.selectObjectsOfLabels, [
    layer.id,
    labels,
  ]);
  const uids = new Map(named.map(({ uid, label }) => [label, uid]));
  const rows = await tx.sql.query<ObjectRow>(text.selectObjects, [layer.id]);
  const present = new Map(rows.map((row) => [row.label, decodeShape(row.digest, row.bytes)]));
  const whole = await wholeDigests(
    tx,
    last.changes.map(({ before }) => before),
  );
  const hex = (before: Buffer | null): string | null => (before === null ? null : whole(before));
  const shapes = await readShapes(
    tx,
    last.changes.map(({ before }) => hex(before)).filter((digest) => digest !== null),
  );
  const changes = last.changes.map(({ label, before }): ObjectChange => {
    const digest = hex(before);
    const after: ObjectShape | null = digest === null ? null : (shapes.get(digest) ?? null);
    return { uid: uids.get(label) ?? "", before: present.get(label) ?? null, after };
  });
  const confidence = new Map<string, number>();
  for (const [label, value] of confidencesBefore(entries, last)) {
    const uid = uids.get(label);
    if (uid !== undefined) confidence.set(uid, value);
  }
  return { changes, confidence };
}

/** Confidence of each object as it was before an edit. */
function confidencesBefore(entries: readonly LogEntry[], last: LogEntry): Map<number, number> {
  const wanted = new Set(last.changes.filter(({ before }) => before !== null).map(({ label }) => label));
  const found = new Map<number, number>();
  for (const entry of entries) {
    if (entry.seq >= last.seq) break;
    for (const { label, confidence } of entry.changes)
      if (wanted.has(label) && confidence !== null) found.set(label, confidence);
  }
  return found;
}

/** Whose proposals return; where there were none, whose are taken away. */
async function agentBefore(tx: Store, entries: readonly LogEntry[], last: LogEntry): Promise<Agent> {
  const before = entries.findLast(({ seq, kind }) => seq < last.seq && kind === "propose") ?? last;
  return (await agentsById(tx, [before.agentId])).get(before.agentId) as Agent;
}
