/** Trees that are kept: nodes by digest, shared by all revisions that have them, verified when read. */

import { FoundryError } from "#core/errors.ts";
import { sha256Bytes } from "#platform/index.ts";
import { type MerkleTree, objectsOfTile, tilesOf } from "./merkle-tree.ts";
import * as text from "./sql/revisions.ts";
import type { Store } from "./store.ts";

/** Writes the nodes that are not there yet. Returns how many were new. */
export async function insertTree(
  tx: Store,
  tree: Pick<MerkleTree, "nodes"> & Partial<Pick<MerkleTree, "root">>,
): Promise<number> {
  const digests = [...tree.nodes.keys()].map((digest) => Buffer.from(digest, "hex"));
  const present = await tx.sql.query<{ digest: Buffer }>(text.selectNodeDigests, [digests]);
  const known = new Set(present.map(({ digest }) => digest.toString("hex")));
  const fresh = [...tree.nodes].filter(([digest]) => !known.has(digest));
  if (fresh.length === 0) return 0;
  await tx.sql.query(text.insertNodes, [
    fresh.map(([digest]) => Buffer.from(digest, "hex")),
    fresh.map(([, body]) => body),
  ]);
  return fresh.length;
}

/** Body of a root, or `null` when its tree is not kept. @throws FoundryError `blob.corrupt`. */
export async function readRootBody(store: Store, root: Buffer): Promise<Buffer | null> {
  const [row] = await store.sql.query<{ digest: Buffer; body: Buffer }>(text.selectNodes, [[root]]);
  if (row === undefined) return null;
  if (!sha256Bytes(row.body).equals(row.digest)) throw damaged({ digest: row.digest.toString("hex") });
  return row.body;
}

/** Objects under a kept root: digest of the shape in hex by uid. @throws FoundryError `blob.missing`, `blob.corrupt`. */
export async function readTree(store: Store, root: Buffer): Promise<Map<string, string>> {
  const [rootBody] = await readNodes(store, [root]);
  const tiles = await readNodes(store, [...tilesOf(rootBody as Buffer).values()]);
  return new Map(tiles.flatMap(objectsOfTile));
}

/** Bodies of nodes, each verified against its digest. */
async function readNodes(store: Store, digests: readonly Buffer[]): Promise<Buffer[]> {
  const distinct = [...new Map(digests.map((digest) => [digest.toString("hex"), digest])).values()];
  if (distinct.length === 0) return [];
  const rows = await store.sql.query<{ digest: Buffer; body: Buffer }>(text.selectNodes, [distinct]);
  const wrong = rows.find(({ digest, body }) => !sha256Bytes(body).equals(digest));
  if (wrong !== undefined) throw damaged({ digest: wrong.digest.toString("hex") });
  if (rows.length === distinct.length) return rows.map(({ body }) => body);
  throw new FoundryError("blob.missing", {
    message: "A part of a layer revision is missing.",
    hint: "Run `cellfoundry doctor` to see which one, and restore the database from a backup.",
  });
}

function damaged(details: Record<string, unknown>): FoundryError {
  return new FoundryError("blob.corrupt", {
    message: "A part of a layer revision is damaged.",
    hint: "Run `cellfoundry doctor` to see which one, and restore the database from a backup.",
    details,
  });
}
