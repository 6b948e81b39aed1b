/**
 * The stack, memo and cursor of a pickle, with their limits.
 *
 * A pickle is a program for a small stack machine. Here the machine knows containers and constants only; names of
 * Python objects become inert values (`PickleName`) that nothing but `reduce.ts` looks at.
 */
import { fault, shownName } from "../../fault.ts";
import type { ReadLimits } from "../../limits.ts";
import type { ElementType } from "../npy/element-type.ts";
import type { PickleValue } from "./pickle-value.ts";

/** A module and a name in it, not resolved to anything. */
export interface PickleName {
  readonly kind: "name";
  readonly name: string;
}

/** A NumPy dtype; its byte order comes in a second step. */
export interface PickleDtype {
  readonly kind: "dtype";
  readonly code: string;
  type: ElementType | null;
}

export type StackItem = PickleValue | PickleName | PickleDtype;

export interface Machine {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly file: string;
  readonly limits: ReadLimits;
  at: number;
  stack: StackItem[];
  /** Stacks put aside by MARK. */
  readonly marked: StackItem[][];
  readonly memo: Map<number, StackItem>;
  /** Values made so far. */
  made: number;
  /** Bytes of arrays decoded so far. */
  decodedBytes: number;
}

// A Cellpose file holds some thousand; a list of 8 million numbers should have been an array.
const VALUES_MAX = 2 ** 23;
const MARKS_MAX = 1_000;
const LINE_MAX = 65_536;

export function machineOf(bytes: Uint8Array, file: string, limits: ReadLimits): Machine {
  return {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    file,
    limits,
    at: 0,
    stack: [],
    marked: [],
    memo: new Map(),
    made: 0,
    decodedBytes: 0,
  };
}

export function pickleFault(machine: Machine, reason: string, remedy = "Save the data again.") {
  return fault("format.pickle", { file: machine.file, place: `byte ${machine.at}`, reason, remedy });
}

/** The refusal of anything that is not plain data, by its name. */
export function refuseName(machine: Machine, name: string) {
  return pickleFault(
    machine,
    `it asks for the Python object "${shownName(name)}", which is not plain data`,
    "Only numbers, text, lists, dicts and NumPy arrays are read from a pickle; nothing in it is ever run. Save the masks as TIFF.",
  );
}

export function push(machine: Machine, item: StackItem): void {
  if (++machine.made > VALUES_MAX) {
    throw fault("limit.objects", {
      file: machine.file,
      reason: `it holds more than ${VALUES_MAX} values`,
      remedy: "Save large data as arrays.",
    });
  }
  machine.stack.push(item);
}

export function pop(machine: Machine): StackItem {
  const item = machine.stack.pop();
  if (item === undefined) throw pickleFault(machine, "it takes from an empty stack");
  return item;
}

export function top(machine: Machine): StackItem {
  const item = machine.stack.at(-1);
  if (item === undefined) throw pickleFault(machine, "it looks at an empty stack");
  return item;
}

export function mark(machine: Machine): void {
  if (machine.marked.length >= MARKS_MAX) throw pickleFault(machine, "it is nested too deeply");
  machine.marked.push(machine.stack);
  machine.stack = [];
}

/** Items since the last mark. */
export function popMark(machine: Machine): StackItem[] {
  const before = machine.marked.pop();
  if (before === undefined) throw pickleFault(machine, "it closes what was not opened");
  const items = machine.stack;
  machine.stack = before;
  return items;
}

/** An item that is a value by itself; names and dtypes are not. */
export function toValue(machine: Machine, item: StackItem): PickleValue {
  if (isName(item)) throw refuseName(machine, item.name);
  if (isDtype(item)) throw refuseName(machine, "numpy.dtype");
  return item;
}

export function isName(item: StackItem | undefined): item is PickleName {
  return hasKind(item, "name");
}

export function isDtype(item: StackItem | undefined): item is PickleDtype {
  return hasKind(item, "dtype");
}

function hasKind(item: StackItem | undefined, kind: string): boolean {
  return typeof item === "object" && item !== null && "kind" in item && item.kind === kind;
}

/** The next `count` bytes. */
export function take(machine: Machine, count: number): Uint8Array {
  if (!(count >= 0 && machine.at + count <= machine.bytes.length))
    throw pickleFault(machine, "it is cut short");
  machine.at += count;
  return machine.bytes.subarray(machine.at - count, machine.at);
}

/** A little-endian unsigned number of 1, 2, 4 or 8 bytes. */
export function takeNumber(machine: Machine, bytes: 1 | 2 | 4 | 8): number {
  take(machine, bytes);
  const at = machine.at - bytes;
  if (bytes === 1) return machine.view.getUint8(at);
  if (bytes === 2) return machine.view.getUint16(at, true);
  if (bytes === 4) return machine.view.getUint32(at, true);
  return machine.view.getUint32(at + 4, true) * 2 ** 32 + machine.view.getUint32(at, true);
}

/** Text up to the next line feed, which is skipped. */
export function takeLine(machine: Machine): string {
  const end = machine.bytes.indexOf(10, machine.at);
  if (end < 0 || end - machine.at > LINE_MAX) throw pickleFault(machine, "a line of it does not end");
  const line = new TextDecoder("latin1").decode(machine.bytes.subarray(machine.at, end));
  machine.at = end + 1;
  return line;
}
