/** Cells of a movie's layer without their shapes, and shapes of one frame at a time: long movies are not held whole. */

import type { CellEvents, ObjectOrigin } from "#core/edits/index.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import { readEvents } from "./object-events.ts";
import { originFrom } from "./object-origins.ts";
import { decodeShape } from "./shape-rows.ts";
import * as text from "./sql/layers.ts";
import type { Store } from "./store.ts";

/** A living object by its place in time. */
export interface LayerCell {
  readonly uid: string;
  readonly t: number;
  readonly label: number;
  /** What it comes from now. */
  readonly origin: ObjectOrigin | null;
  /** What is marked about it: why its track begins or ends. */
  readonly events: CellEvents;
}

/** By frame, then by label. Cost: one statement; some hundred bytes per object. */
export async function layerCells(store: Store, layerId: string): Promise<LayerCell[]> {
  const rows = await store.sql.query<{
    uid: string;
    t: number;
    label: number;
    originUid: string | null;
    originKind: "link" | "division" | null;
    originConfidence: number | null;
  }>(text.selectCells, [layerId]);
  const events = await readEvents(store, layerId);
  return rows.map(({ uid, t, label, originUid, originKind, originConfidence }) => ({
    ...{ uid, t, label },
    origin:
      originUid === null || originKind === null ? null : originFrom(originUid, originKind, originConfidence),
    events: events.get(uid) ?? {},
  }));
}

/** Objects of frame `t`, by label. @throws FoundryError `blob.corrupt`. */
export async function frameObjects(
  store: Store,
  layerId: string,
  t: number,
): Promise<{ readonly uid: string; readonly label: number; readonly shape: ObjectShape }[]> {
  const rows = await store.sql.query<{ uid: string; label: number; digest: Buffer; bytes: Buffer }>(
    text.selectFrameObjects,
    [layerId, t],
  );
  return rows.map(({ uid, label, digest, bytes }) => ({ uid, label, shape: decodeShape(digest, bytes) }));
}
