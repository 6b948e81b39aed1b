/** A project's marker panel: one list, changed as a whole; the last one who saves it wins, and the event log knows both. */

import { assertPanel, emptyPanel, type MarkerPanel } from "#core/cell-types/index.ts";
import { isoTime } from "#platform/index.ts";
import { appendEvent } from "./events.ts";
import { selectPanel, upsertPanel } from "./sql/marker-panels.ts";
import { inTransaction, type Store } from "./store.ts";
import type { Agent } from "./types.ts";

/** Empty for a project that has none. */
export async function markerPanel(store: Store, projectId: string): Promise<MarkerPanel> {
  const [row] = await store.sql.query<{ body: MarkerPanel }>(selectPanel, [projectId]);
  return row?.body ?? emptyPanel;
}

/** @throws FoundryError `request.invalid` as `assertPanel`. */
export async function setMarkerPanel(
  store: Store,
  actor: Agent,
  projectId: string,
  panel: MarkerPanel,
): Promise<MarkerPanel> {
  assertPanel(panel);
  await inTransaction(store, async (tx) => {
    const before = await markerPanel(tx, projectId);
    await tx.sql.query(upsertPanel, [projectId, JSON.stringify(panel), actor.id, isoTime(tx.clock)]);
    await appendEvent(tx, actor, {
      verb: "panel.changed",
      entity: "project",
      entityId: projectId,
      details: { before, after: panel },
    });
  });
  return panel;
}
