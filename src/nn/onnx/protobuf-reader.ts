/**
 * Protocol-buffer wire format, reading side: splits a message into its fields.
 *
 * Nothing is trusted: every length is checked against the bytes that are there, and a damaged message ends in
 * `model.invalid`. Values stay raw; the message readers in decode-model.ts give them meaning.
 */
import { FoundryError } from "#core/errors.ts";

export interface ProtobufField {
  readonly field: number;
  /** Varints as bigint; everything else as the bytes of the field. */
  readonly value: bigint | Uint8Array;
}

// A message of more fields is no model: the largest networks have some ten thousand nodes, and each field costs memory.
const FIELDS_MAX = 400_000;

const damaged = (what: string): FoundryError =>
  new FoundryError("model.invalid", {
    message: `The ONNX model is damaged: ${what}.`,
    hint: "Export or upload the file again; it may have been cut short.",
  });

/** Reads one varint at `at`; returns its value (unsigned 64 bits) and the offset behind it. */
function readVarint(bytes: Uint8Array, at: number): { value: bigint; next: number } {
  let value = 0n;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) throw damaged("a number is cut off");
    value |= BigInt(byte & 127) << BigInt(7 * i);
    if (byte < 128) return { value: BigInt.asUintN(64, value), next: at + i + 1 };
  }
  throw damaged("a number is longer than 64 bits");
}

/**
 * The fields of one message in file order. Byte values are views, not copies.
 *
 * @throws FoundryError `model.invalid` when a length passes the end or a wire type is unknown.
 */
export function readFields(bytes: Uint8Array): ProtobufField[] {
  const fields: ProtobufField[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (fields.length >= FIELDS_MAX) throw damaged(`a part of it has more than ${FIELDS_MAX} fields`);
    const tag = readVarint(bytes, at);
    at = tag.next;
    const field = Number(tag.value >> 3n);
    const wireType = Number(tag.value & 7n);
    if (wireType === 0) {
      const number = readVarint(bytes, at);
      fields.push({ field, value: number.value });
      at = number.next;
      continue;
    }
    let length = wireType === 1 ? 8 : 4;
    if (wireType === 2) {
      const declared = readVarint(bytes, at);
      at = declared.next;
      length = Number(declared.value);
    } else if (wireType !== 1 && wireType !== 5) {
      throw damaged(`field ${field} has the unknown wire type ${wireType}`);
    }
    if (field === 0) throw damaged("a field has the number 0");
    if (length > bytes.length - at)
      throw damaged(`field ${field} says ${length} bytes, ${bytes.length - at} are left`);
    fields.push({ field, value: bytes.subarray(at, at + length) });
    at += length;
  }
  return fields;
}

/** All varints of a packed field. */
export function readPackedIntegers(bytes: Uint8Array): number[] {
  const values: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    const number = readVarint(bytes, at);
    values.push(Number(BigInt.asIntN(64, number.value)));
    at = number.next;
  }
  return values;
}
