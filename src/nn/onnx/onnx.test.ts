/** The writer against bytes worked out by hand, and against the reader. */
import { expect, test } from "vitest";
import { isFoundryError } from "#core/errors.ts";
import type { OnnxModel } from "./index.ts";
import { decodeModel, encodeModel } from "./index.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";

const model: OnnxModel = {
  graphName: "g",
  producer: "Cell Foundry",
  documentation: "what it is",
  opsets: { "": 17, "com.microsoft": 1 },
  inputs: [{ name: "x", dtype: "float32", shape: ["batch", 1, "height", "width"] }],
  outputs: [{ name: "y", dtype: "float32", shape: [2] }],
  initialisers: [
    { name: "w", shape: [2], data: new Float32Array([1.5, -0.25]) },
    { name: "i", shape: [2], data: BigInt64Array.from([-1n, 300n]) },
  ],
  nodes: [
    {
      operator: "Conv",
      domain: "",
      name: "n",
      inputs: ["x", "", "w"],
      outputs: ["y"],
      attributes: {
        pads: { kind: "ints", value: [1, -1, 300] },
        alpha: { kind: "float", value: 0.5 },
        axis: { kind: "int", value: -2 },
        mode: { kind: "string", value: "nearest" },
      },
    },
  ],
  metadata: { contract: '{"a":1}' },
};

test("wire format of the protobuf documentation's examples", () => {
  const writer = new ProtobufWriter();
  writer.integer(1, 150);
  writer.string(2, "testing");
  writer.message(3, (nested) => nested.integer(1, 150));
  // "Encoding" chapter: 08 96 01; 12 07 74…; 1a 03 08 96 01.
  const expected = "0896011207" + "74657374696e67" + "1a03089601";
  expect(Buffer.from(writer.finish()).toString("hex")).toBe(expected);
});

test("negative integers take ten bytes, floats are little-endian", () => {
  const writer = new ProtobufWriter();
  writer.integer(1, -1);
  writer.float(2, 1);
  expect(Buffer.from(writer.finish()).toString("hex")).toBe("08ffffffffffffffffff01150000803f");
});

test("reads back what it wrote", () => {
  expect(decodeModel(encodeModel(model))).toEqual(model);
});

test("writes the same bytes twice", () => {
  expect(encodeModel(model)).toEqual(encodeModel(structuredClone(model)));
});

test("a file cut anywhere is refused or loses only what was cut off, never crashes", () => {
  const bytes = encodeModel(model);
  for (let length = 0; length < bytes.length; length++) {
    try {
      expect(decodeModel(bytes.subarray(0, length)).graphName).toBe("g");
    } catch (error) {
      expect(isFoundryError(error, "model.invalid")).toBe(true);
    }
  }
});
