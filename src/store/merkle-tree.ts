/**
 * Merkle tree of a layer revision: objects in spatial tiles, tiles under one root.
 *
 * Nodes are bytes named by their SHA-256. A tile lists uid and digest of the shape of the objects whose box begins in
 * it, by uid; the root lists the tiles with their digests, by place. Labels (pixel values) are no part of it:
 * renumbering is no change. Only the root's digest is kept for most revisions, because the log gives the objects; an
 * import keeps its tree and needs no row per object in the log. Layouts, format 2 (all numbers big-endian):
 * tile: byte 2, then per object a byte n and n bytes of uid (n = 0: 16 bytes of a ULID), 32 bytes of digest;
 * root: byte 2, then per tile four uint32 t, z, row, column, 32 bytes of digest.
 */

import { sha256Bytes } from "#platform/index.ts";
import { ulidFromBytes, ulidToBytes } from "./id-bytes.ts";

/** Side of a tile in pixels: a few dozen nuclei, so that one edit hashes a few kilobytes. */
export const tilePx = 256;

const formatVersion = 2;
const digestBytes = 32;
const tileEntryBytes = 16 + digestBytes;

export interface TiledObject {
  readonly uid: string;
  readonly digest: Buffer;
  readonly t: number;
  readonly z: number;
  readonly y0: number;
  readonly x0: number;
}

/** Frame, plane, row and column of a tile, joined by `/`. */
export type TileName = string;

export interface MerkleTree {
  readonly root: Buffer;
  /** Body of the root: enough to go on from with `changeTiles`. */
  readonly rootBody: Buffer;
  /** Bodies of all nodes by digest in hex, the root's included. */
  readonly nodes: ReadonlyMap<string, Buffer>;
}

/** Tree of objects in any order; the same objects give the same root. Cost: O(n log n), about 2 us per object. */
export function buildTree(objects: readonly TiledObject[]): MerkleTree {
  return growTree(new Map(), Map.groupBy(objects, tileOf));
}

/**
 * Tree after the given tiles hold the given objects instead of what they held; an empty list removes a tile.
 *
 * @param rootBody  of the tree before. `nodes` of the result holds the root and the given tiles only.
 */
export function changeTiles(
  rootBody: Buffer,
  tiles: ReadonlyMap<TileName, readonly TiledObject[]>,
): MerkleTree {
  return growTree(tilesOf(rootBody), tiles);
}

function growTree(
  digests: Map<TileName, Buffer>,
  tiles: ReadonlyMap<TileName, readonly TiledObject[]>,
): MerkleTree {
  const nodes = new Map<string, Buffer>();
  const add = (body: Buffer): Buffer => {
    const digest = sha256Bytes(body);
    nodes.set(digest.toString("hex"), body);
    return digest;
  };
  for (const [tile, members] of tiles) {
    if (members.length === 0) digests.delete(tile);
    else digests.set(tile, add(tileBody(members)));
  }
  const rootBody = bodyOfRoot(digests);
  return { root: add(rootBody), rootBody, nodes };
}

export function tileOf({ t, z, y0, x0 }: Omit<TiledObject, "uid" | "digest">): TileName {
  return `${t}/${z}/${Math.floor(y0 / tilePx)}/${Math.floor(x0 / tilePx)}`;
}

/** Frame, plane, row, column. */
export function placeOfTile(tile: TileName): [t: number, z: number, row: number, column: number] {
  return tile.split("/").map(Number) as [number, number, number, number];
}

function tileBody(objects: readonly TiledObject[]): Buffer {
  const sorted = objects.toSorted((a, b) => (a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0));
  const parts: Buffer[] = [Buffer.of(formatVersion)];
  for (const { uid, digest } of sorted) {
    const bytes = ulidToBytes(uid);
    const named = Buffer.from(uid);
    parts.push(...(bytes === null ? [Buffer.of(named.length), named] : [Buffer.of(0), bytes]), digest);
  }
  return Buffer.concat(parts);
}

function bodyOfRoot(digests: ReadonlyMap<TileName, Buffer>): Buffer {
  const tiles = [...digests].map(([tile, digest]) => ({ place: placeOfTile(tile), digest }));
  tiles.sort(({ place: a }, { place: b }) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3]);
  const body = Buffer.alloc(1 + tiles.length * tileEntryBytes);
  body[0] = formatVersion;
  tiles.forEach(({ place, digest }, i) => {
    const at = 1 + i * tileEntryBytes;
    place.forEach((number, k) => void body.writeUInt32BE(number, at + 4 * k));
    digest.copy(body, at + 16);
  });
  return body;
}

/** Digests of the tiles under a root's body. */
export function tilesOf(rootBody: Buffer): Map<TileName, Buffer> {
  const tiles = new Map<TileName, Buffer>();
  for (let at = 1; at + tileEntryBytes <= rootBody.length; at += tileEntryBytes) {
    const place = [0, 4, 8, 12].map((k) => rootBody.readUInt32BE(at + k));
    tiles.set(place.join("/"), rootBody.subarray(at + 16, at + tileEntryBytes));
  }
  return tiles;
}

/** Uid and digest in hex of each object in a tile. */
export function objectsOfTile(body: Buffer): [uid: string, digest: string][] {
  const objects: [string, string][] = [];
  for (let at = 1; at < body.length; ) {
    const length = body[at++] as number;
    const uid = length === 0 ? ulidFromBytes(body, at) : body.toString("utf8", at, at + length);
    at += length === 0 ? 16 : length;
    objects.push([uid, body.toString("hex", at, at + digestBytes)]);
    at += digestBytes;
  }
  return objects;
}
