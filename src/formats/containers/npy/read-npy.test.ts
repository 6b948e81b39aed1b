import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { sourceOfBytes } from "../../byte-source.ts";
import { arrayFiles, bytesOfFixture } from "../../fixtures/array-fixtures.ts";
import { refusal } from "../../fixtures/fixtures.ts";
import { openNpz } from "./open-npz.ts";
import { openNpy, readNpy } from "./read-npy.ts";
import { writeNpy } from "./write-npy.ts";

const held: Readonly<Record<string, string>> = {
  "|b1": "uint8",
  "|i1": "int8",
  "|u1": "uint8",
  i2: "int16",
  i4: "int32",
  i8: "int32",
  u2: "uint16",
  u4: "uint32",
  u8: "int32",
  f2: "float32",
  f4: "float32",
  f8: "float64",
};

describe("arrays that NumPy wrote", () => {
  test.each(arrayFiles.filter(([, file]) => file.kind === "npy"))("%s", (_, file) => {
    const array = readNpy(bytesOfFixture(file), { name: file.name });
    expect(array.shape).toEqual(file.shape);
    expect([...array.data].map((value) => (typeof value === "number" ? value : String(value)))).toEqual(
      file.values.map((value) => (typeof value === "string" ? value : Number(value))),
    );
    if (file.name.startsWith("plain"))
      expect(array.dtype).toBe(held[file.dtype] ?? held[file.dtype.slice(1)]);
  });

  test("64-bit integers take the smallest array that holds them exactly", () => {
    const dtypeOf = (name: string) => {
      const file = arrayFiles.find(([, { name: found }]) => found === name)![1];
      return readNpy(bytesOfFixture(file), { name }).dtype;
    };
    expect(dtypeOf("large-int64")).toBe("float64");
    expect(dtypeOf("uint32-in-int64")).toBe("uint32");
  });

  test.each(arrayFiles.filter(([, file]) => file.kind === "npz"))("archive %s", async (_, file) => {
    const members = await openNpz(sourceOfBytes(bytesOfFixture(file), file.name));
    expect([...members.keys()]).toEqual(["X", "y", "meta"]);
    const x = members.get("X")!;
    expect(await x.describe()).toEqual({ shape: [5, 4, 3], type: "<f4" });
    const items = await x.items();
    // Forward, a leap, back: each item is the same whatever was read before.
    for (const index of [0, 1, 4, 2]) {
      const item = await items.read(index);
      expect(item.shape).toEqual([4, 3]);
      expect([...item.data]).toEqual(Array.from({ length: 12 }, (_, i) => 12 * index + i));
    }
    const both = await Promise.all([items.read(3), items.read(1)]);
    expect(both.map(({ data }) => data[0])).toEqual([36, 12]);
    expect((await members.get("y")!.read()).data.length).toBe(20);
    expect(await members.get("meta")!.read()).toMatchObject({ dtype: "object", shape: [5, 2] });
  });
});

describe("refusals name what is wrong", () => {
  const file = writeNpy("int32", [2, 3], Int32Array.of(1, 2, 3, 4, 5, 6));
  const header = (text: string) => {
    const bytes = new Uint8Array(10 + text.length + 64);
    bytes.set(file.subarray(0, 8));
    bytes.set([text.length & 255, text.length >> 8], 8);
    bytes.set(new TextEncoder().encode(text), 10);
    return bytes;
  };
  test.each<[string, Uint8Array, RegExp]>([
    ["nothing", new Uint8Array(0), /not a NumPy array/],
    ["cut header", file.subarray(0, 40), /cut short/],
    ["cut values", file.subarray(0, file.length - 1), /cut short: 23 bytes of values instead of 24/],
    ["version", Uint8Array.from(file, (byte, i) => (i === 6 ? 9 : byte)), /version 9\.0 is not known/],
    ["complex", header("{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}"), /type "<c8"/],
    ["records", header("{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (1,)}"), /several fields/],
    ["code", header("{'descr': __import__('os'), 'shape': (1,)}"), /not a Python dict of plain values/],
    ["negative", header("{'descr': '<i4', 'fortran_order': False, 'shape': (-1,)}"), /shape is not/],
    ["no order", header("{'descr': '<i4', 'shape': (1,)}"), /order of the values/],
    [
      "beyond memory",
      header("{'descr': '<i4', 'fortran_order': False, 'shape': (9999999999, 9999999999)}"),
      /beyond any memory/,
    ],
  ])("%s", async (_, bytes, message) => {
    const error = await refusal(() => readNpy(bytes, { name: "a.npy" }));
    expect([error.code, error.message]).toEqual(["format.npy", expect.stringMatching(message)]);
  });

  test("a size beyond the limit, before memory is taken", async () => {
    const large = header("{'descr': '<i4', 'fortran_order': False, 'shape': (100000, 100000)}");
    expect((await refusal(() => readNpy(large, { name: "a.npy" }))).code).toBe("limit.pixels");
  });

  test("text with a character that does not exist", async () => {
    const bytes = header("{'descr': '<U1', 'fortran_order': False, 'shape': (1,)}");
    bytes.fill(255, bytes.length - 64);
    expect((await refusal(() => readNpy(bytes, { name: "a.npy" }))).message).toMatch(/does not exist/);
  });

  test("a wrong checksum of a streamed member, with its last byte", async () => {
    const archive = zipSync({ "a.npy": file });
    const directory = archive.findIndex(
      (_, i) => archive[i] === 0x50 && archive[i + 1] === 0x4b && archive[i + 2] === 1,
    );
    archive[directory + 16]! ^= 1;
    const members = await openNpz(sourceOfBytes(archive, "a.npz"));
    expect((await refusal(() => members.get("a")!.read())).message).toMatch(
      /checksum \(CRC\) does not match/,
    );
  });

  test("an array in Fortran order cannot be read item by item", async () => {
    const fortran = arrayFiles.find(([, { name }]) => name === "fortran")![1];
    const error = await refusal(() => openNpy(sourceOfBytes(bytesOfFixture(fortran), "f.npy")));
    expect(error.message).toMatch(/column-major/);
  });
});
