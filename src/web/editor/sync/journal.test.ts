import { describe, expect, test } from "vitest";
import { isFoundryError } from "#core/errors.ts";
import { fakeIndexedDb } from "./fake-indexed-db.ts";
import { openIndexedDbJournal } from "./indexed-db-journal.ts";
import { type Journal, type JournalEntry, memoryJournal } from "./journal.ts";

const entry = (operationId: string, order: number, layerId = "one"): JournalEntry => ({
  layerId,
  operationId,
  order,
  writtenAt: 5,
  refusal: null,
  edit: { operationId, kind: "delete", tool: "delete", msSpent: 0, changes: [] },
});

const kinds: [string, () => Promise<Journal>][] = [
  ["in memory", async () => memoryJournal()],
  ["in IndexedDB", () => openIndexedDbJournal(fakeIndexedDb().factory)],
];

describe.each(kinds)("journal %s", (_, open) => {
  test("gives back a layer's entries by order, whatever their ids", async () => {
    const journal = await open();
    await journal.write([entry("Z", 1), entry("A", 2)]);
    await journal.write([entry("M", 3, "other")]);
    expect((await journal.read("one")).map((one) => one.operationId)).toEqual(["Z", "A"]);
    expect((await journal.read("other")).map((one) => one.operationId)).toEqual(["M"]);
  });

  test("writing again replaces, removing removes", async () => {
    const journal = await open();
    await journal.write([entry("A", 1), entry("B", 2)]);
    await journal.write([{ ...entry("A", 1), refusal: { code: "edit.invalid", message: "no" } }]);
    await journal.remove(["B", "unknown"]);
    const left = await journal.read("one");
    expect(left.map((one) => [one.operationId, one.refusal?.code])).toEqual([["A", "edit.invalid"]]);
  });
});

describe("journal in IndexedDB", () => {
  test("asks for strict durability", async () => {
    const fake = fakeIndexedDb();
    const journal = await openIndexedDbJournal(fake.factory);
    await journal.write([entry("A", 1)]);
    expect(fake.writes).toEqual([{ durability: "strict" }]);
  });

  test("a full disk is an error with a code, and keeps what was there", async () => {
    const fake = fakeIndexedDb();
    const journal = await openIndexedDbJournal(fake.factory);
    await journal.write([entry("A", 1)]);
    fake.failNextWrite();
    await expect(journal.write([entry("B", 2)])).rejects.toSatisfy((error) =>
      isFoundryError(error, "disk.full"),
    );
    expect((await journal.read("one")).map((one) => one.operationId)).toEqual(["A"]);
  });

  test("another page on the same database finds the entries", async () => {
    const fake = fakeIndexedDb();
    await (await openIndexedDbJournal(fake.factory)).write([entry("A", 1)]);
    const again = await openIndexedDbJournal(fake.factory);
    expect((await again.read("one")).map((one) => one.operationId)).toEqual(["A"]);
  });
});
