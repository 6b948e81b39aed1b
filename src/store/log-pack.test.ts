/** Packed logs: everything comes back, nothing else is read, and an edit takes tens of bytes. */

import { expect, test } from "vitest";
import { createUlids } from "#core/ulid.ts";
import { forSeeds } from "#testing/index.ts";
import { idKey, ulidFromBytes, ulidToBytes } from "./id-bytes.ts";
import { type PackedEdit, packLog, prefixBytes, unpackLog } from "./log-pack.ts";

const ulid = createUlids(
  () => Date.parse("2026-03-01T10:00:00Z"),
  (bytes) => bytes.set(bytes.map((_, i) => (i * 37 + 11) & 0xff)),
);

function editAt(seq: number, changes: PackedEdit["changes"], more: Partial<PackedEdit> = {}): PackedEdit {
  const at = new Date(Date.parse("2026-03-01T10:00:00.123Z") + seq * 1_700).toISOString();
  const edit = {
    seq,
    operationId: ulid(),
    kind: "fill",
    tool: "fill",
    msSpent: 900,
    undoes: null,
    agentId: "01",
  };
  return { ...edit, at, changes, ...more };
}

const digest = (byte: number): Buffer => Buffer.alloc(32, byte);

test("a ULID is 16 bytes and comes back; other texts and other spellings are no ULIDs", () => {
  for (let i = 0; i < 50; i++) {
    const id = ulid();
    expect(ulidFromBytes(ulidToBytes(id) as Buffer)).toBe(id);
  }
  // All ones, by hand: 128 bits are 7 and 25 times Z.
  expect(ulidToBytes(`7${"Z".repeat(25)}`)?.toString("hex")).toBe("ff".repeat(16));
  expect(ulidToBytes(`${"0".repeat(25)}1`)?.toString("hex")).toBe(`${"00".repeat(15)}01`);
  for (const text of [
    "op-1",
    "",
    `8${"Z".repeat(25)}`,
    `I${"0".repeat(25)}`,
    "z".repeat(26),
    "é".repeat(26),
  ]) {
    expect(ulidToBytes(text)).toBeNull();
    expect(idKey(text)).toHaveLength(16);
  }
});

test("what is packed comes back, digests shortened", () => {
  const edits = [
    editAt(7, [
      { label: 3, before: digest(1), confidence: null },
      { label: 900_000, before: null, confidence: 0.25 },
      { label: 1, before: digest(2), confidence: 1 },
    ]),
    editAt(8, [{ label: 2, before: null, confidence: null }], {
      operationId: "op-8",
      undoes: "op-1",
      kind: "undo",
    }),
    editAt(9, [{ label: 2, before: digest(3), confidence: 0 }], {
      at: "1999-01-01T00:00:00.000Z",
      agentId: ulid(),
    }),
  ];
  const pack = packLog(edits, "01");
  const short = edits.map((edit) => ({
    ...edit,
    changes: edit.changes.map((change) => ({
      ...change,
      before: change.before === null ? null : change.before.subarray(0, prefixBytes),
    })),
  }));
  expect(unpackLog(pack)).toEqual(short);
  expect(pack.from).toBe(7);
});

test("law: any log comes back", () =>
  forSeeds(100, (random) => {
    const edits = Array.from({ length: 1 + random.int(20) }, (_, i) =>
      editAt(
        i + 5,
        Array.from({ length: random.int(6) }, () => ({
          label: 1 + random.int(2 ** 31 - 1),
          before: random.chance(0.5) ? null : Buffer.alloc(prefixBytes, random.int(256)),
          confidence: random.chance(0.5) ? null : random.int(1_000_001) / 1_000_000,
        })),
        { msSpent: random.int(86_400_000), tool: `tool ${random.int(3)}` },
      ),
    );
    expect(unpackLog(packLog(edits, "01"))).toEqual(edits);
  }));

test("a damaged pack is said so, wherever it is cut", () => {
  const pack = packLog([editAt(1, [{ label: 1, before: digest(9), confidence: null }])], "01");
  for (let length = 0; length < pack.bytes.length; length++) {
    const damaged = { ...pack, bytes: pack.bytes.subarray(0, length) };
    expect(() => unpackLog(damaged)).toThrow(expect.objectContaining({ code: "blob.corrupt" }));
  }
  const longer = { ...pack, bytes: Buffer.concat([pack.bytes, Buffer.of(0)]) };
  expect(() => unpackLog(longer)).toThrow(expect.objectContaining({ code: "blob.corrupt" }));
});

test("a log of 100 edits of one cell each takes at most 36 bytes an edit, 100,000 births almost nothing", () => {
  const edits = Array.from({ length: 100 }, (_, i) =>
    editAt(i + 1, [{ label: (i * 7919) % 30_000, before: digest(i), confidence: null }]),
  );
  const { bytes, operationIds } = packLog(edits, "01");
  expect(bytes.length + operationIds.length).toBeLessThan(36 * 100);
  const births = Array.from({ length: 100_000 }, (_, i) => ({
    label: i + 1,
    before: null,
    confidence: null,
  }));
  expect(packLog([editAt(1, births)], "01").bytes.length).toBeLessThan(1_000);
});
