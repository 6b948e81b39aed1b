import { expect, test } from "vitest";
import type { ObjectShape } from "#core/labels/index.ts";
import { ReviewDesk } from "./review-desk.ts";

const shape = (x: number): ObjectShape => ({ t: 0, z: 0, bbox: [0, x, 1, x + 1], bits: Uint8Array.of(0x80) });

function desk(...confidences: number[]) {
  const shapes = new Map(confidences.map((_, k) => [`c${k}`, shape(k)]));
  const sure = new Map(confidences.map((confidence, k) => [`c${k}`, confidence]));
  let ms = 0;
  let version = 0;
  const made = new ReviewDesk({
    cells: () => [...shapes.keys()].map((uid) => ({ uid, area: 10, confidence: sure.get(uid) ?? null })),
    findings: () => new Map(),
    shapeOf: (uid) => shapes.get(uid),
    now: () => ms,
  });
  let selection: readonly string[] = [];
  return {
    shapes,
    edit: (change: () => void, selected?: readonly string[]) => {
      change();
      version++;
      if (selected !== undefined) selection = selected;
    },
    select: (uids: readonly string[]) => {
      selection = uids;
    },
    press: (key: "accept" | "fix" | "skip" | "back", marked: ReadonlySet<string> = new Set()) => {
      ms += 800;
      const step = made.step(key, version, selection, marked);
      selection = step.uid === null ? [] : [step.uid];
      return step;
    },
  };
}

test("the first key shows the most doubtful cell, every further one decides and shows the next", () => {
  const d = desk(0.9, 0.2, 0.5);
  expect(d.press("accept")).toMatchObject({ uid: "c1", reviewed: [] });
  expect(d.press("accept")).toMatchObject({ uid: "c2", reviewed: ["c1"] });
  expect(d.press("skip")).toMatchObject({ uid: "c0", reviewed: ["c1"] });
  expect(d.press("back")).toMatchObject({ uid: "c2" });
  // One look of 800 ms at the first, two at the second: the median lies between.
  expect(d.press("accept").progress).toMatchObject({ done: 2, left: 1, msPerCell: 1200 });
});

test("marks of another day are not asked again", () => {
  expect(desk(0.9, 0.2).press("accept", new Set(["c1"])).uid).toBe("c0");
});

test("a cell whose shape changed in view counts as fixed; one deleted in view too, and the next is shown, not decided", () => {
  const d = desk(0.1, 0.2, 0.3, 0.4);
  d.press("accept");
  d.edit(() => d.shapes.set("c0", shape(9)));
  expect(d.press("accept").progress).toMatchObject({ done: 1, fixed: 1 });
  d.edit(() => d.shapes.delete("c1"), []);
  const step = d.press("accept");
  expect(step).toMatchObject({ uid: "c2", progress: { done: 2, fixed: 2, left: 2 } });
  expect(step.reviewed).not.toContain("c2");
});

test("parts of a split in view come next", () => {
  const d = desk(0.1, 0.2);
  d.press("accept");
  d.edit(() => {
    d.shapes.set("c0", shape(9));
    d.shapes.set("part", shape(10));
  }, ["c0", "part"]);
  expect(d.press("accept").uid).toBe("part");
  expect(d.press("accept").uid).toBe("c1");
});

test("a cell picked by hand is the one that is meant; without one the cell in doubt is shown again", () => {
  const d = desk(0.1, 0.2, 0.3);
  d.press("accept");
  d.select(["c2"]);
  expect(d.press("accept")).toMatchObject({ uid: "c0", reviewed: ["c2"] });
  d.select([]);
  expect(d.press("accept")).toMatchObject({ uid: "c0", reviewed: ["c2"] });
});

test("fixing waits for the tool", () => {
  const d = desk(0.1, 0.2);
  d.press("accept");
  expect(d.press("fix")).toMatchObject({ uid: "c0", fixing: true });
  expect(d.press("accept")).toMatchObject({ uid: "c1", fixing: false, progress: { fixed: 1 } });
});
