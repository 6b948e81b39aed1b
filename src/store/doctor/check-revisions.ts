/** Layer revisions form chains, their objects follow from the log, and the head's root from the present objects. */

import { isFoundryError } from "#core/errors.ts";
import { readLayerRow } from "../layers.ts";
import { buildTree, type TiledObject } from "../merkle-tree.ts";
import { revisionObjects } from "../revisions.ts";
import * as text from "../sql/doctor.ts";
import { selectTiledObjects } from "../sql/layers.ts";
import type { Store } from "../store.ts";
import { type Check, damage, type Report } from "./finding.ts";

interface RevisionRow {
  readonly id: string;
  readonly layerId: string;
  readonly number: number;
  readonly root: Buffer;
  readonly objectCount: number;
  readonly seq: number;
  readonly parentId: string | null;
  readonly parentLayerId: string | null;
  readonly parentNumber: number | null;
  /** Where its layer began, when it is a branch. */
  readonly baseRevisionId: string | null;
}

export const checkRevisionRows: Check = {
  title: "Following the parents of every revision",
  full: false,
  async run(store, report) {
    for (const row of await store.sql.query<RevisionRow>(text.selectRevisionRows)) {
      report.count("revisions");
      const first = row.number === 1;
      const chained = row.parentLayerId === row.layerId && row.parentNumber === row.number - 1;
      if (first ? row.parentId === row.baseRevisionId : chained) continue;
      const message = `Revision ${row.number} of layer ${row.layerId} does not follow from its parent.`;
      report.add(damage("revision.parent", message, { revisionId: row.id }));
    }
  },
};

export const checkRevisionContent: Check = {
  title: "Computing every revision anew",
  full: true,
  async run(store, report) {
    const rows = await store.sql.query<RevisionRow>(text.selectRevisionRows);
    for (const row of rows) await checkContent(store, row, report);
    for (const layerId of new Set(rows.map((row) => row.layerId)))
      await checkHead(store, layerId, rows, report);
  },
};

async function checkContent(store: Store, row: RevisionRow, report: Report): Promise<void> {
  try {
    // Reading compares the objects that the log gives with the root: tiles included, order included.
    const objects = await revisionObjects(store, row.id);
    report.count("revision objects", objects.length);
    if (objects.length === row.objectCount) return;
  } catch (error) {
    if (!isFoundryError(error)) throw error;
  }
  const message = `Revision ${row.number} of layer ${row.layerId} does not have the root its objects give.`;
  report.add(damage("revision.root", message, { revisionId: row.id }));
}

async function checkHead(
  store: Store,
  layerId: string,
  rows: readonly RevisionRow[],
  report: Report,
): Promise<void> {
  const layer = await readLayerRow(store, layerId);
  const head = rows.find(({ id }) => id === layer.headRevisionId);
  if (head === undefined || layer.seq > layer.headSeq) return;
  const { root } = buildTree(await store.sql.query<TiledObject>(selectTiledObjects, [layerId]));
  if (root.equals(head.root)) return;
  report.add(
    damage("revision.head", `Layer ${layerId} differs from its head revision without an edit.`, { layerId }),
  );
}
