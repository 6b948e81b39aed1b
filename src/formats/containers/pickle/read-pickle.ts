/**
 * Python pickles of plain data: dict, list, tuple, text, bytes, numbers, None, NumPy arrays and numbers.
 *
 * A pickle can run any program when Python loads it. This reader cannot: it imitates the few callables of NumPy that
 * data need and refuses every other one by its name. Protocols 0 to 5.
 */
import { checkFileBytes, type ReadLimits, readLimits } from "../../limits.ts";
import { withoutStrays } from "../../strays.ts";
import { type Machine, machineOf, pickleFault, pop, toValue } from "./machine.ts";
import { stepOf } from "./opcodes.ts";
import { isDict, isPickledArray, type PickleValue } from "./pickle-value.ts";

const STOP = 0x2e;
// Our deepest file has four levels: dict, list of flows, list, array.
const DEPTH_MAX = 64;

/**
 * @returns the value; a container met twice is the same object twice, never within itself.
 * @throws FoundryError `format.pickle` for anything that is not plain data (naming it) and for damaged bytes;
 *         `limit.bytes`, `limit.objects`.
 */
export function readPickle(
  bytes: Uint8Array,
  options: { readonly name: string; readonly limits?: Partial<ReadLimits> },
): PickleValue {
  const limits = readLimits(options.limits);
  checkFileBytes(bytes, options.name, limits);
  return withoutStrays("format.pickle", options.name, () => {
    const machine = machineOf(bytes, options.name, limits);
    for (;;) {
      const opcode = bytes[machine.at];
      if (opcode === undefined) throw pickleFault(machine, "it is cut short");
      machine.at++;
      if (opcode === STOP) break;
      const step = stepOf(opcode);
      if (step === undefined)
        throw pickleFault(machine, `it is not a pickle, or damaged (opcode 0x${opcode.toString(16)})`);
      step(machine);
    }
    const value = toValue(machine, pop(machine));
    assertPlain(machine, value);
    return value;
  });
}

/** No names or types left inside tuples, no value within itself, no deeper than any data. Each value is visited once. */
function assertPlain(machine: Machine, root: PickleValue): void {
  const done = new Set<PickleValue>();
  const visit = (item: PickleValue, depth: number): void => {
    toValue(machine, item);
    const children = childrenOf(item);
    if (children === null || done.has(item)) return;
    if (depth > DEPTH_MAX) throw pickleFault(machine, "it is nested too deeply, or holds itself");
    for (const child of children) visit(child, depth + 1);
    done.add(item);
  };
  visit(root, 0);
}

function childrenOf(item: PickleValue): Iterable<PickleValue> | null {
  if (Array.isArray(item)) return item;
  if (isDict(item)) return [...item.entries.keys(), ...item.entries.values()];
  if (isPickledArray(item) && item.array.dtype === "object") return item.array.data;
  return null;
}
