import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { refusal } from "../../fixtures/fixtures.ts";
import { readZip } from "./read-zip.ts";

const ascii = (text: string) => new TextEncoder().encode(text);
const plain = () => zipSync({ "a/one.txt": ascii("one one one one"), "b.txt": ascii("two") });
const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Offset of the n-th record with this signature. */
function record(bytes: Uint8Array, signature: number, n = 0): number {
  for (let at = 0; at + 4 <= bytes.length; at++)
    if (view(bytes).getUint32(at, true) === signature && n-- === 0) return at;
  throw new Error("no such record");
}
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;

/** An archive whose first name is replaced, in both places, by another of the same length. */
function renamed(name: string): Uint8Array {
  const bytes = zipSync({ ["x".repeat(name.length)]: ascii("hello") }, { level: 0 });
  for (const at of [record(bytes, CENTRAL) + 46, record(bytes, LOCAL) + 30]) {
    bytes.set(
      Uint8Array.from(name, (char) => char.charCodeAt(0)),
      at,
    );
  }
  return bytes;
}

function patched(change: (bytes: DataView, central: number, local: number) => void): Uint8Array {
  const bytes = plain();
  change(view(bytes), record(bytes, CENTRAL), record(bytes, LOCAL));
  return bytes;
}

test("files of a good archive", () => {
  const entries = readZip(plain(), "a.zip");
  expect(entries.map(({ path, size }) => [path, size])).toEqual([
    ["a/one.txt", 15],
    ["b.txt", 3],
  ]);
  expect(entries.map((entry) => new TextDecoder().decode(entry.read()))).toEqual(["one one one one", "two"]);
});

describe("names that mean something else elsewhere", () => {
  test.each([
    ["../evil.png", /leaves the archive/],
    ["a/../../b", /leaves the archive/],
    ["/etc/passwd", /absolute path/],
    ["C:evil.png", /drive letter/],
    ["a\\b.png", /backslash/],
    ["a\0b.png", /NUL/],
    ["a//b.png", /empty step/],
    ["./b.png", /empty step/],
    ["a\nb.png", /control characters/],
  ])("%j", async (name, message) => {
    const error = await refusal(() => readZip(renamed(name), "evil.zip"));
    expect(error.code).toBe("format.zip");
    expect(error.message).toMatch(message);
    expect(error.message).toContain("evil.zip, entry");
  });
});

describe("archives that lie", () => {
  test.each<[string, Uint8Array, RegExp]>([
    ["encrypted", patched((v, c) => v.setUint16(c + 8, 1, true)), /it is encrypted/],
    [
      "a link",
      patched((v, c) => {
        v.setUint8(c + 5, 3);
        v.setUint32(c + 38, 0xa1ff0000, true);
      }),
      /it is a link/,
    ],
    [
      "another name inside",
      patched((v, _, l) => v.setUint8(l + 30, 122)),
      /local header and the directory disagree/,
    ],
    ["another size inside", patched((v, _, l) => v.setUint32(l + 22, 99, true)), /disagree/],
    ["an unknown method", patched((v, c) => v.setUint16(c + 10, 12, true)), /compression method 12/],
    ["a directory elsewhere", plain().slice(0, -1), /no directory/],
    [
      "two names but for case",
      zipSync({ "A.png": ascii("x"), "a.png": ascii("y") }),
      /same name but for case/,
    ],
    ["not a zip", ascii("PK hello"), /no directory/],
  ])("%s", async (_, bytes, message) => {
    const error = await refusal(() => readZip(bytes, "evil.zip"));
    expect(error.code).toBe("format.zip");
    expect(error.message).toMatch(message);
  });

  test("an entry inside another one's bytes", async () => {
    const inner = zipSync({ "b.txt": ascii("same") }, { level: 0 });
    const quoted = inner.slice(0, record(inner, CENTRAL));
    const bytes = zipSync({ "a.bin": quoted, "b.txt": ascii("same") }, { level: 0 });
    expect(readZip(bytes, "good.zip").length).toBe(2);
    view(bytes).setUint32(record(bytes, CENTRAL, 1) + 42, record(bytes, LOCAL, 1), true);
    expect((await refusal(() => readZip(bytes, "evil.zip"))).message).toMatch(
      /shares bytes with another entry/,
    );
  });

  test("a wrong checksum, and a size that is too small, are found when read", async () => {
    const wrongCrc = patched((v, c) => v.setUint32(c + 16, 1, true));
    expect((await refusal(() => readZip(wrongCrc, "z")[0]!.read())).message).toMatch(
      /checksum \(CRC\) does not match/,
    );
    const small = patched((v, c, l) => {
      v.setUint32(c + 24, 4, true);
      v.setUint32(l + 22, 4, true);
    });
    expect((await refusal(() => readZip(small, "z")[0]!.read())).message).toMatch(
      /more than the header announces/,
    );
  });
});

test("limits: entries, bytes, growth", async () => {
  expect((await refusal(() => readZip(plain(), "z", { entriesMax: 1 }))).code).toBe("limit.files");
  expect((await refusal(() => readZip(plain(), "z", { entryBytesMax: 10 }))).code).toBe("limit.bytes");
  expect((await refusal(() => readZip(plain(), "z", { totalBytesMax: 17 }))).code).toBe("limit.bytes");
  const bomb = zipSync({ "a.tif": new Uint8Array(20_000_000) });
  expect((await refusal(() => readZip(bomb, "z"))).message).toMatch(/would grow \d+ times, more than 200/);
});
