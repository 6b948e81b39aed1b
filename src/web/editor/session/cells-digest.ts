/**
 * What this page takes the cells to be, in one digest: SHA-256 over `uid digest` of each living cell, one a line, by uid.
 *
 * The server says the same of its objects, so one comparison tells whether two screens and the server agree.
 */

import { encodeObjectShape } from "#core/labels/index.ts";
import type { LayerModel } from "./layer-model.ts";

/** Cost: O(bytes of all shapes). */
export async function cellsDigest(model: LayerModel): Promise<string> {
  // All shapes are taken at once: cells may change while digests are made.
  const shapes = model.everyShape().map(([uid, shape]) => [uid, encodeObjectShape(shape)] as const);
  const lines: string[] = [];
  for (const [uid, bytes] of shapes) lines.push(`${uid} ${await sha256(bytes)}\n`);
  return sha256(new TextEncoder().encode(lines.sort().join("")));
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new Uint8Array(bytes));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
