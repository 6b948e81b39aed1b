/** SHA-256: the name of every blob, object shape, revision and version. */

import { hash, randomBytes } from "node:crypto";

/** Digest of bytes or of UTF-8 text, lower-case hex. */
export function sha256(data: Uint8Array | string): string {
  return hash("sha256", data, "hex");
}

/** The same as 32 raw bytes. */
export function sha256Bytes(data: Uint8Array | string): Buffer {
  return hash("sha256", data, "buffer");
}

/** 256 bits from the system's generator, base64url: for tokens that stand for a person. */
export function randomToken(): string {
  return randomBytes(32).toString("base64url");
}
