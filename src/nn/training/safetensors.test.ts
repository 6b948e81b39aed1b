/** The file format against its published layout. */
import { expect, test } from "vitest";
import { isFoundryError } from "#core/errors.ts";
import { decodeTensors, encodeTensors } from "./safetensors.ts";

const file = {
  tensors: new Map([
    ["b", { shape: [2], data: new Float32Array([1, -2]) }],
    ["a", { shape: [1, 1], data: new Float32Array([0.5]) }],
  ]),
  metadata: { z: "1", format: "x" },
};

test("header length, JSON header, data, as the format's README describes", () => {
  const bytes = encodeTensors(file);
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  expect(length % 8).toBe(0);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  expect(header).toEqual({
    __metadata__: { format: "x", z: "1" },
    b: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
    a: { dtype: "F32", shape: [1, 1], data_offsets: [8, 12] },
  });
  expect([...new Float32Array(bytes.slice(8 + length).buffer)]).toEqual([1, -2, 0.5]);
});

test("reads back what it wrote", () => {
  expect(decodeTensors(encodeTensors(file))).toEqual(file);
});

test("a cut file is refused at every length", () => {
  const bytes = encodeTensors(file);
  for (let length = 0; length < bytes.length; length++) {
    let error: unknown;
    try {
      decodeTensors(bytes.subarray(0, length));
    } catch (caught) {
      error = caught;
    }
    expect(isFoundryError(error, "model.invalid")).toBe(true);
  }
});
