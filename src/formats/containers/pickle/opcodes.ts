/**
 * What each opcode of the pickle protocols 0 to 5 does; those that make or load Python objects refuse.
 *
 * Source: the comments of Python's own `pickletools`, which document every opcode.
 */
import {
  isName,
  type Machine,
  mark,
  pickleFault,
  pop,
  popMark,
  push,
  refuseName,
  type StackItem,
  take,
  takeLine,
  takeNumber,
  top,
  toValue,
} from "./machine.ts";
import { isDict, type PickleDict, type PickleValue } from "./pickle-value.ts";
import { build, isKey, isKnownName, reduce } from "./reduce.ts";
import { readInteger, readPythonString, readRawUnicode } from "./text-values.ts";

type Step = (machine: Machine) => void;

const steps = new Map<number, Step>();

/** Registers an opcode by its letter or number. */
function on(opcode: string | number, step: Step): void {
  steps.set(typeof opcode === "string" ? opcode.charCodeAt(0) : opcode, step);
}

/** The step of an opcode, or `undefined` for one that does not exist. STOP is left to the caller. */
export function stepOf(opcode: number): Step | undefined {
  return steps.get(opcode);
}

// Constants and numbers.
on("N", (m) => push(m, null));
on(0x88, (m) => push(m, true));
on(0x89, (m) => push(m, false));
on("I", (m) => push(m, readInteger(m, takeLine(m), true)));
on("L", (m) => push(m, readInteger(m, takeLine(m).replace(/L$/, ""), false)));
on("F", (m) => push(m, readFloat(m, takeLine(m))));
on("J", (m) => push(m, takeNumber(m, 4) | 0));
on("K", (m) => push(m, takeNumber(m, 1)));
on("M", (m) => push(m, takeNumber(m, 2)));
on("G", (m) => {
  take(m, 8);
  push(m, m.view.getFloat64(m.at - 8, false));
});
on(0x8a, (m) => push(m, longOf(take(m, takeNumber(m, 1)))));
on(0x8b, (m) => {
  const count = takeNumber(m, 4);
  // Numbers of more than 8 kilobits are no data of an image.
  if (count > 1024) throw pickleFault(m, "a whole number in it is too long");
  push(m, longOf(take(m, count)));
});

// Text and bytes.
const utf8 = (m: Machine, count: number) => new TextDecoder().decode(take(m, count));
const latin1 = (m: Machine, count: number) => {
  let text = "";
  for (const byte of chunks(take(m, count))) text += String.fromCharCode(...byte);
  return text;
};
on("S", (m) => push(m, readPythonString(m, takeLine(m))));
on("T", (m) => push(m, latin1(m, takeNumber(m, 4))));
on("U", (m) => push(m, latin1(m, takeNumber(m, 1))));
on("V", (m) => push(m, readRawUnicode(m, takeLine(m))));
on("X", (m) => push(m, utf8(m, takeNumber(m, 4))));
on(0x8c, (m) => push(m, utf8(m, takeNumber(m, 1))));
on(0x8d, (m) => push(m, utf8(m, takeNumber(m, 8))));
on("B", (m) => push(m, take(m, takeNumber(m, 4))));
on("C", (m) => push(m, take(m, takeNumber(m, 1))));
on(0x8e, (m) => push(m, take(m, takeNumber(m, 8))));
on(0x96, (m) => push(m, take(m, takeNumber(m, 8))));

// Lists and tuples; both are lists here.
on("]", (m) => push(m, []));
on(")", (m) => push(m, []));
on("l", (m) => push(m, listOf(m, popMark(m))));
on("t", (m) => push(m, popMark(m) as PickleValue[]));
for (const count of [1, 2, 3]) {
  on(0x84 + count, (m) => {
    const items: StackItem[] = [];
    for (let i = 0; i < count; i++) items.unshift(pop(m));
    // A tuple of arguments may hold names and types; reduce.ts looks at them, every other reader calls toValue.
    push(m, items as PickleValue[]);
  });
}
on("a", (m) => {
  const item = toValue(m, pop(m));
  listAt(m).push(item);
});
on("e", (m) => {
  const items = listOf(m, popMark(m));
  const list = listAt(m);
  for (const item of items) list.push(item);
});

// Dicts.
on("}", (m) => push(m, { kind: "dict", entries: new Map() }));
on("d", (m) => {
  const dict: PickleDict = { kind: "dict", entries: new Map() };
  setItems(m, dict, popMark(m));
  push(m, dict);
});
on("s", (m) => {
  const value = pop(m);
  const key = pop(m);
  setItems(m, dictAt(m), [key, value]);
});
on("u", (m) => {
  const items = popMark(m);
  setItems(m, dictAt(m), items);
});

