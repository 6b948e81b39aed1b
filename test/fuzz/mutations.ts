/**
 * Seeded damage to valid files: flipped bits, cuts, repeated pieces, numbers replaced by extreme ones, and for text
 * pieces of syntax where they do not belong. A case is replayed from its seed.
 */

/** Small, known generator (mulberry32): whole numbers below the argument. */
export function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const EXTREMES = [
  0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];
/** Pieces of syntax of JSON and XML, and numbers at the edge. */
const WORDS = [
  "null",
  "-1",
  "1e999",
  "[",
  "]",
  "{",
  "}",
  '"',
  "<",
  ">",
  "\\",
  ",",
  "999999999999",
  "0.5",
  "NaN",
  "\u0000",
  "true",
  "{}",
];

/** One to three changes. @param words  put in where they do not belong. */
export function mutate(
  bytes: Uint8Array,
  random: (below: number) => number,
  words: readonly string[] = WORDS,
): Uint8Array<ArrayBuffer> {
  let out: Uint8Array<ArrayBuffer> = Uint8Array.from(bytes);
  for (let change = 0; change <= random(3); change++) {
    if (out.length === 0) return out;
    const at = random(out.length);
    const kind = random(6);
    if (kind === 0) out[at]! ^= 1 << random(8);
    else if (kind === 1) out = out.slice(0, Math.max(1, at));
    else if (kind === 2 && at + 4 <= out.length)
      new DataView(out.buffer).setUint32(at, EXTREMES[random(EXTREMES.length)]!, random(2) === 0);
    else if (kind === 3 && at + 2 <= out.length)
      new DataView(out.buffer).setUint16(at, EXTREMES[random(8)]!, random(2) === 0);
    else if (kind === 4) out = replaceWord(out, at, random, words);
    else out.set(out.slice(random(out.length)).subarray(0, Math.min(1 + random(32), out.length - at)), at);
  }
  return out;
}

function replaceWord(
  bytes: Uint8Array,
  at: number,
  random: (below: number) => number,
  words: readonly string[],
): Uint8Array<ArrayBuffer> {
  const word = new TextEncoder().encode(words[random(words.length)]!);
  const after = Math.min(bytes.length, at + random(4));
  const out = new Uint8Array(at + word.length + bytes.length - after);
  out.set(bytes.subarray(0, at));
  out.set(word, at);
  out.set(bytes.subarray(after), at + word.length);
  return out;
}
