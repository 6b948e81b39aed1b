/**
 * Collects ONNX nodes and constants while a graph is written out.
 *
 * Operators ask it for nodes; names are numbered in order of emission, so equal graphs give equal files.
 */
import type { OnnxAttribute, OnnxNode, OnnxTensor } from "../onnx/index.ts";

export interface Emitter {
  /** Adds a node with one output and returns the name of that output. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    domain?: string,
  ): string;
  /** Name of an int64 vector, shared when equal. */
  integers(values: readonly number[]): string;
  /** Name of a float32 tensor. `name` must be unique when given; unnamed ones are numbered. */
  floats(shape: readonly number[], data: Float32Array, name?: string): string;
}

export interface CollectedNodes {
  readonly nodes: OnnxNode[];
  readonly initialisers: OnnxTensor[];
  readonly domains: Set<string>;
}

export const ints = (value: readonly number[]): OnnxAttribute => ({ kind: "ints", value });
export const int = (value: number): OnnxAttribute => ({ kind: "int", value });
export const float = (value: number): OnnxAttribute => ({ kind: "float", value });
export const string = (value: string): OnnxAttribute => ({ kind: "string", value });

export function createEmitter(): { emitter: Emitter; collected: CollectedNodes } {
  const collected: CollectedNodes = { nodes: [], initialisers: [], domains: new Set() };
  const integerNames = new Map<string, string>();
  const emitter: Emitter = {
    node(operator, inputs, attributes = {}, domain = "") {
      const name = `${operator}_${collected.nodes.length}`;
      collected.nodes.push({ operator, domain, name, inputs, outputs: [name], attributes });
      collected.domains.add(domain);
      return name;
    },
    integers(values) {
      const key = values.join(",");
      const known = integerNames.get(key);
      if (known !== undefined) return known;
      const name = `integers_${integerNames.size}`;
      integerNames.set(key, name);
      collected.initialisers.push({ name, shape: [values.length], data: BigInt64Array.from(values, BigInt) });
      return name;
    },
    floats(shape, data, name = `constant_${collected.initialisers.length}`) {
      collected.initialisers.push({ name, shape, data });
      return name;
    },
  };
  return { emitter, collected };
}
