/**
 * PNG scan lines to samples: filters undone, bits unpacked, interlaced passes put in place.
 *
 * Source: PNG specification, sections 7 to 9.
 */
import { damagedPng, type PngHeader } from "./chunks.ts";

/** One of the seven passes of an interlaced image, or the whole image. */
interface Pass {
  readonly x0: number;
  readonly y0: number;
  readonly dx: number;
  readonly dy: number;
  readonly columns: number;
  readonly rows: number;
}

const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

function passesOf({ width, height, interlaced }: PngHeader): Pass[] {
  if (!interlaced) return [{ x0: 0, y0: 0, dx: 1, dy: 1, columns: width, rows: height }];
  return ADAM7.map(([x0, y0, dx, dy]) => ({
    x0,
    y0,
    dx,
    dy,
    columns: Math.ceil(Math.max(0, width - x0) / dx),
    rows: Math.ceil(Math.max(0, height - y0) / dy),
  })).filter((pass) => pass.columns > 0 && pass.rows > 0);
}

function rowBytesOf(header: PngHeader, columns: number): number {
  return Math.ceil((columns * header.samples * header.depth) / 8);
}

/** Bytes that the decompressed pixels have, filter bytes included. */
export function scanlineBytes(header: PngHeader): number {
  return passesOf(header).reduce((sum, pass) => sum + pass.rows * (1 + rowBytesOf(header, pass.columns)), 0);
}

/**
 * @param bytes  decompressed scan lines, exactly `scanlineBytes`; changed.
 * @returns samples in axes cyx, 0 to 2^depth - 1.
 * @throws FoundryError `format.png` for an unknown filter, naming the row.
 */
export function unpackScanlines(
  bytes: Uint8Array,
  header: PngHeader,
  name: string,
): Uint8Array | Uint16Array {
  const { width, height, samples, depth } = header;
  const total = width * height * samples;
  const out = depth === 16 ? new Uint16Array(total) : new Uint8Array(total);
  const pixelBytes = Math.max(1, (samples * depth) >> 3);
  let at = 0;
  for (const pass of passesOf(header)) {
    const rowBytes = rowBytesOf(header, pass.columns);
    let above: Uint8Array = new Uint8Array(rowBytes);
    for (let row = 0; row < pass.rows; row++) {
      const filter = bytes[at]!;
      const line = bytes.subarray(at + 1, at + 1 + rowBytes);
      if (filter > 4) throw damagedPng(name, `row ${row}`, `filter ${filter} does not exist`);
      undoFilterInPlace(filter, line, above, pixelBytes);
      placeLine(out, line, header, pass, row);
      above = line;
      at += 1 + rowBytes;
    }
  }
  return out;
}

function undoFilterInPlace(filter: number, line: Uint8Array, above: Uint8Array, pixelBytes: number): void {
  if (filter === 1) {
    for (let i = pixelBytes; i < line.length; i++) line[i] = line[i]! + line[i - pixelBytes]!;
  } else if (filter === 2) {
    for (let i = 0; i < line.length; i++) line[i] = line[i]! + above[i]!;
  } else if (filter === 3) {
    for (let i = 0; i < line.length; i++) {
      const left = i < pixelBytes ? 0 : line[i - pixelBytes]!;
      line[i] = line[i]! + ((left + above[i]!) >> 1);
    }
  } else if (filter === 4) {
    for (let i = 0; i < line.length; i++) {
      const left = i < pixelBytes ? 0 : line[i - pixelBytes]!;
      const corner = i < pixelBytes ? 0 : above[i - pixelBytes]!;
      line[i] = line[i]! + paeth(left, above[i]!, corner);
    }
  }
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

function placeLine(
  out: Uint8Array | Uint16Array,
  line: Uint8Array,
  header: PngHeader,
  pass: Pass,
  row: number,
): void {
  const { width, height, samples, depth } = header;
  const start = (pass.y0 + row * pass.dy) * width + pass.x0;
  if (depth === 8 && samples === 1 && pass.dx === 1) {
    out.set(line, start);
    return;
  }
  for (let sample = 0; sample < samples; sample++) {
    let to = sample * width * height + start;
    for (let column = 0; column < pass.columns; column++, to += pass.dx) {
      const i = column * samples + sample;
      if (depth === 8) out[to] = line[i]!;
      else if (depth === 16) out[to] = (line[2 * i]! << 8) | line[2 * i + 1]!;
      else {
        const bit = i * depth;
        out[to] = (line[bit >> 3]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
      }
    }
  }
}
