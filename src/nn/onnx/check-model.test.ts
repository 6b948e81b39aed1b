/** Models from outside: what is read of a good one, and every way a bad one is refused, with its place. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isFoundryError } from "#core/errors.ts";
import type { OnnxModel, OnnxNode, OnnxTensor } from "./index.ts";
import { checkModel, encodeModel } from "./index.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";

const node = (
  operator: string,
  inputs: string[],
  outputs: string[],
  extra: Partial<OnnxNode> = {},
): OnnxNode => ({
  operator,
  domain: "",
  name: `the ${operator}`,
  inputs,
  outputs,
  attributes: {},
  ...extra,
});
const whole = (name: string, ...values: number[]): OnnxTensor => ({
  name,
  shape: [values.length],
  data: BigInt64Array.from(values.map(BigInt)),
});
const floats = (name: string, ...values: number[]): OnnxTensor => ({
  name,
  shape: [values.length],
  data: Float32Array.from(values),
});

const good: OnnxModel = {
  graphName: "g",
  producer: "test",
  documentation: "",
  opsets: { "": 17 },
  inputs: [{ name: "x", dtype: "float32", shape: [1, 1, "h", "w"] }],
  outputs: [{ name: "y", dtype: "float32", shape: [1, 1, "h", "w"] }],
  initialisers: [],
  nodes: [node("Relu", ["x"], ["y"])],
  metadata: { a: "b" },
};
const withNodes = (nodes: OnnxNode[], initialisers: OnnxTensor[] = []): Uint8Array =>
  encodeModel({ ...good, nodes, initialisers });

/** A model file whose parts are written by hand. */
function byHand(write: {
  graph?: (w: ProtobufWriter) => void;
  file?: (w: ProtobufWriter) => void;
}): Uint8Array {
  const writer = new ProtobufWriter();
  writer.integer(1, 8);
  writer.message(8, (set) => {
    set.string(1, "");
    set.integer(2, 17);
  });
  writer.message(7, (graph) => {
    write.graph?.(graph);
    for (const field of [11, 12]) {
      graph.message(field, (port) => {
        port.string(1, "x");
        port.message(2, (type) => type.message(1, (tensor) => tensor.integer(1, 1)));
      });
    }
  });
  write.file?.(writer);
  return writer.finish();
}
const tensor = (write: (w: ProtobufWriter) => void): Uint8Array =>
  byHand({ graph: (graph) => graph.message(5, write) });

test("what a good file says of itself", () => {
  expect(checkModel(encodeModel({ ...good, initialisers: [floats("w", 1, 2)] }))).toMatchObject({
    irVersion: 8,
    producer: "test",
    opsets: { "": 17 },
    inputs: [{ name: "x", elementType: "float32", shape: [1, 1, "h", "w"] }],
    outputs: [{ name: "y", shape: [1, 1, "h", "w"] }],
    nodeCount: 1,
    operators: { Relu: 1 },
    parameterCount: 2,
    weightBytes: 8,
    metadata: { a: "b" },
  });
});

test("the model that ships passes; cut anywhere it is refused or tells less, never crashes", () => {
  const path = new URL("../../../models/nuclei-fluorescence/1.0.0/model.onnx", import.meta.url);
  const bytes = new Uint8Array(readFileSync(path));
  expect(checkModel(bytes).outputs.map(({ name }) => name)).toEqual(["innerDistance", "foreground"]);
  for (let length = 0; length < bytes.length; length += 9973) {
    expect(() => checkModel(bytes.subarray(0, length))).toThrowError(
      expect.objectContaining({ code: "model.invalid" }),
    );
  }
});

