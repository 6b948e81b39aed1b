/**
 * PNG as a list of checked chunks.
 *
 * Lengths, order and CRC of every chunk are verified before anything is decompressed, and the header's size is held
 * against the limits, so a damaged or boastful file is refused early. Source: PNG specification, third edition.
 */
import { crc32 } from "../../checksum.ts";
import { fault } from "../../fault.ts";
import { joinBytes } from "../../join-bytes.ts";
import { checkDecodedSize, type ReadLimits, SIDE_MAX } from "../../limits.ts";

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits per sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha. */
  readonly colourType: number;
  readonly samples: number;
  readonly interlaced: boolean;
}

export interface PngFile {
  readonly name: string;
  readonly header: PngHeader;
  /** The pieces of the compressed pixels joined. */
  readonly compressed: Uint8Array;
  /** 3 bytes per entry. */
  readonly palette: Uint8Array | null;
  /** Body of tRNS: alpha of palette entries, or the one transparent colour. */
  readonly transparency: Uint8Array | null;
  /** Pixels per metre. */
  readonly perMetre: { readonly x: number; readonly y: number } | null;
  readonly animated: boolean;
}

export const PNG_SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10] as const;
// Encoders that flush every 8 KiB need 65,536 chunks for the largest file accepted.
const CHUNKS_MAX = 100_000;

const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** @throws FoundryError `format.png`, `limit.pixels`, `limit.bytes`. */
export function openPng(bytes: Uint8Array, name: string, limits: ReadLimits): PngFile {
  const found: Map<string, Uint8Array> = new Map();
  const pieces: Uint8Array[] = [];
  let header: PngHeader | null = null;
  let previous = "";
  for (const { type, body } of walkChunks(bytes, name)) {
    if (header === null) {
      if (type !== "IHDR") throw damagedPng(name, "first chunk", `it is ${type}, not IHDR`);
      header = readHeader(body, name, limits);
    } else if (type === "IHDR") throw damagedPng(name, "chunk IHDR", "it appears twice");
    if (type === "IDAT") {
      if (pieces.length > 0 && previous !== "IDAT")
        throw damagedPng(name, "chunk IDAT", "the pixel data are interrupted");
      pieces.push(body);
    } else if (!found.has(type)) found.set(type, body);
    if (isCritical(type) && !["IHDR", "PLTE", "IDAT", "IEND"].includes(type)) {
      throw damagedPng(name, `chunk ${type}`, "it is unknown and marked as essential");
    }
    previous = type;
  }
  if (header === null || pieces.length === 0) throw damagedPng(name, undefined, "it holds no pixel data");
  const palette = found.get("PLTE") ?? null;
  if (
    header.colourType === 3 &&
    (palette === null || palette.length === 0 || palette.length % 3 !== 0 || palette.length > 768)
  ) {
    throw damagedPng(name, "chunk PLTE", "the palette is missing or has a wrong length");
  }
  return {
    name,
    header,
    compressed: joinBytes(pieces),
    palette,
    transparency: found.get("tRNS") ?? null,
    perMetre: readResolution(found.get("pHYs")),
    animated: found.has("acTL"),
  };
}

function* walkChunks(bytes: Uint8Array, name: string): Generator<{ type: string; body: Uint8Array }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (PNG_SIGNATURE.some((byte, i) => bytes[i] !== byte))
    throw damagedPng(name, "header", "this is not a PNG header");
  let at = 8;
  for (let count = 0; count < CHUNKS_MAX; count++) {
    const place = `chunk ${count}`;
    if (at + 12 > bytes.length) throw damagedPng(name, place, "the file is cut short");
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (!/^[A-Za-z]{4}$/.test(type)) throw damagedPng(name, place, "its type is not four letters");
    if (length > bytes.length - at - 12) throw damagedPng(name, `chunk ${type}`, "the file is cut short");
    const checked = bytes.subarray(at + 4, at + 8 + length);
    if (crc32(checked) !== view.getUint32(at + 8 + length))
      throw damagedPng(name, `chunk ${type}`, "its checksum (CRC) does not match");
    yield { type, body: bytes.subarray(at + 8, at + 8 + length) };
    if (type === "IEND") return;
    at += 12 + length;
  }
  throw damagedPng(name, undefined, `more than ${CHUNKS_MAX} chunks`);
}

function isCritical(type: string): boolean {
  return type.charCodeAt(0) < 97;
}

function readHeader(body: Uint8Array, name: string, limits: ReadLimits): PngHeader {
  if (body.length !== 13) throw damagedPng(name, "chunk IHDR", `it has ${body.length} bytes, not 13`);
  const view = new DataView(body.buffer, body.byteOffset, 13);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colourType, compression, filter, interlace] = [8, 9, 10, 11, 12].map((i) => body[i]!);
  if (width < 1 || height < 1 || width > SIDE_MAX || height > SIDE_MAX)
    throw damagedPng(name, "chunk IHDR", `the size is ${height} x ${width}`);
  const samples = SAMPLES[colourType!];
  if (samples === undefined || !DEPTHS[colourType!]!.includes(depth!)) {
    throw damagedPng(name, "chunk IHDR", `colour type ${colourType} with ${depth} bits does not exist`);
  }
  if (compression !== 0 || filter !== 0 || interlace! > 1)
    throw damagedPng(name, "chunk IHDR", "it names an unknown method");
  checkDecodedSize(
    name,
    {
      samples: width * height * samples,
      bytes: width * height * samples * (depth === 16 ? 2 : 1),
      what: `${height} x ${width} pixels with ${samples} samples of ${depth} bits`,
    },
    limits,
  );
  return { width, height, depth: depth!, colourType: colourType!, samples, interlaced: interlace === 1 };
}

function readResolution(body: Uint8Array | undefined): PngFile["perMetre"] {
  if (body === undefined || body.length !== 9 || body[8] !== 1) return null;
  const view = new DataView(body.buffer, body.byteOffset, 9);
  const [x, y] = [view.getUint32(0), view.getUint32(4)];
  return x === 0 || y === 0 ? null : { x, y };
}

export function damagedPng(name: string, place: string | undefined, reason: string) {
  return fault("format.png", {
    file: name,
    ...(place === undefined ? {} : { place }),
    reason,
    remedy: "The file is damaged or was not copied completely; export or download it again.",
  });
}
