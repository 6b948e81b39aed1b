import { describe, expect, test } from "vitest";
import { applyEventsInPlace, type CellEvent, type EventChange, EventIndex } from "./cell-events.ts";
import { type EditOperation, invertOperation, validateOperation } from "./operation.ts";
import { OriginIndex } from "./origins.ts";

const frames = new Map(["a", "b", "c"].map((uid, t) => [uid, t]));
const facts = { frameOf: (uid: string) => frames.get(uid), lives: () => true };
const death: CellEvent = { kind: "death" };
const mark = (uid: string, after: CellEvent, before: CellEvent | null = null): EventChange => ({
  uid,
  side: after.kind === "entry" ? "start" : "end",
  before,
  after,
});

describe("events of cells", () => {
  test("a mark is made when its before is true, changed, and taken away", () => {
    const [index, origins] = [new EventIndex(), new OriginIndex()];
    const apply = (change: EventChange) => applyEventsInPlace(index, [change], origins, [], facts);
    apply(mark("a", { kind: "entry" }));
    apply(mark("a", death));
    expect([index.eventOf("a", "start"), index.eventOf("a", "end")]).toEqual([{ kind: "entry" }, death]);
    apply(mark("a", { kind: "exit" }, death));
    expect(() => apply(mark("a", death, death))).toThrow(/changed meanwhile/);
    apply({ uid: "a", side: "end", before: { kind: "exit" }, after: null });
    expect([index.eventOf("a", "end"), index.size]).toEqual([null, 1]);
  });

  test("marks and links may not contradict each other, from either side; what is refused changes nothing", () => {
    const [index, origins] = [new EventIndex(), new OriginIndex()];
    origins.set("b", { uid: "a", kind: "link" });
    const apply = (changes: EventChange[], touched: string[] = []) =>
      applyEventsInPlace(index, changes, origins, touched, facts);
    expect(() => apply([mark("a", death)])).toThrow(/marked as dead, so it cannot go on/);
    expect(() => apply([mark("b", { kind: "entry" })])).toThrow(/cannot come from another cell/);
    expect(index.size).toBe(0);
    // Its next cell is deleted: now it can have died.
    const alone = { ...facts, lives: (uid: string) => uid !== "b" };
    applyEventsInPlace(index, [mark("a", death)], origins, [], alone);
    expect(() => apply([], ["a"])).toThrow(/cannot go on/);
  });

  test("a fusion leads to a living cell of a later frame", () => {
    const [index, origins] = [new EventIndex(), new OriginIndex()];
    const fuse = (uid: string, into: string) =>
      applyEventsInPlace(index, [mark(uid, { kind: "fusion", into })], origins, [], facts);
    expect(() => fuse("b", "a")).toThrow(/later frame/);
    expect(() => fuse("b", "nobody")).toThrow(/not there/);
    fuse("b", "c");
    expect(index.eventOf("b", "end")).toEqual({ kind: "fusion", into: "c" });
  });

  test("an edit of marks alone is valid, and taken back by its inverse; nonsense is not", () => {
    const edit = (events: EventChange[]): EditOperation => ({
      ...{ operationId: "E1", kind: "relink", tool: "mark", changes: [], msSpent: 0 },
      events,
    });
    const image = { height: 8, width: 8 };
    validateOperation(edit([mark("a", death)]), image);
    expect(invertOperation(edit([mark("a", death)]), "E2", "undo").events).toEqual([
      { uid: "a", side: "end", before: death, after: null },
    ]);
    for (const wrong of [
      [],
      [mark("a", death), mark("a", { kind: "exit" })],
      [mark("a", death, death)],
      [{ uid: "a", side: "start", before: null, after: death } as const],
      [mark("a", { kind: "fusion" })],
      [mark("a", { kind: "death", into: "b" })],
    ])
      expect(() => validateOperation(edit(wrong), image)).toThrow(/cannot be applied/);
  });
});
