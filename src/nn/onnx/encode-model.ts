/**
 * Writes an ONNX model file.
 *
 * Field numbers are those of onnx.proto. The result is deterministic: the same model gives the same bytes, which the
 * registry relies on (a model version is named by the digest of its file).
 */
import { assert } from "#core/errors.ts";
import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor, OnnxValueInfo } from "./model.ts";
import { onnxDtypeNumbers } from "./model.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";

// IR version 8 goes with operator set 17, which every runtime of the last years reads, browsers included.
const IR_VERSION = 8;

/** AttributeProto.type numbers. */
const attributeTypes = { float: 1, int: 2, string: 3, ints: 7 } as const;

function writeTensor(writer: ProtobufWriter, tensor: OnnxTensor): void {
  const expected = tensor.shape.reduce((a, b) => a * b, 1);
  assert(expected === tensor.data.length, `initialiser ${tensor.name}: shape does not fit the data`);
  writer.packedIntegers(1, tensor.shape);
  writer.integer(2, tensor.data instanceof Float32Array ? onnxDtypeNumbers.float32 : onnxDtypeNumbers.int64);
  writer.string(8, tensor.name);
  // Raw data are little-endian by definition, as is every machine this program runs on.
  writer.bytes(9, new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength));
}

function writeAttribute(writer: ProtobufWriter, name: string, attribute: OnnxAttribute): void {
  writer.string(1, name);
  if (attribute.kind === "float") writer.float(2, attribute.value);
  else if (attribute.kind === "int") writer.integer(3, attribute.value);
  else if (attribute.kind === "string") writer.string(4, attribute.value);
  else writer.packedIntegers(8, attribute.value);
  writer.integer(20, attributeTypes[attribute.kind]);
}

function writeNode(writer: ProtobufWriter, node: OnnxNode): void {
  for (const input of node.inputs) writer.string(1, input);
  for (const output of node.outputs) writer.string(2, output);
  writer.string(3, node.name);
  writer.string(4, node.operator);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    writer.message(5, (nested) => writeAttribute(nested, name, attribute));
  }
  if (node.domain !== "") writer.string(7, node.domain);
}

function writeValueInfo(writer: ProtobufWriter, info: OnnxValueInfo): void {
  writer.string(1, info.name);
  writer.message(2, (type) =>
    type.message(1, (tensorType) => {
      tensorType.integer(1, onnxDtypeNumbers[info.dtype]);
      tensorType.message(2, (shape) => {
        for (const dimension of info.shape) {
          shape.message(1, (dim) => {
            if (typeof dimension === "number") dim.integer(1, dimension);
            else dim.string(2, dimension);
          });
        }
      });
    }),
  );
}

/** Bytes of the `.onnx` file. Cost: linear in the size of the weights. Does not change its argument. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const writer = new ProtobufWriter();
  writer.integer(1, IR_VERSION);
  writer.string(2, model.producer);
  if (model.documentation !== "") writer.string(6, model.documentation);
  writer.message(7, (graph) => {
    for (const node of model.nodes) graph.message(1, (nested) => writeNode(nested, node));
    graph.string(2, model.graphName);
    for (const tensor of model.initialisers) graph.message(5, (nested) => writeTensor(nested, tensor));
    for (const input of model.inputs) graph.message(11, (nested) => writeValueInfo(nested, input));
    for (const output of model.outputs) graph.message(12, (nested) => writeValueInfo(nested, output));
  });
  for (const [domain, version] of Object.entries(model.opsets)) {
    writer.message(8, (nested) => {
      nested.string(1, domain);
      nested.integer(2, version);
    });
  }
  for (const [key, value] of Object.entries(model.metadata)) {
    writer.message(14, (nested) => {
      nested.string(1, key);
      nested.string(2, value);
    });
  }
  return writer.finish();
}
