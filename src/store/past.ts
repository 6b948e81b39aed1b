/** A layer as it was after any edit of its log, and the log of one of its cells. */

import type { EditKind } from "#core/edits/index.ts";
import { FoundryError } from "#core/errors.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import { agentsById } from "./agents.ts";
import { objectsAt, readLog } from "./layer-log.ts";
import { readLayerRow } from "./layers.ts";
import { readShapes } from "./shape-rows.ts";
import * as text from "./sql/log.ts";
import type { Store } from "./store.ts";
import { readTree } from "./tree-nodes.ts";
import type { Agent } from "./types.ts";

export interface PastLayer {
  readonly layerId: string;
  /** The edit after which it was so. */
  readonly seq: number;
  readonly height: number;
  readonly width: number;
  readonly objects: readonly { readonly uid: string; readonly label: number; readonly shape: ObjectShape }[];
}

/**
 * Living objects after edit `seq`, by label; 0 is before the first edit.
 *
 * @throws FoundryError `layer.notFound`; `revision.notFound` beyond the log. Cost: O(objects ever born + edits since).
 */
export async function layerAt(store: Store, layerId: string, seq: number): Promise<PastLayer> {
  const { height, width, seq: newest } = await readLayerRow(store, layerId);
  if (seq > newest) {
    throw new FoundryError("revision.notFound", {
      message: `This layer has ${newest} edits, so there is no state after edit ${seq}.`,
    });
  }
  const objects = await objectsAt(store, layerId, seq);
  const shapes = await readShapes(
    store,
    objects.map(({ digest }) => digest),
  );
  return {
    ...{ layerId, seq, height, width },
    objects: objects.map(({ uid, label, digest }) => ({
      uid,
      label,
      shape: shapes.get(digest) as ObjectShape,
    })),
  };
}

/** One edit of a cell. */
export interface CellEdit {
  readonly seq: number;
  readonly operationId: string;
  readonly kind: EditKind;
  readonly tool: string;
  readonly agent: Agent;
  readonly at: string;
  /** The cell was not there before. */
  readonly born: boolean;
}

/** More than anyone reads of one cell. */
const cellEditsMax = 500;

/**
 * Edits that changed a cell, newest first, at most 500.
 *
 * @throws FoundryError `layer.notFound`, `request.notFound` for a cell that was never in the layer. Cost: O(log).
 */
export async function cellEdits(store: Store, layerId: string, uid: string): Promise<CellEdit[]> {
  await readLayerRow(store, layerId);
  const [object] = await store.sql.query<{ label: number }>(text.selectLabelOfObject, [layerId, uid]);
  if (object === undefined) throw new FoundryError("request.notFound", { message: "There is no such cell." });
  const found: (Omit<CellEdit, "agent"> & { readonly agentId: string })[] = [];
  for (const { seq, operationId, kind, tool, at, agentId, changes, bornRoot } of await readLog(
    store,
    layerId,
    1,
  )) {
    const change = changes.find(({ label }) => label === object.label);
    const imported = bornRoot !== null && (await readTree(store, bornRoot)).has(uid);
    if (change === undefined && !imported) continue;
    const born = imported || change?.before === null;
    // The kinds of the log were checked when they were written.
    found.push({ seq, operationId, kind: kind as EditKind, tool, at, agentId, born });
  }
  const newest = found.slice(-cellEditsMax).reverse();
  const agents = await agentsById(
    store,
    newest.map(({ agentId }) => agentId),
  );
  return newest.map(({ agentId, ...edit }) => ({ ...edit, agent: agents.get(agentId) as Agent }));
}
