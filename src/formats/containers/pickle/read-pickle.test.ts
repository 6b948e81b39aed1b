import { describe, expect, test } from "vitest";
import { arrayFiles, bytesOfFixture } from "../../fixtures/array-fixtures.ts";
import { refusal } from "../../fixtures/fixtures.ts";
import { readNpy } from "../npy/read-npy.ts";
import { dictValue, isPickledArray, type PickleValue } from "./pickle-value.ts";
import { readPickle } from "./read-pickle.ts";

/** As JSON-like values, arrays as [dtype, shape, values]. */
function simple(value: PickleValue | undefined): unknown {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return value.map(simple);
  if (value instanceof Uint8Array) return [...value];
  if (isPickledArray(value)) {
    const { dtype, shape, data } = value.array;
    return [dtype, shape, [...data].map((item) => simple(item as PickleValue))];
  }
  if (typeof value === "object" && value !== null)
    return Object.fromEntries([...value.entries].map(([key, item]) => [String(key), simple(item)]));
  return value;
}

const expected = {
  filename: "a.tif",
  masks: ["uint16", [2, 3], [0, 1, 1, 2, 2, 0]],
  outlines: ["uint16", [2, 3], [0, 1, 1, 2, 2, 0]],
  chan_choose: [0, 0],
  ismanual: ["uint8", [2], [1, 0]],
  flows: [[["uint8", [2, 3, 3], new Array(18).fill(0)]], ["float32", [1, 2], [0, 0]], null, [], 1.5],
  diameter: 30.25,
  est_diam: 17,
  big: 2n ** 70n,
  negative: -(2 ** 33),
  turned: ["int16", [2, 3], [0, 1, 2, 3, 4, 5]],
  words: ["text", [2], ["ab", "µ"]],
  mixed: ["object", [3], [1, "two", null]],
  bytes: [0, 255, 39, 10],
  text: "a\n'\\b€😀",
  yes: true,
  none: null,
  tuple: [1, [2.5, "x"], [], {}],
  flag: true,
  word: "hé",
};

test.each(arrayFiles.filter(([, file]) => file.kind === "pickle"))("%s", (_, file) => {
  expect(simple(readPickle(bytesOfFixture(file), { name: file.name }))).toEqual(expected);
});

test.each(arrayFiles.filter(([, file]) => file.kind === "pickled-npy"))("within an array: %s", (_, file) => {
  const array = readNpy(bytesOfFixture(file), { name: file.name });
  expect([array.dtype, array.shape]).toEqual(["object", []]);
  expect(simple(array.data[0] as PickleValue)).toEqual(expected);
  expect(dictValue(array.data[0] as PickleValue, "est_diam")).toBe(17);
});

describe("hostile pickles", () => {
  const read = (text: string) =>
    refusal(() =>
      readPickle(
        Uint8Array.from(text, (c) => c.charCodeAt(0)),
        { name: "evil.npy" },
      ),
    );
  test.each<[string, string, RegExp]>([
    ["a system call", "cposix\nsystem\n(S'touch /tmp/x'\ntR.", /Python object "posix\.system"/],
    ["a call by stack", "\x80\x04\x8c\x08builtins\x8c\x04eval\x93\x8c\x011\x85R.", /"builtins\.eval"/],
    ["an instance", "(S'ls'\nios\nsystem\n.", /"os\.system"/],
    ["a new object", "\x80\x04cnumpy\nndarray\n)\x81.", /"numpy\.ndarray"/],
    ["another encoding", "c_codecs\nencode\n(Vab\nVrot13\ntR.", /"_codecs\.encode"/],
    [
      "an array of another class",
      "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\ndtype\n(I0\ntS'b'\ntR.",
      /"numpy\.dtype"/,
    ],
    ["a persistent object", "Pabc\n.", /persistent object/],
    ["a name as a value", "(cnumpy\nndarray\nl.", /"numpy\.ndarray"/],
    ["a name in a tuple", "cnumpy\nndarray\n\x85.", /"numpy\.ndarray"/],
    ["an extension", "\x82\x01.", /extension type/],
    ["a set", "\x80\x04\x8f.", /"set"/],
    ["a list within itself", "]p0\ng0\na.", /holds itself/],
    ["an empty stack", "0.", /closes what was not opened|empty stack/],
    ["the end", "(I1\n", /cut short/],
    ["a huge text", "T\xff\xff\xff\x7fabc.", /cut short/],
    ["an unknown memo", "g7\n.", /refers to value 7/],
    ["an unknown opcode", "\xfe.", /opcode 0xfe/],
    ["a huge number", `L${"9".repeat(5000)}L\n.`, /whole number/],
    ["a bad key", "}(}I1\nu.", /key is not plain/],
  ])("%s", async (_, text, message) => {
    const error = await read(text);
    if (error.code === "read") throw new Error("was read");
    expect([error.code, error.message]).toEqual(["format.pickle", expect.stringMatching(message)]);
  });

  test("deep nesting does not exhaust the stack of the runtime", async () => {
    expect((await read(`${"(".repeat(1_000_000)}.`)).code).toBe("format.pickle");
    expect((await read(`${"]".repeat(5000)}${"a".repeat(4999)}.`)).message).toMatch(/nested too deeply/);
  });

  test("doubling by reference stays linear", () => {
    // Each list holds the one before twice: 2^60 leaves if written out.
    let text = "]p0\n";
    for (let i = 1; i < 60; i++) text += `(g${i - 1}\ng${i - 1}\nlp${i}\n`;
    expect(
      Array.isArray(
        readPickle(
          Uint8Array.from(`${text}.`, (c) => c.charCodeAt(0)),
          { name: "a" },
        ),
      ),
    ).toBe(true);
  });

  test("more values than the limit", async () => {
    expect((await read("N".repeat(2 ** 23 + 1))).code).toBe("limit.objects");
  });
});
