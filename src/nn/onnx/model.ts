/**
 * The part of the ONNX model format that the engine uses, as plain data.
 *
 * A subset of onnx.proto (IR version 8): float32 and int64 tensors, nodes with simple attributes, metadata. It is what
 * `encodeModel` writes and `decodeModel` reads; nothing else in the program knows protobuf.
 */

export type OnnxDtype = "float32" | "int64" | "bool";

/** Element types by their number in `TensorProto.DataType`. */
export const onnxDtypeNumbers: Readonly<Record<OnnxDtype, number>> = { float32: 1, int64: 7, bool: 9 };

export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

export type OnnxAttribute =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "ints"; readonly value: readonly number[] };

export interface OnnxNode {
  readonly operator: string;
  /** Empty for the standard operators. */
  readonly domain: string;
  readonly name: string;
  /** An empty string stands for an omitted optional input. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** A graph input or output. A string dimension is symbolic: decided at run time, equal wherever the name is equal. */
export interface OnnxValueInfo {
  readonly name: string;
  readonly dtype: OnnxDtype;
  readonly shape: readonly (number | string)[];
}

export interface OnnxModel {
  readonly graphName: string;
  readonly producer: string;
  readonly documentation: string;
  /** Operator set versions by domain; "" is the standard one. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  readonly initialisers: readonly OnnxTensor[];
  readonly nodes: readonly OnnxNode[];
  readonly metadata: Readonly<Record<string, string>>;
}
