/** GIF films are read back by a decoder written from the format alone. */
import { expect, test } from "vitest";
import { rng } from "#core/rng.ts";
import { gifFrame, gifHead, gifTail } from "./write-gif.ts";

/** Frames of a GIF with one palette, as indices. */
function decode(bytes: Uint8Array): {
  width: number;
  height: number;
  palette: Uint8Array;
  frames: number[][];
  delays: number[];
} {
  const word = (at: number): number => bytes[at]! | (bytes[at + 1]! << 8);
  expect(new TextDecoder().decode(bytes.subarray(0, 6))).toBe("GIF89a");
  const [width, height] = [word(6), word(8)];
  expect(bytes[10]! & 0x87).toBe(0x87);
  const palette = bytes.subarray(13, 13 + 768);
  const frames: number[][] = [];
  const delays: number[] = [];
  let at = 13 + 768;
  const skipBlocks = (): Uint8Array => {
    const parts: number[] = [];
    for (; bytes[at] !== 0; at += bytes[at]! + 1) parts.push(...bytes.subarray(at + 1, at + 1 + bytes[at]!));
    at++;
    return Uint8Array.from(parts);
  };
  for (;;) {
    if (bytes[at] === 0x3b) return { width, height, palette, frames, delays };
    if (bytes[at] === 0x21) {
      if (bytes[at + 1] === 0xf9) delays.push(word(at + 4));
      at += 2;
      skipBlocks();
      continue;
    }
    expect(bytes[at]).toBe(0x2c);
    at += 10;
    const bits = bytes[at++]!;
    frames.push(unpack(skipBlocks(), bits));
  }
}

/** Words as lists: slow and plain. */
function unpack(data: Uint8Array, bits: number): number[] {
  const [clear, end] = [1 << bits, (1 << bits) + 1];
  let place = 0;
  const read = (width: number): number => {
    let code = 0;
    for (let k = 0; k < width; k++, place++) code |= ((data[place >> 3]! >> (place & 7)) & 1) << k;
    return code;
  };
  const out: number[] = [];
  let words: number[][] = [];
  let width = bits + 1;
  let before: number[] | null = null;
  for (;;) {
    const code = read(width);
    if (code === end) return out;
    if (code === clear) {
      words = Array.from({ length: end + 1 }, (_, k) => [k]);
      width = bits + 1;
      before = null;
      continue;
    }
    const word: number[] = words[code] ?? [...before!, before![0]!];
    out.push(...word);
    if (before !== null && words.length < 4096) words.push([...before, word[0]!]);
    if (words.length === 1 << width && width < 12) width++;
    before = word;
  }
}

const palette = Uint8Array.from({ length: 768 }, (_, k) => k & 255);

test.each([
  ["one pixel", 1, 1, () => 7],
  ["plain", 40, 70, () => 3],
  ["stripes", 61, 53, (i: number) => i % 5],
  ["noise, so that the dictionary is full several times", 160, 200, null],
] as const)("%s comes back index for index", (_name, height, width, of) => {
  const random = rng(5, "gif");
  const frames = [0, 1].map((f) =>
    Uint8Array.from({ length: height * width }, (_, i) =>
      of === null ? random.int(256) : (of(i) + f) & 255,
    ),
  );
  const options = { height, width, palette, delayCs: 12 };
  const parts = [gifHead(options), ...frames.map((frame) => gifFrame(options, frame)), gifTail];
  const decoded = decode(Uint8Array.from(parts.flatMap((part) => [...part])));
  expect([decoded.height, decoded.width, decoded.delays]).toEqual([height, width, [12, 12]]);
  expect(Buffer.compare(decoded.palette, palette)).toBe(0);
  for (const [f, frame] of frames.entries())
    expect(Buffer.compare(Uint8Array.from(decoded.frames[f]!), frame)).toBe(0);
});
