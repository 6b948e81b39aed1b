/**
 * Named float32 tensors in one file: the safetensors format, which Python and others read as well.
 *
 * Eight bytes of header length, a JSON header, the data. Written canonically: tensors in the given order, metadata keys
 * sorted, header padded with blanks to 8 bytes; equal content gives equal bytes.
 */
import { FoundryError } from "#core/errors.ts";
import type { NamedTensor } from "../layers/index.ts";

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

// Names, shapes and a curve of 10^5 points fit easily; more is not a file of ours.
const MAX_HEADER_BYTES = 64 * 1024 * 1024;

const damaged = (what: string): FoundryError =>
  new FoundryError("model.invalid", {
    message: `The weights file is damaged: ${what}.`,
    hint: "Upload or restore the file again; it may have been cut short.",
  });

/** Bytes of a safetensors file. */
export function encodeTensors(file: TensorFile): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = {};
  const keys = Object.keys(file.metadata).sort();
  if (keys.length > 0)
    header["__metadata__"] = Object.fromEntries(keys.map((key) => [key, file.metadata[key]]));
  let bytes = 0;
  for (const [name, { shape, data }] of file.tensors) {
    header[name] = { dtype: "F32", shape, data_offsets: [bytes, bytes + data.byteLength] };
    bytes += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(text.length / 8) * 8;
  const result = new Uint8Array(8 + headerLength + bytes);
  new DataView(result.buffer).setBigUint64(0, BigInt(headerLength), true);
  result.set(text, 8);
  result.fill(0x20, 8 + text.length, 8 + headerLength);
  let at = 8 + headerLength;
  for (const { data } of file.tensors.values()) {
    result.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return result;
}

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const isIntegers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);

function asEntry(name: string, value: unknown): HeaderEntry {
  const entry = value as Partial<HeaderEntry> | null;
  if (
    typeof entry !== "object" ||
    entry === null ||
    !isIntegers(entry.shape) ||
    !isIntegers(entry.data_offsets)
  ) {
    throw damaged(`the entry of tensor "${name}" is not understood`);
  }
  if (entry.dtype !== "F32" || entry.data_offsets.length !== 2)
    throw damaged(`tensor "${name}" is not float32`);
  return entry as HeaderEntry;
}

function parseHeader(bytes: Uint8Array): { header: Record<string, unknown>; start: number } {
  if (bytes.length < 8) throw damaged("it has fewer than 8 bytes");
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true);
  if (length > BigInt(Math.min(MAX_HEADER_BYTES, bytes.length - 8))) throw damaged("its header is cut off");
  const start = 8 + Number(length);
  try {
    const header: unknown = JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, start)),
    );
    if (typeof header === "object" && header !== null && !Array.isArray(header))
      return { header: { ...header }, start };
  } catch {
    // Falls through to the one refusal below.
  }
  throw damaged("its header is not JSON");
}

/**
 * Reads a safetensors file of float32 tensors; the data are copied.
 *
 * @throws FoundryError `model.invalid` when a length, a shape or the header does not agree with the bytes.
 */
export function decodeTensors(bytes: Uint8Array): TensorFile {
  const { header, start } = parseHeader(bytes);
  const tensors = new Map<string, NamedTensor>();
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") {
      for (const [key, text] of Object.entries(value as object)) metadata[key] = String(text);
      continue;
    }
    const {
      shape,
      data_offsets: [from, to],
    } = asEntry(name, value);
    const count = shape.reduce((a, b) => a * b, 1);
    if (to - from !== 4 * count || start + to > bytes.length)
      throw damaged(`tensor "${name}" lies outside the file`);
    tensors.set(name, { shape, data: new Float32Array(bytes.slice(start + from, start + to).buffer) });
  }
  return { tensors, metadata };
}
