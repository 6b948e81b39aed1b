/**
 * Writes the part of a graph that some outputs need as an ONNX model.
 *
 * Values nobody asked for are left out, so gradient code may make more than is used. Shapes inside are static; an input
 * or output may be declared with symbolic axes when every operator on the way keeps them open (convolution, pooling,
 * upsampling, elementwise: yes; anything with a written-out reshape: no; a test runs each model at several sizes).
 */
import { assert } from "#core/errors.ts";
import type { OnnxModel } from "../onnx/index.ts";
import type { Emitter } from "./emitter.ts";
import { createEmitter } from "./emitter.ts";
import type { Value } from "./graph.ts";
import { isConstant, isInput } from "./graph.ts";
import type { Layouts } from "./layouts.ts";
import { fitsBlocks, fromBlocks, toBlocks } from "./layouts.ts";

export interface EmitOptions {
  readonly graphName: string;
  readonly documentation?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Declared shape of inputs and outputs by name, where it differs from the static one. */
  readonly declaredShapes?: Readonly<Record<string, readonly (number | string)[]>>;
  /** Writes image tensors in blocks of this many channels, for an engine that says so (`Engine.channelBlock`). */
  readonly channelBlock?: number | undefined;
}

// Operator set 17 (2022): old enough for every runtime in use, new enough for all operators written here.
const STANDARD_OPSET = 17;

/** All values that `outputs` depend on, inputs before results. */
function neededValues(outputs: readonly Value[]): Value[] {
  const seen = new Map<number, Value>();
  const open = [...outputs];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (seen.has(value.id)) continue;
    seen.set(value.id, value);
    open.push(...value.inputs);
  }
  return [...seen.values()].sort((a, b) => a.id - b.id);
}

const inputName = (value: Value): string => String(value.attributes["name"]);

interface Writer {
  /** Writes the value and what it needs, once; returns the name of its plain tensor. */
  plain(value: Value): string;
}

function createWriter(needed: readonly Value[], emitter: Emitter, block: number | undefined): Writer {
  const plainNames = new Map<number, string>();
  const blockedNames = new Map<number, string>();
  const readers = new Map<number, number>();
  for (const { inputs } of needed) {
    for (const { id } of new Set(inputs)) readers.set(id, (readers.get(id) ?? 0) + 1);
  }
  const writeLeaf = (value: Value): string => {
    if (isInput(value)) return inputName(value);
    assert(value.constant !== null, "a constant holds its elements");
    const name = inputName(value);
    return emitter.floats(value.shape, value.constant, name === "" ? undefined : name);
  };
  const write = (value: Value): void => {
    if (plainNames.has(value.id) || blockedNames.has(value.id)) return;
    if (isInput(value) || isConstant(value)) {
      plainNames.set(value.id, writeLeaf(value));
      return;
    }
    const written = layouts === null ? null : (value.operator.emitBlocked?.(value, layouts, emitter) ?? null);
    if (written === null) {
      plainNames.set(value.id, value.operator.emit(value, value.inputs.map(plain), emitter));
    } else {
      (written.layout === "plain" ? plainNames : blockedNames).set(value.id, written.name);
    }
  };
  const inLayout = (names: Map<number, string>, value: Value, convert: () => string): string => {
    write(value);
    const name = names.get(value.id) ?? convert();
    names.set(value.id, name);
    return name;
  };
  const plain = (value: Value): string =>
    inLayout(plainNames, value, () =>
      fromBlocks(blockedNames.get(value.id) ?? "", value.shape[1] as number, emitter),
    );
  const layouts: Layouts | null =
    block === undefined
      ? null
      : {
          block,
          plain,
          blocked(value) {
            assert(fitsBlocks(value.shape, block), `${value.operator.name} does not fit blocks of ${block}`);
            return inLayout(blockedNames, value, () => toBlocks(plainNames.get(value.id) ?? "", emitter));
          },
          isBlocked(value) {
            write(value);
            return blockedNames.has(value.id);
          },
          isReadOnce: (value) => readers.get(value.id) === 1,
        };
  return { plain };
}

/**
 * The ONNX model that computes `outputs` (by name) from those inputs they depend on.
 *
 * Deterministic: depends only on how the graph was built. Constants without a name are numbered.
 */
export function emitModel(outputs: Readonly<Record<string, Value>>, options: EmitOptions): OnnxModel {
  const wanted = Object.entries(outputs);
  const { emitter, collected } = createEmitter();
  const needed = neededValues(wanted.map(([, value]) => value));
  const inputs = needed.filter(isInput);
  const writer = createWriter(needed, emitter, options.channelBlock);
  // In the order they were made, so that equal models are equal files. With blocks only what is used gets written.
  if (options.channelBlock === undefined) for (const value of needed) writer.plain(value);
  for (const [name, value] of wanted) {
    const source = writer.plain(value);
    collected.nodes.push({
      operator: "Identity",
      domain: "",
      name: `output_${name}`,
      inputs: [source],
      outputs: [name],
      attributes: {},
    });
  }
  const opsets: Record<string, number> = { "": STANDARD_OPSET };
  for (const domain of [...collected.domains].sort()) if (domain !== "") opsets[domain] = 1;
  const declared = options.declaredShapes ?? {};
  const info = (name: string, value: Value) =>
    ({ name, dtype: "float32", shape: declared[name] ?? value.shape }) as const;
  return {
    graphName: options.graphName,
    producer: "Cell Foundry",
    documentation: options.documentation ?? "",
    opsets,
    inputs: inputs.map((value) => info(inputName(value), value)),
    outputs: wanted.map(([name, value]) => info(name, value)),
    initialisers: collected.initialisers,
    nodes: collected.nodes,
    metadata: options.metadata ?? {},
  };
}
