/**
 * Writes GIF films (GIF89a) frame by frame: one palette of 256 colours, frames of indices, repeated for ever.
 *
 * The code is Lempel-Ziv-Welch with growing code words as the format asks for. Memory: a frame and its dictionary.
 */
import { assert } from "#core/errors.ts";

export interface GifOptions {
  readonly height: number;
  readonly width: number;
  /** RGB of 256 colours, 768 bytes. */
  readonly palette: Uint8Array;
  /** Hundredths of a second a frame is shown. */
  readonly delayCs: number;
}

const sideMax = 65_535;

/** Bytes before the first frame. */
export function gifHead({ height, width, palette }: Omit<GifOptions, "delayCs">): Uint8Array {
  assert(
    height >= 1 && width >= 1 && height <= sideMax && width <= sideMax,
    "a GIF has sides of 1 to 65,535",
  );
  assert(palette.length === 768, "a palette has 256 colours");
  const text = (word: string): number[] => [...word].map((letter) => letter.charCodeAt(0));
  const word = (value: number): number[] => [value & 255, value >> 8];
  return Uint8Array.from([
    ...text("GIF89a"),
    ...word(width),
    ...word(height),
    // A table of 256 colours for all frames, 8 bits each.
    ...[0xf7, 0, 0],
    ...palette,
    // Repeat for ever.
    ...[0x21, 0xff, 11],
    ...text("NETSCAPE2.0"),
    ...[3, 1, 0, 0, 0],
  ]);
}

/** Bytes of one frame. @param indices  row-major, one of the palette each. Cost: O(pixels). */
export function gifFrame({ height, width, delayCs }: GifOptions, indices: Uint8Array): Uint8Array {
  assert(indices.length === height * width, "a frame has the size of its film");
  const word = (value: number): number[] => [value & 255, value >> 8];
  const head = [
    ...[0x21, 0xf9, 4, 0, ...word(delayCs), 0, 0],
    ...[0x2c, 0, 0, 0, 0, ...word(width), ...word(height), 0],
    codeBits,
  ];
  const codes = compress(indices);
  const blocks = Math.ceil(codes.length / 255);
  const bytes = new Uint8Array(head.length + codes.length + blocks + 1);
  bytes.set(head);
  let at = head.length;
  for (let from = 0; from < codes.length; from += 255) {
    const block = codes.subarray(from, from + 255);
    bytes[at] = block.length;
    bytes.set(block, at + 1);
    at += 1 + block.length;
  }
  // The block of length 0 that ends a frame is there already.
  return bytes;
}

/** What ends a film. */
export const gifTail: Uint8Array = Uint8Array.from([0x3b]);

const codeBits = 8;
const clearCode = 1 << codeBits;
const endCode = clearCode + 1;
const wordsMax = 4096;

/** Packs code words of 9 to 12 bits, lowest bit first. */
function compress(indices: Uint8Array): Uint8Array {
  const bytes: number[] = [];
  let [held, bits, width] = [0, 0, codeBits + 1];
  const emit = (code: number): void => {
    held |= code << bits;
    bits += width;
    for (; bits >= 8; bits -= 8, held >>>= 8) bytes.push(held & 255);
  };
  // Word of a known word and the index behind it: prefix * 256 + index.
  let words = new Map<number, number>();
  let next = endCode + 1;
  const restart = (): void => {
    words = new Map();
    next = endCode + 1;
    width = codeBits + 1;
  };
  emit(clearCode);
  let prefix = indices[0]!;
  for (let at = 1; at < indices.length; at++) {
    const key = prefix * 256 + indices[at]!;
    const known = words.get(key);
    if (known !== undefined) {
      prefix = known;
      continue;
    }
    emit(prefix);
    if (next === wordsMax) {
      emit(clearCode);
      restart();
    } else {
      // The reader is one word behind: widths grow when the word that no longer fits is made.
      if (next === 1 << width) width++;
      words.set(key, next++);
    }
    prefix = indices[at]!;
  }
  emit(prefix);
  // The reader makes one more word of that.
  if (next === 1 << width && width < 12) width++;
  emit(endCode);
  if (bits > 0) bytes.push(held & 255);
  return Uint8Array.from(bytes);
}
