/** Shapes of objects as rows: encoded and named by digest on the way in, verified on the way out. */

import { FoundryError } from "#core/errors.ts";
import { decodeObjectShape, encodeObjectShape, type ObjectShape } from "#core/labels/index.ts";
import { sha256Bytes } from "#platform/index.ts";
import * as text from "./sql/layers.ts";
import type { Store } from "./store.ts";

export interface EncodedShape {
  readonly shape: ObjectShape;
  readonly digest: Buffer;
  readonly bytes: Uint8Array;
}

export function encodeShape(shape: ObjectShape): EncodedShape {
  const bytes = encodeObjectShape(shape);
  return { shape, digest: sha256Bytes(bytes), bytes };
}

/** @throws FoundryError `blob.corrupt` when the bytes are not those the digest names. */
export function decodeShape(digest: Uint8Array, bytes: Uint8Array): ObjectShape {
  if (!sha256Bytes(bytes).equals(digest)) throw corruptShape(digest);
  return decodeObjectShape(bytes);
}

function corruptShape(digest: Uint8Array): FoundryError {
  return new FoundryError("blob.corrupt", {
    message: "The stored shape of an object does not match its digest.",
    hint: "Run `cellfoundry doctor` to see what uses it, and restore the database from a backup.",
    details: { digest: Buffer.from(digest).toString("hex") },
  });
}

/** Writes shapes that are not there yet; within a transaction. */
export async function insertShapes(tx: Store, shapes: readonly EncodedShape[]): Promise<void> {
  const distinct = new Map(shapes.map((shape) => [shape.digest.toString("hex"), shape]));
  if (distinct.size === 0) return;
  const rows = [...distinct.values()];
  await tx.sql.query(text.insertShapes, [
    rows.map(({ digest }) => digest),
    // pg sends a Buffer as bytes; a bare Uint8Array inside a list it would write as text.
    rows.map(({ bytes }) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
  ]);
}

/** Shapes by digest in hex. @throws FoundryError `blob.corrupt`, `blob.missing`. */
export async function readShapes(
  store: Store,
  digests: readonly string[],
): Promise<Map<string, ObjectShape>> {
  const distinct = [...new Set(digests)];
  const rows = await store.sql.query<{ digest: Buffer; bytes: Buffer }>(text.selectShapes, [
    distinct.map((digest) => Buffer.from(digest, "hex")),
  ]);
  const shapes = new Map(
    rows.map(({ digest, bytes }) => [digest.toString("hex"), decodeShape(digest, bytes)]),
  );
  const missing = distinct.find((digest) => !shapes.has(digest));
  if (missing === undefined) return shapes;
  throw new FoundryError("blob.missing", {
    message: "The shape of an object is not in the database.",
    hint: "Run `cellfoundry doctor` to see what uses it.",
    details: { digest: missing },
  });
}
