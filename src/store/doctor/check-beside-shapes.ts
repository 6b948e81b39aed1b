/** Types of cells and spots: each is what its last edit made it, and each edit went on from what the one before left. */

import { selectBrokenValues } from "../sql/beside.ts";
import { type Check, damage } from "./finding.ts";

export const checkBesideShapes: Check = {
  title: "Comparing types and spots with their edits",
  full: true,
  async run(store, report) {
    const rows = await store.sql.query<{
      layerId: string;
      part: "types" | "spots";
      uid: string;
      seq: number;
    }>(selectBrokenValues);
    for (const { layerId, part, uid, seq } of rows) {
      const what = part === "types" ? `types of object ${uid} are` : `spot ${uid} is`;
      report.add(
        damage("edit.values", `Layer ${layerId}: ${what} not what edit ${seq} made of it.`, {
          layerId,
          uid,
          seq,
        }),
      );
    }
  },
};
