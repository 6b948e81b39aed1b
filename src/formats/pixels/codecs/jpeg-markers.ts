/**
 * The markers of a JPEG stream: what it announces, read before the decoder sees it, and how a TIFF's pieces are joined.
 *
 * A TIFF keeps quantisation and Huffman tables apart from its strips, and says itself how colours are coded; the
 * decoder learns it from an Adobe marker that is put in front. Source: ITU-T T.81 annex B; TIFF technical note 2.
 */
import { joinBytes } from "../../join-bytes.ts";

export interface JpegFrame {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly bits: number;
  /** Coding that the decoder has: baseline, extended or progressive Huffman. */
  readonly coding: "huffman" | "other";
  readonly scans: number;
  /** Payload of the EXIF marker, without its name. */
  readonly exif: Uint8Array | null;
  /** The stream says itself how its colours are coded. */
  readonly jfif: boolean;
  readonly adobe: boolean;
}

// Each scan of a progressive file goes over the whole image; encoders write about ten.
export const JPEG_SCANS_MAX = 100;

const START = 0xd8;
const END = 0xd9;
const SCAN = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP14 = 0xee;

interface Segment {
  readonly marker: number;
  /** From the marker's FF to the end of its payload. */
  readonly start: number;
  readonly end: number;
}

const standsAlone = (marker: number): boolean =>
  marker === 0x01 || marker === START || marker === END || (marker >= 0xd0 && marker <= 0xd7);

/** Markers in order; entropy-coded data between them are passed over. Ends at the first byte that is no marker. */
function* segments(bytes: Uint8Array): Generator<Segment> {
  let at = 0;
  while (at + 1 < bytes.length) {
    if (bytes[at] !== 0xff) {
      at++;
      continue;
    }
    const marker = bytes[at + 1]!;
    // Fill bytes, stuffed bytes of coded data, restart markers.
    if (marker === 0xff || marker === 0 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    const length = standsAlone(marker) ? 0 : ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    const end = Math.min(at + 2 + length, bytes.length);
    yield { marker, start: at, end };
    if (marker === END) return;
    at = Math.max(end, at + 2);
  }
}

const HUFFMAN_FRAMES = [0xc0, 0xc1, 0xc2];

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function text(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

/** @returns what the stream announces, or `null` when it is no JPEG or has no frame header. Linear, no memory. */
export function readJpegFrame(bytes: Uint8Array): JpegFrame | null {
  if (bytes[0] !== 0xff || bytes[1] !== START) return null;
  let frame: Pick<JpegFrame, "width" | "height" | "components" | "bits" | "coding"> | null = null;
  let scans = 0;
  let exif: Uint8Array | null = null;
  let [jfif, adobe] = [false, false];
  for (const { marker, start, end } of segments(bytes)) {
    if (marker === SCAN) scans++;
    if (marker === APP0 && text(bytes, start + 4, 4) === "JFIF") jfif = true;
    if (marker === APP14 && text(bytes, start + 4, 5) === "Adobe") adobe = true;
    if (marker === APP1 && exif === null && text(bytes, start + 4, 6) === "Exif\0\0")
      exif = bytes.subarray(start + 10, end);
    if (!isFrame(marker) || frame !== null || end - start < 10) continue;
    const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
    frame = {
      bits: view.getUint8(4),
      height: view.getUint16(5),
      width: view.getUint16(7),
      components: view.getUint8(9),
      coding: HUFFMAN_FRAMES.includes(marker) ? "huffman" : "other",
    };
  }
  return frame === null ? null : { ...frame, scans, exif, jfif, adobe };
}

/**
 * One stream out of the tables of a TIFF and one of its strips or tiles.
 *
 * @param tables  the JPEGTables tag: a stream of tables only; `null` when the strip brings its own.
 * @param transform  what the decoder is told about colours: 1 they are YCbCr, 0 they are not, `null` nothing is said.
 */
export function joinJpeg(tables: Uint8Array | null, strip: Uint8Array, transform: 0 | 1 | null): Uint8Array {
  const pieces: Uint8Array[] = [Uint8Array.of(0xff, START)];
  if (transform !== null) {
    pieces.push(Uint8Array.of(0xff, APP14, 0, 14, 65, 100, 111, 98, 101, 0, 100, 0, 0, 0, 0, transform));
  }
  if (tables !== null) {
    for (const { marker, start, end } of segments(tables))
      if (!standsAlone(marker) && marker !== SCAN) pieces.push(tables.subarray(start, end));
  }
  pieces.push(transform === null ? strip.subarray(2) : withoutColourMarkers(strip));
  return joinBytes(pieces);
}

/** The stream after its start marker, up to its first scan without JFIF and Adobe markers. */
function withoutColourMarkers(strip: Uint8Array): Uint8Array {
  const kept: Uint8Array[] = [];
  let from = 2;
  for (const { marker, start, end } of segments(strip)) {
    if (marker === SCAN) break;
    if (marker !== APP0 && marker !== APP14) continue;
    kept.push(strip.subarray(from, start));
    from = end;
  }
  kept.push(strip.subarray(from));
  return joinBytes(kept);
}
