/**
 * Reads an ONNX model file as far as `OnnxModel` goes.
 *
 * Used to inspect a model before it is given to the runtime (names of inputs and outputs, metadata) and by tests of the
 * writer. Unknown fields are skipped; tensors of other element types are refused only when their data are asked for.
 */
import { FoundryError } from "#core/errors.ts";
import type { OnnxAttribute, OnnxDtype, OnnxModel, OnnxNode, OnnxTensor, OnnxValueInfo } from "./model.ts";
import { onnxDtypeNumbers } from "./model.ts";
import type { ProtobufField } from "./protobuf-reader.ts";
import { readFields, readPackedIntegers } from "./protobuf-reader.ts";

const text = new TextDecoder();

// Largest model file we read: ten times the largest network in use for cells (1 GB transformers are not run here).
const MAX_MODEL_BYTES = 1 << 30;

const invalid = (message: string): FoundryError =>
  new FoundryError("model.invalid", { message, hint: "Use a model file exported by this program." });

function asBytes(field: ProtobufField): Uint8Array {
  if (typeof field.value === "bigint")
    throw invalid(`The ONNX model is damaged: field ${field.field} is not text or bytes.`);
  return field.value;
}

const asString = (field: ProtobufField): string => text.decode(asBytes(field));

function asIntegers(field: ProtobufField): number[] {
  return typeof field.value === "bigint"
    ? [Number(BigInt.asIntN(64, field.value))]
    : readPackedIntegers(field.value);
}

const strings = (fields: readonly ProtobufField[], number: number): string[] =>
  fields.filter((f) => f.field === number).map(asString);

const messages = (fields: readonly ProtobufField[], number: number): ProtobufField[][] =>
  fields.filter((f) => f.field === number).map((f) => readFields(asBytes(f)));

const firstString = (fields: readonly ProtobufField[], number: number): string =>
  strings(fields, number)[0] ?? "";

function firstInteger(fields: readonly ProtobufField[], number: number): number {
  const found = fields.find((f) => f.field === number);
  return found === undefined ? 0 : (asIntegers(found)[0] ?? 0);
}

function decodeTensor(fields: readonly ProtobufField[]): OnnxTensor {
  const name = firstString(fields, 8);
  const shape = fields.filter((f) => f.field === 1).flatMap(asIntegers);
  const raw = fields.find((f) => f.field === 9);
  const dtype = firstInteger(fields, 2);
  if (raw === undefined || (dtype !== onnxDtypeNumbers.float32 && dtype !== onnxDtypeNumbers.int64)) {
    throw invalid(
      `The weight "${name}" of the ONNX model has element type ${dtype} or no raw data; only float32 and int64 are read.`,
    );
  }
  const copy = asBytes(raw).slice();
  const width = dtype === onnxDtypeNumbers.float32 ? 4 : 8;
  const count = shape.reduce((a, b) => a * b, 1);
  if (copy.byteLength !== count * width)
    throw invalid(`The weight "${name}" of the ONNX model has the wrong number of bytes.`);
  const data = width === 4 ? new Float32Array(copy.buffer) : new BigInt64Array(copy.buffer);
  return { name, shape, data };
}

function decodeAttribute(fields: readonly ProtobufField[]): OnnxAttribute | undefined {
  const type = firstInteger(fields, 20);
  if (type === 1) {
    const bytes = asBytes(fields.find((f) => f.field === 2) ?? { field: 2, value: 0n });
    return { kind: "float", value: new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0, true) };
  }
  if (type === 2) return { kind: "int", value: firstInteger(fields, 3) };
  if (type === 3) return { kind: "string", value: firstString(fields, 4) };
  if (type === 7) return { kind: "ints", value: fields.filter((f) => f.field === 8).flatMap(asIntegers) };
  return undefined;
}

function decodeNode(fields: readonly ProtobufField[]): OnnxNode {
  const attributes: Record<string, OnnxAttribute> = {};
  for (const attribute of messages(fields, 5)) {
    const value = decodeAttribute(attribute);
    if (value !== undefined) attributes[firstString(attribute, 1)] = value;
  }
  return {
    operator: firstString(fields, 4),
    domain: firstString(fields, 7),
    name: firstString(fields, 3),
    inputs: strings(fields, 1),
    outputs: strings(fields, 2),
    attributes,
  };
}

function decodeValueInfo(fields: readonly ProtobufField[]): OnnxValueInfo {
  const tensorType = messages(messages(fields, 2)[0] ?? [], 1)[0] ?? [];
  const number = firstInteger(tensorType, 1);
  const dtype = (Object.keys(onnxDtypeNumbers) as OnnxDtype[]).find((d) => onnxDtypeNumbers[d] === number);
  if (dtype === undefined)
    throw invalid(`The ONNX model uses element type ${number} for "${firstString(fields, 1)}".`);
  const dimensions = messages(messages(tensorType, 2)[0] ?? [], 1);
  const shape = dimensions.map((dim) =>
    dim.some((f) => f.field === 2) ? firstString(dim, 2) : firstInteger(dim, 1),
  );
  return { name: firstString(fields, 1), dtype, shape };
}

/**
 * Parses the bytes of an `.onnx` file.
 *
 * @throws FoundryError `model.invalid` when the bytes are cut, damaged, or hold no graph; `limit.bytes` above 1 GiB.
 */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  if (bytes.length > MAX_MODEL_BYTES) {
    throw new FoundryError("limit.bytes", {
      message: `The ONNX model has ${bytes.length} bytes; the limit is ${MAX_MODEL_BYTES}.`,
    });
  }
  const fields = readFields(bytes);
  const graph = messages(fields, 7)[0];
  if (graph === undefined) throw invalid("The file holds no ONNX graph.");
  const opsets: Record<string, number> = {};
  for (const opset of messages(fields, 8)) opsets[firstString(opset, 1)] = firstInteger(opset, 2);
  const metadata: Record<string, string> = {};
  for (const entry of messages(fields, 14)) metadata[firstString(entry, 1)] = firstString(entry, 2);
  return {
    graphName: firstString(graph, 2),
    producer: firstString(fields, 2),
    documentation: firstString(fields, 6),
    opsets,
    inputs: messages(graph, 11).map(decodeValueInfo),
    outputs: messages(graph, 12).map(decodeValueInfo),
    initialisers: messages(graph, 5).map(decodeTensor),
    nodes: messages(graph, 1).map(decodeNode),
    metadata,
  };
}