const concatBomb = Array.from({ length: 30 }, (_, i) => node("Concat", [`v${i}`, `v${i}`], [`v${i + 1}`]));
const cases: Record<string, [bytes: Uint8Array, words: RegExp]> = {
  "an empty file": [new Uint8Array(0), /empty/],
  "something else": [new TextEncoder().encode("%PDF-1.7 not a model at all"), /./],
  "no graph": [Uint8Array.of(8, 8, 66, 4, 10, 0, 16, 17), /no graph/],
  "two graphs": [byHand({ file: (w) => w.message(7, () => undefined) }), /stands twice/],
  "an old operator set": [encodeModel({ ...good, opsets: { "": 6 } }), /version 6 .* 7 to 26/],
  "no operator set": [encodeModel({ ...good, opsets: { "my.ops": 1 } }), /which operators/],
  "an operator of somebody's own": [
    withNodes([node("Steal", ["x"], ["y"], { domain: "my.ops" })]),
    /"Steal" of the set "my\.ops"/,
  ],
  "a loop": [withNodes([node("Loop", ["x"], ["y"])]), /"Loop"/],
  "random numbers": [withNodes([node("RandomNormalLike", ["x"], ["y"])]), /RandomNormalLike/],
  "functions of its own": [byHand({ file: (w) => w.message(25, (f) => f.string(1, "f")) }), /functions/],
  "a training graph": [byHand({ file: (w) => w.message(20, () => undefined) }), /training/],
  "weights in another file": [
    tensor((w) => {
      w.packedIntegers(1, [4]);
      w.integer(2, 1);
      w.string(8, "w");
      w.message(13, (entry) => {
        entry.string(1, "location");
        entry.string(2, "../../etc/passwd");
      });
      w.integer(14, 1);
    }),
    /weight "w".*another file/,
  ],
  "a weight of more values than bytes": [
    tensor((w) => {
      w.packedIntegers(1, [1_000_000, 1_000_000]);
      w.integer(2, 1);
      w.bytes(9, new Uint8Array(16));
    }),
    /declares 1000000000000 values of float32, 4 are there/,
  ],
  "a weight beyond all numbers": [
    tensor((w) => {
      w.packedIntegers(1, [2 ** 40, 2 ** 40]);
      w.integer(2, 1);
    }),
    /more values than any memory/,
  ],
  "a negative length": [
    tensor((w) => {
      w.packedIntegers(1, [-4]);
      w.integer(2, 1);
    }),
    /length -4/,
  ],
  "text as weights": [tensor((w) => w.integer(2, 8)), /element type/],
  "a value made by no node": [withNodes([node("Add", ["x", "z"], ["y"])]), /"z" is made by no earlier node/],
  "a value made twice": [withNodes([node("Relu", ["x"], ["y"]), node("Relu", ["x"], ["y"])]), /made twice/],
  "an output made by no node": [withNodes([node("Relu", ["x"], ["z"])]), /output "y"/],
  "ConstantOfShape bomb": [
    withNodes(
      [node("ConstantOfShape", ["s"], ["z"]), node("Add", ["x", "z"], ["y"])],
      [whole("s", 100_000, 100_000)],
    ),
    /10000000000 values/,
  ],
  "Expand bomb through a chain of constants": [
    withNodes(
      [node("Concat", ["s", "s"], ["t"]), node("Cast", ["t"], ["u"]), node("Expand", ["x", "u"], ["y"])],
      [whole("s", 1, 300_000)],
    ),
    /values, more than/,
  ],
  "Tile bomb in three steps": [
    withNodes(
      [node("Tile", ["x", "r"], ["a"]), node("Tile", ["a", "r"], ["b"]), node("Tile", ["b", "r"], ["y"])],
      [whole("r", 1, 1, 40, 40)],
    ),
    /blows the image up/,
  ],
  "Resize bomb": [
    withNodes([node("Resize", ["x", "", "s"], ["y"])], [floats("s", 1, 1, 2000, 2000)]),
    /blows the image up/,
  ],
  "doubling thirty times": [
    withNodes([node("Relu", ["x"], ["v0"]), ...concatBomb, node("Relu", ["v30"], ["y"])]),
    /blows the image up/,
  ],
  "an endless range": [
    withNodes([node("Range", ["a", "b", "c"], ["y"])], [whole("a", 0), whole("b", 10), whole("c", 0)]),
    /Infinity values/,
  ],
  "a size read from pixels": [
    withNodes([
      node("ReduceMax", ["x"], ["m"]),
      node("Cast", ["m"], ["s"]),
      node("Expand", ["x", "s"], ["y"]),
    ]),
    /depends on pixel values/,
  ],
};

test.each(Object.entries(cases))("refused with place and remedy: %s", (_name, [bytes, words]) => {
  try {
    checkModel(bytes);
  } catch (error) {
    if (!isFoundryError(error, "model.invalid")) throw error;
    expect(error.message).toMatch(words);
    expect(error.message.length).toBeLessThan(400);
    expect(error.hint).toBeTruthy();
    return;
  }
  throw new Error("was not refused");
});

test("sizes that follow from the size of the input are allowed", () => {
  const bytes = withNodes(
    [
      node("Shape", ["x"], ["s"]),
      node("Gather", ["s", "i"], ["hw"]),
      node("Concat", ["one", "hw"], ["t"]),
      node("Resize", ["x", "", "", "t"], ["y"]),
    ],
    [whole("i", 2, 3), whole("one", 1, 1)],
  );
  expect(checkModel(bytes).nodeCount).toBe(4);
});

test("a file of half a million fields is refused before they are held", () => {
  const bytes = new Uint8Array(1_000_000).fill(0);
  for (let i = 0; i < bytes.length; i += 2) bytes[i] = 8;
  expect(() => checkModel(bytes)).toThrowError(expect.objectContaining({ code: "model.invalid" }));
});
