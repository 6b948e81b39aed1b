/**
 * SHA-256 of bytes in the page.
 *
 * The browser's own is used where it is given out, which is over HTTPS and on the computer itself; a lab that opens the
 * page by plain HTTP gets the library's, so that a model is checked there too.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** 64 hex digits. Cost without the browser's own: about 100 MB/s. */
export async function sha256Hex(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // Absent outside secure contexts, whatever the types say.
  const subtle = (globalThis.crypto as Crypto | undefined)?.subtle as SubtleCrypto | undefined;
  const digest = subtle === undefined ? sha256(bytes) : await subtle.digest("SHA-256", bytes);
  return bytesToHex(new Uint8Array(digest));
}
