import { describe, expect, test } from "vitest";
import {
  channelPlane,
  dtypeOf,
  dtypes,
  imageArray,
  isAxes,
  labelImage,
  mask,
  plane,
  typedArray,
} from "./index.ts";

const code = (name: string) => expect.objectContaining({ code: name });

describe("makers", () => {
  test("keep the given buffer, make zeros without one", () => {
    const data = Float32Array.of(1, 2, 3, 4, 5, 6);
    expect(plane("float32", 2, 3, data).data).toBe(data);
    expect([...plane("uint16", 1, 2).data]).toEqual([0, 0]);
    expect([...labelImage(1, 3, [1, 0, 7]).data]).toEqual([1, 0, 7]);
    expect([...mask(1, 3, [5, 0, -1]).data]).toEqual([1, 0, 1]);
  });
  test.each(dtypes)("%s buffers are recognised", (dtype) => {
    expect(dtypeOf(typedArray(dtype, 1))).toBe(dtype);
  });
  test("refuse what does not fit", () => {
    expect(() => plane("uint8", 2, 2, new Uint8Array(3))).toThrow(code("array.shapeMismatch"));
    expect(() => plane("uint8", 0, 2)).toThrow(code("array.shapeMismatch"));
    expect(() => plane("uint8", 1.5, 2)).toThrow(code("array.shapeMismatch"));
    expect(() => plane("uint8", 20_000, 20_000)).toThrow(code("limit.pixels"));
    expect(() => plane("uint8", 1, 2, new Float32Array(2) as unknown as Uint8Array)).toThrow(
      code("array.shapeMismatch"),
    );
    expect(() => imageArray("uint8", "yxc", [2, 2, 3])).toThrow(code("array.axes"));
    expect(() => imageArray("uint8", "cyx", [2, 2])).toThrow(code("array.shapeMismatch"));
    expect(() => imageArray("uint8", "tyx", [100_000, 1000, 1000])).toThrow(code("limit.pixels"));
  });
  test.each([
    ["yx", true],
    ["tczyx", true],
    ["cyx", true],
    ["xy", false],
    ["ctyx", false],
    ["ccyx", false],
    ["tcx", false],
    ["", false],
  ])("axes %s: %s", (axes, ok) => {
    expect(isAxes(axes)).toBe(ok);
  });
});

describe("channelPlane", () => {
  const image = imageArray(
    "uint8",
    "tcyx",
    [2, 3, 1, 2],
    Uint8Array.from({ length: 12 }, (_, i) => i),
  );
  test("is a view of the right plane", () => {
    const view = channelPlane(image, { t: 1, c: 2 });
    expect([...view.data]).toEqual([10, 11]);
    view.data[0] = 99;
    expect(image.data[10]).toBe(99);
    expect([...channelPlane(image).data]).toEqual([0, 1]);
  });
  test("refuses an index outside its axis", () => {
    expect(() => channelPlane(image, { c: 3 })).toThrow(
      /Index 3 lies outside axis "c", which has 3 positions/,
    );
    expect(() => channelPlane(image, { z: 1 })).toThrow(code("array.axes"));
    expect(() => channelPlane(image, { t: -1 })).toThrow(code("array.axes"));
  });
});
