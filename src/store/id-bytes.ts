/**
 * Ids as bytes: a ULID is 128 bits written with 26 letters, and millions of them are stored inside packed values.
 *
 * Other ids (made by hand, by tests, by programs of others) stay texts. Reading back gives the very same text.
 */

import { sha256Bytes } from "#platform/index.ts";

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const digitOf = new Int8Array(128).fill(-1);
for (let i = 0; i < 32; i++) digitOf[alphabet.charCodeAt(i)] = i;

/** 16 bytes of a ULID; `null` for any other text, and for a spelling that `ulidFromBytes` would not give back. */
export function ulidToBytes(id: string): Buffer | null {
  if (id.length !== 26) return null;
  const bytes = Buffer.alloc(16);
  // 26 letters of 5 bits are 130 bits: the first letter may be 7 at most.
  let [bits, held, at] = [0, 0, 0];
  for (let i = 0; i < 26; i++) {
    const code = id.charCodeAt(i);
    const value = code < 128 ? (digitOf[code] as number) : -1;
    if (value < 0 || (i === 0 && value > 7)) return null;
    bits = (bits << 5) | value;
    held += i === 0 ? 3 : 5;
    if (held >= 8) {
      held -= 8;
      bytes[at++] = (bits >> held) & 0xff;
      bits &= (1 << held) - 1;
    }
  }
  return bytes;
}

/** Text of 16 bytes from `offset`. */
export function ulidFromBytes(bytes: Uint8Array, offset = 0): string {
  let text = "";
  let [bits, held, at] = [0, 2, offset];
  while (text.length < 26) {
    if (held < 5) {
      bits = (bits << 8) | (bytes[at++] as number);
      held += 8;
    }
    held -= 5;
    text += alphabet[(bits >> held) & 31];
    bits &= (1 << held) - 1;
  }
  return text;
}

/** 16 bytes that stand for an id in a list that is searched: the ULID itself, else the start of the text's SHA-256. */
export function idKey(id: string): Buffer {
  return ulidToBytes(id) ?? sha256Bytes(id).subarray(0, 16);
}
