/**
 * Object shapes as they travel: the bits of a shape become base64, everything else stays.
 *
 * This folder runs in browsers and in Node: the platform's own conversion is taken where it has one (ES2026; ten times as fast,
 * which tells with 20,000 cells), and the same by hand elsewhere. Both refuse the same text.
 */

import { FoundryError } from "#core/errors.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import type { WireShape } from "./labels.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const codeOf = new Uint8Array(128).fill(255);
for (let index = 0; index < alphabet.length; index++) codeOf[alphabet.charCodeAt(index)] = index;

/** The two letters of each twelve bits: half as many pieces to join as letters. */
const pairs = Array.from({ length: 4096 }, (_, bits) => `${alphabet[bits >> 6]}${alphabet[bits & 63]}`);

/** A shape for the wire. Cost: O(bytes). */
export function shapeToWire(shape: ObjectShape): WireShape {
  const [y0, x0, y1, x1] = shape.bbox;
  return { t: shape.t, z: shape.z, bbox: [y0, x0, y1, x1], bits: bytesToBase64(shape.bits) };
}

/**
 * A shape from the wire. Only the text is checked here; whether the shape lies in its image and its box is tight is
 * checked by `assertObjectShape`.
 *
 * @throws FoundryError `label.invalid` when the bits are not base64.
 */
export function shapeFromWire(wire: WireShape): ObjectShape {
  return { t: wire.t, z: wire.z, bbox: wire.bbox, bits: base64ToBytes(wire.bits) };
}

/** Standard base64 with padding. Cost: O(bytes), no array between; a full slide's cells are a megabyte of it. */
export function bytesToBase64(bytes: Uint8Array): string {
  if (typeof bytes.toBase64 === "function") return bytes.toBase64();
  if (typeof Buffer === "undefined") return base64ByHand(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}

/** Exported for its test alone. */
export function base64ByHand(bytes: Uint8Array): string {
  const whole = bytes.length - (bytes.length % 3);
  let text = "";
  for (let at = 0; at < whole; at += 3) {
    const word = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    text += pairs[word >> 12]! + pairs[word & 4095]!;
  }
  const left = bytes.length - whole;
  if (left === 1) return `${text}${pairs[bytes[whole]! << 4]!}==`;
  if (left === 0) return text;
  const word = ((bytes[whole]! << 8) | bytes[whole + 1]!) << 2;
  return `${text}${pairs[word >> 6]!}${alphabet[word & 63]!}=`;
}

/** @throws FoundryError `label.invalid` for anything that `bytesToBase64` would not have written. */
export function base64ToBytes(text: string): Uint8Array {
  if (text.length % 4 !== 0) throw notBase64();
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const length = (text.length / 4) * 3 - padding;
  return typeof Uint8Array.fromBase64 === "function"
    ? bytesByPlatform(text, length)
    : bytesByHand(text, padding, length);
}

function bytesByPlatform(text: string, length: number): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.fromBase64(text, { lastChunkHandling: "strict" });
  } catch {
    throw notBase64();
  }
  // The platform passes over white space; one shape has one spelling.
  if (bytes.length !== length) throw notBase64();
  return bytes;
}

function bytesByHand(text: string, padding: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let out = 0;
  for (let at = 0; at < text.length; at += 4) {
    const missing = at + 4 === text.length ? padding : 0;
    const word =
      (code(text, at) << 18) |
      (code(text, at + 1) << 12) |
      (missing > 1 ? 0 : code(text, at + 2) << 6) |
      (missing > 0 ? 0 : code(text, at + 3));
    // Bits behind the last byte must be zero: one shape has one spelling.
    if ((missing === 1 && (word & 0xff) !== 0) || (missing === 2 && (word & 0xffff) !== 0)) throw notBase64();
    bytes[out++] = word >> 16;
    if (missing < 2) bytes[out++] = (word >> 8) & 255;
    if (missing < 1) bytes[out++] = word & 255;
  }
  return bytes;
}

function code(text: string, at: number): number {
  const value = codeOf[text.charCodeAt(at)] ?? 255;
  if (value === 255) throw notBase64();
  return value;
}

function notBase64(): FoundryError {
  return new FoundryError("label.invalid", {
    message: "The bits of a shape are not base64.",
    hint: "Send packed bits, most significant bit first, in standard base64 with padding.",
  });
}
