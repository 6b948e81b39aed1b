/**
 * What a file is, by its content.
 *
 * Extensions lie: exported tables are called .png, web servers answer with a page that says "not found", downloads
 * stop at 0 bytes. The first bytes decide; the name only helps to word the refusal.
 */
import { fault } from "./fault.ts";
import { PNG_SIGNATURE } from "./pixels/png/chunks.ts";

export type FileFormat = "png" | "tiff" | "jpeg" | "webp" | "bmp" | "ome-xml" | "zip" | "npy";

// Longest prefix looked at for text.
const PEEK_BYTES = 1024;

const FOREIGN: readonly (readonly [bytes: readonly number[], what: string])[] = [
  [[0x47, 0x49, 0x46, 0x38], "a GIF image"],
  [[0x25, 0x50, 0x44, 0x46], "a PDF document"],
  [[0x89, 0x48, 0x44, 0x46], "an HDF5 file (for example .h5, .ims)"],
  [[0x5a, 0x49, 0x53, 0x52, 0x41, 0x57], "a Zeiss CZI file"],
  [[0x1f, 0x8b], "a gzip file"],
  [[0x37, 0x7a, 0xbc, 0xaf], "a 7-Zip archive"],
  [[0x52, 0x61, 0x72, 0x21], "a RAR archive"],
  [[0xda, 0xce, 0xbe, 0x0a], "a Nikon ND2 file"],
];

/**
 * @throws FoundryError `format.detect` for anything else, saying what the file seems to be and what to do.
 */
export function detectFormat(bytes: Uint8Array, name: string): FileFormat {
  const known = knownFormat(bytes);
  if (known !== null) return known;
  throw fault("format.detect", { file: name, reason: reasonFor(bytes, name), remedy: remedyFor(bytes) });
}

function knownFormat(bytes: Uint8Array): FileFormat | null {
  if (startsWith(bytes, PNG_SIGNATURE)) return "png";
  const order = startsWith(bytes, [0x49, 0x49]) ? "little" : startsWith(bytes, [0x4d, 0x4d]) ? "big" : null;
  const version =
    order === "little" ? bytes[2]! | (bytes[3]! << 8) : order === "big" ? (bytes[2]! << 8) | bytes[3]! : 0;
  if (bytes.length >= 4 && (version === 42 || version === 43)) return "tiff";
  if (startsWith(bytes, [0x50, 0x4b, 3, 4]) || startsWith(bytes, [0x50, 0x4b, 5, 6])) return "zip";
  if (startsWith(bytes, [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59])) return "npy";
  return pictureFormat(bytes) ?? (isOmeXml(bytes) ? "ome-xml" : null);
}

function pictureFormat(bytes: Uint8Array): FileFormat | null {
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return "jpeg";
  // "RIFF", four bytes of length, "WEBP".
  if (startsWith(bytes, [0x52, 0x49, 0x46, 0x46]) && startsWith(bytes.subarray(8), [0x57, 0x45, 0x42, 0x50]))
    return "webp";
  // "BM" alone could start a text; the reserved bytes are zero and the header has one of its known lengths.
  const isBmp =
    startsWith(bytes, [0x42, 0x4d]) &&
    bytes.length >= 18 &&
    startsWith(bytes.subarray(6), [0, 0, 0, 0]) &&
    [12, 40, 52, 56, 64, 108, 124].includes(bytes[14]!) &&
    startsWith(bytes.subarray(15), [0, 0, 0]);
  return isBmp ? "bmp" : null;
}

/** A companion file: the description of images that lie in other files. */
function isOmeXml(bytes: Uint8Array): boolean {
  const text = asText(bytes);
  return text !== null && /^(\ufeff|ï»¿)?\s*</.test(text) && /<(\w+:)?OME[\s>]/.test(text);
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return bytes.length >= prefix.length && prefix.every((byte, i) => bytes[i] === byte);
}

function reasonFor(bytes: Uint8Array, name: string): string {
  if (bytes.length === 0) return "the file is empty (0 bytes)";
  const said = /\.(png|tiff?|zip|npy)$/i.exec(name)?.[1]?.toUpperCase().replace(/^TIF$/, "TIFF");
  const though = said === undefined ? "" : `, although its name says ${said}`;
  const foreign = FOREIGN.find(([prefix]) => startsWith(bytes, prefix));
  if (foreign !== undefined) return `it is ${foreign[1]}${though}`;
  const text = asText(bytes);
  if (text === null) return `its content is not one of the formats read here${though}`;
  if (/^\s*(<!doctype html|<html)/i.test(text)) return `it is a web page${though}`;
  return `it is a text file${though}`;
}

function remedyFor(bytes: Uint8Array): string {
  if (bytes.length === 0) return "Copy or download it again.";
  const text = asText(bytes);
  if (text !== null && /<html|<!doctype html/i.test(text))
    return "The download failed; get the file itself again.";
  return "Use PNG or TIFF files; other microscope formats can be exported to TIFF, for example with Fiji.";
}

/** The beginning as text, or `null` when it holds bytes that text does not. */
function asText(bytes: Uint8Array): string | null {
  const head = bytes.subarray(0, PEEK_BYTES);
  if (head.some((byte) => byte < 9 || (byte > 13 && byte < 32))) return null;
  return new TextDecoder("latin1").decode(head);
}
