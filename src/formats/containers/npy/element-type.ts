/**
 * What one value of a NumPy array is, from its type string ("<i4", "|b1", ">f8", "<U12", "|O").
 *
 * Records, complex numbers, dates and long doubles are refused by their name: there is no image or label in them.
 */
import type { Dtype } from "#core/array/index.ts";
import { npyFault } from "./npy-fault.ts";
import type { PythonLiteral } from "./python-literal.ts";

type ElementKind = "bool" | "int" | "uint" | "float" | "unicode" | "bytes" | "object";

export interface ElementType {
  readonly kind: ElementKind;
  /** Bytes of one value as stored; 0 for objects. */
  readonly bytes: number;
  readonly littleEndian: boolean;
  /** As the file writes it. */
  readonly text: string;
  /** Array that holds the values unchanged; `null` for 64-bit integers (narrowed by their values), text and objects. */
  readonly dtype: Dtype | null;
}

// Longest text of one element, bytes; DeepCell's tables of metadata hold at most a file path.
const TEXT_BYTES_MAX = 65_536;

const NUMBERS: Readonly<Record<string, Dtype | null>> = {
  b1: "uint8",
  i1: "int8",
  i2: "int16",
  i4: "int32",
  i8: null,
  u1: "uint8",
  u2: "uint16",
  u4: "uint32",
  u8: null,
  f2: "float32",
  f4: "float32",
  f8: "float64",
};

const KINDS: Readonly<Record<string, ElementKind>> = {
  b: "bool",
  i: "int",
  u: "uint",
  f: "float",
  U: "unicode",
  S: "bytes",
  a: "bytes",
  O: "object",
};

/** @throws FoundryError `format.npy` naming a type that is not read. */
export function parseElementType(descr: PythonLiteral | undefined, name: string): ElementType {
  if (Array.isArray(descr)) throw npyFault(name, "it holds records of several fields, which are not read");
  const text = typeof descr === "string" ? descr.slice(0, 40) : String(descr);
  const match = /^([<>|=]?)([biufUSaO])(\d{0,8})$/.exec(text);
  const kind = KINDS[match?.[2] ?? ""];
  if (match === null || kind === undefined) throw refuse(text, name);
  // "=" is the order of the machine that wrote it; all of ours are little-endian.
  const littleEndian = match[1] !== ">";
  const size = Number(match[3]);
  if (kind === "object") return { kind, bytes: 0, littleEndian, text, dtype: null };
  if (kind === "unicode" || kind === "bytes") {
    const bytes = kind === "unicode" ? 4 * size : size;
    if (bytes > TEXT_BYTES_MAX) throw npyFault(name, `its texts of type ${text} are too long`);
    return { kind, bytes, littleEndian, text, dtype: null };
  }
  const dtype = NUMBERS[`${match[2]}${size}`];
  if (dtype === undefined) throw refuse(text, name);
  return { kind, bytes: size, littleEndian, text, dtype };
}

function refuse(text: string, name: string) {
  return npyFault(
    name,
    `its values have the type "${text}", which is not read`,
    "Convert the array to whole numbers or floats, for example with array.astype('float32').",
  );
}