// Stack, memo, framing.
on("(", mark);
on("0", (m) => void (m.stack.length > 0 ? pop(m) : popMark(m)));
on("1", (m) => void popMark(m));
on("2", (m) => push(m, top(m)));
on("g", (m) => push(m, recall(m, readIndex(m))));
on("h", (m) => push(m, recall(m, takeNumber(m, 1))));
on("j", (m) => push(m, recall(m, takeNumber(m, 4))));
on("p", (m) => remember(m, readIndex(m)));
on("q", (m) => remember(m, takeNumber(m, 1)));
on("r", (m) => remember(m, takeNumber(m, 4)));
on(0x94, (m) => remember(m, m.memo.size));
on(0x80, (m) => {
  const protocol = takeNumber(m, 1);
  if (protocol > 5) throw pickleFault(m, `its protocol ${protocol} is not known`);
});
on(0x95, (m) => void takeNumber(m, 8));

// Names of Python objects.
on("c", (m) => {
  const module = takeLine(m);
  pushName(m, `${module}.${takeLine(m)}`);
});
on(0x93, (m) => {
  const name = pop(m);
  const module = pop(m);
  if (typeof name !== "string" || typeof module !== "string")
    throw pickleFault(m, "a name in it is not text");
  pushName(m, `${module}.${name}`);
});
on("R", (m) => {
  const args = pop(m);
  push(m, reduce(m, pop(m), args));
});
on("b", (m) => {
  const state = pop(m);
  push(m, build(m, pop(m), state));
});
on("i", (m) => {
  const module = takeLine(m);
  throw refuseName(m, `${module}.${takeLine(m)}`);
});
for (const [opcode, what] of [
  ["o", "an instance of a class"],
  [0x81, "an instance of a class"],
  [0x92, "an instance of a class"],
  ["P", "a persistent object"],
  ["Q", "a persistent object"],
  [0x82, "an extension type"],
  [0x83, "an extension type"],
  [0x84, "an extension type"],
  [0x8f, "set"],
  [0x90, "set"],
  [0x91, "frozenset"],
  [0x97, "an out-of-band buffer"],
  [0x98, "an out-of-band buffer"],
] as const) {
  on(opcode, (m) => {
    const named = m.stack.findLast(isName);
    throw refuseName(m, what.startsWith("an instance") && named !== undefined ? named.name : what);
  });
}

function pushName(m: Machine, name: string): void {
  if (!isKnownName(name)) throw refuseName(m, name);
  push(m, { kind: "name", name });
}

function readFloat(m: Machine, line: string): number {
  const text = line.trim();
  if (text === "inf" || text === "-inf") return text === "inf" ? Infinity : -Infinity;
  if (text === "nan" || text === "-nan") return Number.NaN;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw pickleFault(m, "a number in it is damaged");
  return Number(text);
}

/** Two's complement, little-endian. */
function longOf(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
  if (((bytes.at(-1) ?? 0) & 0x80) !== 0) value -= 1n << BigInt(8 * bytes.length);
  const short = Number(value);
  return Number.isSafeInteger(short) ? short : value;
}

function* chunks(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 8192) yield bytes.subarray(at, at + 8192);
}

function listOf(m: Machine, items: readonly StackItem[]): PickleValue[] {
  return items.map((item) => toValue(m, item));
}

function listAt(m: Machine): PickleValue[] {
  const list = top(m);
  if (!Array.isArray(list)) throw pickleFault(m, "it appends to something that is not a list");
  return list;
}

function dictAt(m: Machine): PickleDict {
  const dict = top(m);
  if (isName(dict) || !isDict(dict as PickleValue))
    throw pickleFault(m, "it sets a key of something that is not a dict");
  return dict as PickleDict;
}

function setItems(m: Machine, dict: PickleDict, items: readonly StackItem[]): void {
  if (items.length % 2 !== 0) throw pickleFault(m, "a key has no value");
  for (let i = 0; i < items.length; i += 2) {
    const key = toValue(m, items[i] as StackItem);
    if (!isKey(key)) throw pickleFault(m, "a key is not plain");
    dict.entries.set(key, toValue(m, items[i + 1] as StackItem));
  }
}

function readIndex(m: Machine): number {
  const line = takeLine(m);
  if (!/^\d{1,10}$/.test(line)) throw pickleFault(m, "a reference in it is damaged");
  return Number(line);
}

function recall(m: Machine, index: number): StackItem {
  const item = m.memo.get(index);
  if (item === undefined) throw pickleFault(m, `it refers to value ${index}, which it does not have`);
  return item;
}

function remember(m: Machine, index: number): void {
  // One entry per value at most, so the limit of values also limits the memo.
  if (m.memo.size > m.made) throw pickleFault(m, "it remembers more values than it has");
  m.memo.set(index, top(m));
}
