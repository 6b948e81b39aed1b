/** Writes a model version and numbers it: the first of a model is 1.0.0, each later one raises the middle number. */

import { isoTime } from "#platform/index.ts";
import { insertBlobRow, type KeptBlob } from "./blob-rows.ts";
import { appendEvent } from "./events.ts";
import * as text from "./sql/models.ts";
import type { Store } from "./store.ts";
import type { Agent, Stage } from "./types.ts";

export interface ModelVersionContent {
  readonly name: string;
  /** Null for a model that came with the program. */
  readonly projectId: string | null;
  readonly stage: Stage;
  readonly weights: KeptBlob;
  readonly onnx: KeptBlob;
  readonly architecture: string;
  readonly contract: Readonly<Record<string, unknown>>;
  readonly card: Readonly<Record<string, unknown>>;
  readonly licence: string;
  /** Given by an import; a training run gets the next one. */
  readonly version?: string;
}

/** Within a transaction, after the blobs are durable. Returns the id. */
export async function insertModelVersion(
  tx: Store,
  actor: Agent,
  content: ModelVersionContent,
): Promise<string> {
  await insertBlobRow(tx, content.weights);
  await insertBlobRow(tx, content.onnx);
  const now = isoTime(tx.clock);
  await tx.sql.query(text.insertModel, [tx.ids.next(), content.name, now]);
  const [model] = await tx.sql.query<{ id: string }>(text.lockModel, [content.name]);
  const { id: modelId } = model as { id: string };
  const [newest] = await tx.sql.query<{ number: number; version: string }>(text.selectNewestVersion, [
    modelId,
  ]);
  const id = tx.ids.next();
  if (content.stage === "released") await tx.sql.query(text.retireReleased, [modelId, id]);
  await tx.sql.query(text.insertVersion, [
    id,
    modelId,
    (newest?.number ?? 0) + 1,
    content.version ?? nextVersion(newest?.version),
    content.stage,
    content.projectId,
    content.version === undefined ? "training" : "import",
    content.weights.digest,
    content.onnx.digest,
    content.architecture,
    JSON.stringify(content.contract),
    JSON.stringify(content.card),
    content.licence,
    actor.id,
    now,
  ]);
  await appendEvent(tx, actor, {
    verb: "model.added",
    entity: "modelVersion",
    entityId: id,
    details: { weightsDigest: content.weights.digest, onnxDigest: content.onnx.digest, stage: content.stage },
  });
  return id;
}

function nextVersion(newest: string | undefined): string {
  if (newest === undefined) return "1.0.0";
  const [major, minor] = newest.split(".").map(Number) as [number, number];
  return `${major}.${minor + 1}.0`;
}
