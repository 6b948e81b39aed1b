/**
 * Merkle tree of a layer revision: objects in spatial tiles, tiles under one root.
 *
 * A node is canonical JSON named by its SHA-256. A tile lists [uid, digest of the shape] of the objects whose box
 * begins in it, by uid; the root lists [tile, digest of its node], by tile. Labels (pixel values) are no part of it:
 * renumbering is no change. A commit adds only the nodes of tiles that changed.
 */

import { canonicalJson } from "#core/canonical-json.ts";
import { FoundryError } from "#core/errors.ts";
import { sha256Bytes } from "#platform/index.ts";
import * as text from "./sql/revisions.ts";
import type { Store } from "./store.ts";

/** Side of a tile in pixels: a few dozen nuclei, so an edit rewrites a few kilobytes. */
const tilePx = 256;

const formatVersion = 1;

export interface TiledObject {
  readonly uid: string;
  readonly digest: Buffer;
  readonly t: number;
  readonly z: number;
  readonly y0: number;
  readonly x0: number;
}

export interface MerkleTree {
  readonly root: Buffer;
  /** Bodies of all nodes by digest in hex, the root's included. */
  readonly nodes: ReadonlyMap<string, Buffer>;
}

/** [name, digest in hex], sorted by name. */
type Entry = readonly [string, string];

/** Tree of objects in any order; the same objects give the same root. Cost: O(n log n). */
export function buildTree(objects: readonly TiledObject[]): MerkleTree {
  const nodes = new Map<string, Buffer>();
  const add = (body: unknown): Buffer => {
    const bytes = Buffer.from(canonicalJson(body));
    const digest = sha256Bytes(bytes);
    nodes.set(digest.toString("hex"), bytes);
    return digest;
  };
  const tiles = Map.groupBy(objects, tileOf);
  const list = [...tiles].map(([tile, members]): Entry => {
    const entries = members.map(({ uid, digest }): Entry => [uid, digest.toString("hex")]);
    return [tile, add({ objects: entries.sort(byName), version: formatVersion }).toString("hex")];
  });
  return { root: add({ tiles: list.sort(byName), version: formatVersion }), nodes };
}

function tileOf({ t, z, y0, x0 }: TiledObject): string {
  return `${t}/${z}/${Math.floor(y0 / tilePx)}/${Math.floor(x0 / tilePx)}`;
}

const byName = (a: Entry, b: Entry): number => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0);

/** Writes the nodes that are not there yet. Returns how many were new. */
export async function insertTree(tx: Store, tree: MerkleTree): Promise<number> {
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

/** Objects under a root: digest of the shape in hex by uid. @throws FoundryError `blob.missing`, `blob.corrupt`. */
export async function readTree(store: Store, root: Buffer): Promise<Map<string, string>> {
  const tiles = await readTiles(store, root);
  return readObjects(store, [...tiles.values()]);
}

export interface TreeDifference {
  readonly added: number;
  readonly removed: number;
  readonly reshaped: number;
}

/** Objects that differ between two roots; `null` stands for no objects. Reads only tiles that differ. */
export async function compareTrees(
  store: Store,
  before: Buffer | null,
  after: Buffer,
): Promise<TreeDifference> {
  if (before?.equals(after) === true) return { added: 0, removed: 0, reshaped: 0 };
  const [old, now] = [
    before === null ? new Map<string, string>() : await readTiles(store, before),
    await readTiles(store, after),
  ];
  const changed = (a: Map<string, string>, b: Map<string, string>): string[] =>
    [...a].filter(([tile, digest]) => b.get(tile) !== digest).map(([, digest]) => digest);
  const oldObjects = await readObjects(store, changed(old, now));
  const newObjects = await readObjects(store, changed(now, old));
  let [added, reshaped] = [0, 0];
  for (const [uid, digest] of newObjects) {
    const present = oldObjects.get(uid);
    if (present === undefined) added++;
    else if (present !== digest) reshaped++;
  }
  const removed = [...oldObjects.keys()].filter((uid) => !newObjects.has(uid)).length;
  return { added, removed, reshaped };
}

async function readTiles(store: Store, root: Buffer): Promise<Map<string, string>> {
  const [body] = await readNodes(store, [root.toString("hex")]);
  return new Map((body as { tiles: Entry[] }).tiles);
}

async function readObjects(store: Store, tiles: readonly string[]): Promise<Map<string, string>> {
  const bodies = (await readNodes(store, tiles)) as { objects: Entry[] }[];
  return new Map(bodies.flatMap(({ objects }) => objects));
}

/** Parsed bodies of nodes, each verified against its digest. */
async function readNodes(store: Store, digests: readonly string[]): Promise<unknown[]> {
  const distinct = [...new Set(digests)];
  if (distinct.length === 0) return [];
  const rows = await store.sql.query<{ digest: Buffer; body: Buffer }>(text.selectNodes, [
    distinct.map((digest) => Buffer.from(digest, "hex")),
  ]);
  const damaged = rows.find(({ digest, body }) => !sha256Bytes(body).equals(digest));
  if (damaged === undefined && rows.length === distinct.length)
    return rows.map(({ body }) => JSON.parse(body.toString()));
  throw new FoundryError(damaged === undefined ? "blob.missing" : "blob.corrupt", {
    message: "A part of a layer revision is missing or damaged.",
    hint: "Run `cellfoundry doctor` to see which one, and restore the database from a backup.",
    details: damaged === undefined ? {} : { digest: damaged.digest.toString("hex") },
  });
}
