/**
 * The header of a .npy file: magic, version 1 to 3, and a dict of type, order and shape.
 *
 * Source: "A simple file format for NumPy arrays" (NEP 1).
 */
import { type ElementType, parseElementType } from "./element-type.ts";
import { npyFault } from "./npy-fault.ts";
import { parsePythonLiteral } from "./python-literal.ts";

export interface NpyHeader {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Column-major: the first axis varies fastest. */
  readonly fortran: boolean;
  /** Values in all. */
  readonly count: number;
  /** Where the data begin. */
  readonly dataAt: number;
}

/** Bytes that hold any header that is read: magic and length, and the longest text. */
export const npyHeaderBytesMax = 12 + 65_536;
// NumPy's own limit is 32 axes (64 from version 2 on); images have at most five.
const AXES_MAX = 32;
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] as const;

/** @throws FoundryError `format.npy`. */
export function readNpyHeader(bytes: Uint8Array, name: string): NpyHeader {
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) throw npyFault(name, "it is not a NumPy array");
  const [major, minor] = [bytes[6], bytes[7]];
  if (major === undefined || major < 1 || major > 3 || minor !== 0)
    throw npyFault(name, `its format version ${major}.${minor} is not known`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const textAt = major === 1 ? 10 : 12;
  if (bytes.length < textAt) throw npyFault(name, "it is cut short");
  const textBytes = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (textAt + textBytes > npyHeaderBytesMax)
    throw npyFault(name, `its header announces ${textBytes} bytes of text`);
  if (textAt + textBytes > bytes.length) throw npyFault(name, "it is cut short");
  const text = new TextDecoder(major === 3 ? "utf-8" : "latin1").decode(
    bytes.subarray(textAt, textAt + textBytes),
  );
  const dict = parsePythonLiteral(text);
  if (!(dict instanceof Map)) throw npyFault(name, "its header is not a Python dict of plain values");
  const shape = readShape(dict.get("shape"), name);
  const fortran = dict.get("fortran_order");
  if (typeof fortran !== "boolean") throw npyFault(name, "its header does not tell the order of the values");
  const count = shape.reduce((product, side) => product * side, 1);
  if (!Number.isSafeInteger(count))
    throw npyFault(name, `its shape (${shape.join(", ")}) is beyond any memory`);
  return {
    type: parseElementType(dict.get("descr"), name),
    shape,
    fortran,
    count,
    dataAt: textAt + textBytes,
  };
}

function readShape(shape: unknown, name: string): readonly number[] {
  const ok =
    Array.isArray(shape) &&
    shape.length <= AXES_MAX &&
    shape.every((side) => typeof side === "number" && Number.isSafeInteger(side) && side >= 0);
  if (!ok) throw npyFault(name, "its shape is not a tuple of whole numbers");
  return shape as number[];
}
