/**
 * Runs in packed bitmaps, most significant bit first: find, set, count without looking at single pixels.
 *
 * Offsets are bit positions from the start of the buffer. `Math.clz32` finds the first bit of a byte, whole bytes of
 * zeros or ones are skipped at once.
 */

const ones = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0;
  for (let rest = byte; rest > 0; rest >>= 1) count += rest & 1;
  return count;
});

/** First bit that is 1 in [from, end), or `end`. */
export function setBitFrom(bits: Uint8Array, from: number, end: number): number {
  return scan(bits, from, end, 0);
}

/** First bit that is 0 in [from, end), or `end`. */
export function clearBitFrom(bits: Uint8Array, from: number, end: number): number {
  return scan(bits, from, end, 0xff);
}

function scan(bits: Uint8Array, from: number, end: number, flip: number): number {
  if (from >= end) return end;
  let index = from >> 3;
  let byte = ((bits[index] as number) ^ flip) & (0xff >> (from & 7));
  const last = (end - 1) >> 3;
  while (byte === 0) {
    if (++index > last) return end;
    byte = (bits[index] as number) ^ flip;
  }
  const found = (index << 3) + Math.clz32(byte) - 24;
  return Math.min(found, end);
}

/** Sets bits [from, end). Changes `bits`. */
export function setBitsInPlace(bits: Uint8Array, from: number, end: number): void {
  if (from >= end) return;
  const first = from >> 3;
  const last = (end - 1) >> 3;
  const head = 0xff >> (from & 7);
  const tail = (0xff << (7 - ((end - 1) & 7))) & 0xff;
  if (first === last) {
    bits[first] = (bits[first] as number) | (head & tail);
    return;
  }
  bits[first] = (bits[first] as number) | head;
  bits.fill(0xff, first + 1, last);
  bits[last] = (bits[last] as number) | tail;
}

/** Number of ones in the whole buffer. */
export function countBits(bits: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < bits.length; i++) count += ones[bits[i] as number] as number;
  return count;
}
