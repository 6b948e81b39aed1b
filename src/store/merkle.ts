/** Trees of layer revisions: build, keep, read, compare. */

import { type ObjectAt, objectsAt } from "./layer-log.ts";
import * as text from "./sql/revisions.ts";
import type { Store } from "./store.ts";

export { buildTree, type MerkleTree, type TiledObject } from "./merkle-tree.ts";
export { insertTree, readTree } from "./tree-nodes.ts";

export interface TreeDifference {
  readonly added: number;
  readonly removed: number;
  readonly reshaped: number;
}

/** Objects that differ between two roots of revisions, by uid; `null` stands for no objects. Cost: O(both layers). */
export async function compareTrees(
  store: Store,
  before: Buffer | null,
  after: Buffer,
): Promise<TreeDifference> {
  if (before?.equals(after) === true) return { added: 0, removed: 0, reshaped: 0 };
  const [old, now] = [
    before === null ? [] : await objectsOfRoot(store, before),
    await objectsOfRoot(store, after),
  ];
  return compareObjects(old, now);
}

/** Counts by uid. */
export function compareObjects(before: readonly ObjectAt[], after: readonly ObjectAt[]): TreeDifference {
  const old = new Map(before.map(({ uid, digest }) => [uid, digest]));
  let [added, reshaped] = [0, 0];
  for (const { uid, digest } of after) {
    const present = old.get(uid);
    if (present === undefined) added++;
    else if (present !== digest) reshaped++;
  }
  return { added, removed: before.length + added - after.length, reshaped };
}

/** Any revision with the root will do: it names their content. */
async function objectsOfRoot(store: Store, root: Buffer): Promise<ObjectAt[]> {
  const [row] = await store.sql.query<{ layerId: string; seq: number }>(text.selectRevisionOfRoot, [root]);
  return row === undefined ? [] : objectsAt(store, row.layerId, row.seq);
}
