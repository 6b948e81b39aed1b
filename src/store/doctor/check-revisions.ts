/** Layer revisions form chains, their trees are whole, and the head's root follows from the present objects. */

import { readLayerRow } from "../layers.ts";
import { buildTree, readTree, type TiledObject } from "../merkle.ts";
import { readShapes } from "../shape-rows.ts";
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
}

export const checkRevisionRows: Check = {
  title: "Following the parents of every revision",
  full: false,
  async run(store, report) {
    for (const row of await store.sql.query<RevisionRow>(text.selectRevisionRows)) {
      report.count("revisions");
      const first = row.number === 1;
      const chained = row.parentLayerId === row.layerId && row.parentNumber === row.number - 1;
      if (first ? row.parentId === null : chained) continue;
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
  const tree = await readTree(store, row.root);
  const shapes = await readShapes(store, [...tree.values()]);
  // The tree computed from the shapes themselves must have the very same root: tiles included, order included.
  const objects = [...tree].map(([uid, digest]): TiledObject => {
    const shape = shapes.get(digest);
    const [y0, x0] = shape?.bbox ?? [0, 0];
    return { uid, digest: Buffer.from(digest, "hex"), t: shape?.t ?? 0, z: shape?.z ?? 0, y0, x0 };
  });
  report.count("revision objects", objects.length);
  if (buildTree(objects).root.equals(row.root) && objects.length === row.objectCount) return;
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
