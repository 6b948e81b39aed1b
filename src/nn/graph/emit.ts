/**
 * Writes the part of a graph that some outputs need as an ONNX model.
 *
 * Values nobody asked for are left out, so gradient code may make more than is used. Shapes inside are static; an input
 * or output may be declared with symbolic axes when every operator on the way keeps them open (convolution, pooling,
 * upsampling, elementwise: yes; anything with a written-out reshape: no; a test runs each model at several sizes).
 */
import { assert } from "#core/errors.ts";
import type { OnnxModel } from "../onnx/index.ts";
import { createEmitter } from "./emitter.ts";
import type { Value } from "./graph.ts";
import { isConstant, isInput } from "./graph.ts";

export interface EmitOptions {
  readonly graphName: string;
  readonly documentation?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Declared shape of inputs and outputs by name, where it differs from the static one. */
  readonly declaredShapes?: Readonly<Record<string, readonly (number | string)[]>>;
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

/**
 * The ONNX model that computes `outputs` (by name) from those inputs they depend on.
 *
 * Deterministic: depends only on how the graph was built. Constants without a name are numbered.
 */
export function emitModel(outputs: Readonly<Record<string, Value>>, options: EmitOptions): OnnxModel {
  const wanted = Object.entries(outputs);
  const { emitter, collected } = createEmitter();
  const names = new Map<number, string>();
  const inputs: Value[] = [];
  for (const value of neededValues(wanted.map(([, value]) => value))) {
    if (isInput(value)) {
      inputs.push(value);
      names.set(value.id, inputName(value));
    } else if (isConstant(value)) {
      assert(value.constant !== null, "a constant holds its elements");
      const name = inputName(value);
      names.set(value.id, emitter.floats(value.shape, value.constant, name === "" ? undefined : name));
    } else {
      const inputNames = value.inputs.map((input) => names.get(input.id) ?? "");
      names.set(value.id, value.operator.emit(value, inputNames, emitter));
    }
  }
  for (const [name, value] of wanted) {
    const source = names.get(value.id) ?? "";
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
