/**
 * Looking for values that are no numbers in maps of a hundred million of them.
 *
 * A call per value costs more than all else in decoding; a number times 0 is 0, and anything else is not.
 */

/** Values looked at between two questions. */
const blockLength = 4096;

/** Index of the first value that is NaN or infinite; -1 when all are numbers. Cost: O(values), a nanosecond for two. */
export function firstNotFinite(data: Float32Array): number {
  for (let from = 0; from < data.length; from += blockLength) {
    const to = Math.min(data.length, from + blockLength);
    // Four sums, so that one addition need not wait for another.
    let [a, b, c, d] = [0, 0, 0, 0];
    let at = from;
    for (; at + 3 < to; at += 4) {
      a += data[at]! * 0;
      b += data[at + 1]! * 0;
      c += data[at + 2]! * 0;
      d += data[at + 3]! * 0;
    }
    for (; at < to; at++) a += data[at]! * 0;
    if (a + b + c + d === 0) continue;
    for (let i = from; i < to; i++) if (!Number.isFinite(data[i]!)) return i;
  }
  return -1;
}
