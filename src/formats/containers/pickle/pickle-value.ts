/**
 * What a pickle of plain data can hold: Python's own containers and numbers, and NumPy arrays of numbers or text.
 */
import type { NumberArray, TextArray } from "../npy/decode-values.ts";

/** A NumPy array of any values, as `dtype=object` holds them. */
export interface ObjectArray {
  readonly dtype: "object";
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: readonly PickleValue[];
}

/** A dict in its order; keys may be any plain value, text keys are the rule. */
export interface PickleDict {
  readonly kind: "dict";
  readonly entries: Map<PickleValue, PickleValue>;
}

export interface PickleArray {
  readonly kind: "array";
  readonly array: NumberArray | TextArray | ObjectArray;
}

export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | PickleDict
  | PickleArray;

/** Value of a text key, or `undefined`. */
export function dictValue(value: PickleValue | undefined, key: string): PickleValue | undefined {
  if (!isDict(value)) return undefined;
  return value.entries.get(key);
}

export function isDict(value: PickleValue | undefined): value is PickleDict {
  return isRecord(value) && "kind" in value && value.kind === "dict";
}

export function isPickledArray(value: PickleValue | undefined): value is PickleArray {
  return isRecord(value) && "kind" in value && value.kind === "array";
}

function isRecord(value: PickleValue | undefined): value is PickleDict | PickleArray {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}
