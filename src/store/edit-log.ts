/** The log of a layer as people and programs read it: each edit with the shapes before and after. */

import type { EditKind, ObjectChange } from "#core/edits/index.ts";
import { readAccepts } from "./accepted-cells.ts";
import { agentsById } from "./agents.ts";
import { readBesideChanges } from "./beside-shapes.ts";
import { type LogEntry, readLog, wholeDigests } from "./layer-log.ts";
import { readLayerRow } from "./layers.ts";
import { readEventChanges } from "./object-events.ts";
import { readOriginChanges } from "./object-origins.ts";
import { readShapes } from "./shape-rows.ts";
import * as layerText from "./sql/layers.ts";
import * as text from "./sql/log.ts";
import type { Store } from "./store.ts";
import { readTree } from "./tree-nodes.ts";
import type { Agent, EditLog, LoggedEdit } from "./types.ts";

/** A page of the log; an editor's history needs a few hundred. */
const logLimit = 1_000;

/** Reading starts over when someone edits meanwhile; a layer that changes this often in a row does not exist. */
const triesMax = 10;

/**
 * Edits with a sequence number above `after` (default 0), oldest first, at most `limit` (default and maximum 1,000).
 *
 * @param births  "counted": of an import only how many cells came with it, for who wants to tell and not to redo it.
 * @throws FoundryError `layer.notFound`. Cost: O(edits after `after`): what an object became is told by what follows.
 */
export async function editLog(
  store: Store,
  layerId: string,
  after = 0,
  limit = logLimit,
  births: "whole" | "counted" = "whole",
): Promise<EditLog> {
  await readLayerRow(store, layerId);
  const count = Math.max(1, Math.min(limit, logLimit));
  const { entries, present } = await readTogether(store, layerId, after, count);
  const page = entries.slice(0, count);
  const sides = afterAndBefore(entries, page, present);
  const digests = await wholeDigests(
    store,
    sides.flatMap((side) => [side.before, side.after]),
  );
  const hex = (digest: Buffer | null): string | null => (digest === null ? null : digests(digest));
  const shapes = await readShapes(
    store,
    sides.flatMap((side) => [hex(side.before), hex(side.after)]).filter((digest) => digest !== null),
  );
  const shape = (digest: Buffer | null) => shapes.get(hex(digest) ?? "") ?? null;
  const changes = Map.groupBy(sides, ({ seq }) => seq);
  const agents = await agentsById(
    store,
    page.map(({ agentId }) => agentId),
  );
  const origins = await readOriginChanges(store, layerId, page);
  const events = await readEventChanges(store, layerId, page);
  const accepts = await readAccepts(store, layerId, page);
  const beside = await readBesideChanges(store, layerId, page);
  const edits: LoggedEdit[] = [];
  for (const { agentId, bornRoot, undoes, kind, changes: _labels, ...edit } of page) {
    const counted = bornRoot !== null && births === "counted";
    const imported = bornRoot === null || counted ? [] : await birthsUnder(store, layerId, bornRoot);
    const own = changes.get(edit.seq) ?? [];
    const born = own.filter(({ before }) => before === null).map(({ uid, label }) => [uid, label]);
    const written = own.map((side) => ({
      uid: side.uid,
      before: shape(side.before),
      after: shape(side.after),
    }));
    edits.push({
      ...edit,
      // The kinds of the log were checked when they were written.
      kind: kind as EditKind,
      agent: agents.get(agentId) as Agent,
      ...(undoes === null ? {} : { undoes }),
      ...(origins.has(edit.seq) ? { origins: origins.get(edit.seq) ?? [] } : {}),
      ...(events.has(edit.seq) ? { events: events.get(edit.seq) ?? [] } : {}),
      labels: Object.fromEntries(born),
      ...(accepts.has(edit.seq) ? { accepts: accepts.get(edit.seq) ?? [] } : {}),
      ...beside.get(edit.seq),
      ...(counted ? { born: (await readTree(store, bornRoot)).size } : {}),
      changes: [...imported, ...written],
    });
  }
  return { edits, nextAfter: entries.length > count ? (page.at(-1)?.seq ?? after) : null };
}

interface PresentObject {
  readonly uid: string;
  readonly label: number;
  readonly digest: Buffer | null;
  readonly seq: number;
}

/** The log after a place with the present objects of its first `count` edits, both of one moment. */
async function readTogether(
  store: Store,
  layerId: string,
  after: number,
  count: number,
): Promise<{ readonly entries: LogEntry[]; readonly present: ReadonlyMap<number, PresentObject> }> {
  let entries: LogEntry[] = [];
  for (let attempt = 0; attempt < triesMax; attempt++) {
    entries = await readLog(store, layerId, after + 1);
    const labels = new Set(
      entries.slice(0, count).flatMap(({ changes }) => changes.map(({ label }) => label)),
    );
    const rows = await store.sql.query<PresentObject>(text.selectObjectsOfLabels, [layerId, [...labels]]);
    const last = entries.at(-1)?.seq ?? after;
    if (rows.every(({ seq }) => seq <= last))
      return { entries, present: new Map(rows.map((row) => [row.label, row])) };
  }
  throw new Error(`internal: layer ${layerId} changed ${triesMax} times while its log was read`);
}

interface ChangeSides {
  readonly seq: number;
  readonly label: number;
  readonly uid: string;
  readonly before: Buffer | null;
  readonly after: Buffer | null;
}

function afterAndBefore(
  entries: readonly LogEntry[],
  page: readonly LogEntry[],
  present: ReadonlyMap<number, PresentObject>,
): ChangeSides[] {
  const state = new Map([...present].map(([label, { digest }]) => [label, digest]));
  const shown = new Set(page);
  const sides: ChangeSides[] = [];
  for (const entry of entries.toReversed()) {
    for (const { label, before } of entry.changes.toReversed()) {
      const object = present.get(label);
      if (object === undefined) continue;
      if (shown.has(entry)) {
        sides.push({ seq: entry.seq, label, uid: object.uid, before, after: state.get(label) ?? null });
      }
      state.set(label, before);
    }
  }
  return sides.reverse();
}

/** Objects under a tree as changes from nothing, in order of label. */
async function birthsUnder(store: Store, layerId: string, root: Buffer): Promise<ObjectChange[]> {
  const digests = await readTree(store, root);
  const shapes = await readShapes(store, [...digests.values()]);
  const rows = await store.sql.query<{ uid: string; label: number }>(layerText.selectLabels, [
    layerId,
    [...digests.keys()],
  ]);
  return rows
    .toSorted((a, b) => a.label - b.label)
    .map(({ uid }) => ({ uid, before: null, after: shapes.get(digests.get(uid) ?? "") ?? null }));
}
