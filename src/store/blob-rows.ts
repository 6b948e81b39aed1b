/** Bytes first made durable as a blob, then named by a row: the only order in which a reference may appear. */

import { isoTime } from "#platform/index.ts";
import * as text from "./sql/images.ts";
import type { Store } from "./store.ts";

export interface KeptBlob {
  readonly digest: string;
  readonly bytes: number;
}

/** Makes bytes durable. Call before the transaction that refers to them, so that no lock is held while flushing. */
export async function keepBlob(store: Store, bytes: Uint8Array): Promise<KeptBlob> {
  return { digest: await store.blobs.put(bytes), bytes: bytes.length };
}

/** Writes the row other rows may refer to; call within their transaction. */
export async function insertBlobRow(tx: Store, blob: KeptBlob): Promise<void> {
  await tx.sql.query(text.insertBlob, [blob.digest, blob.bytes, isoTime(tx.clock)]);
}
