import { expect, test } from "vitest";
import { labelImage } from "#core/array/index.ts";
import { createCanvas, OriginIndex } from "#core/edits/index.ts";
import { type ObjectShape, objectShapesFromLabels } from "#core/labels/index.ts";
import { type FollowedCell, followOutcome } from "./follow-outcome.ts";

const [height, width] = [30, 40];

function block(t: number, y0: number, x0: number, side = 6): ObjectShape {
  const labels = labelImage(height, width);
  for (let y = y0; y < y0 + side; y++) labels.data.fill(1, y * width + x0, y * width + x0 + side);
  return objectShapesFromLabels(labels, { t }).get(1) as ObjectShape;
}

/** A movie of objects by name, with links by name. */
function movie(objects: Readonly<Record<string, ObjectShape>>, links: Readonly<Record<string, string>> = {}) {
  const origins = new OriginIndex();
  for (const [uid, from] of Object.entries(links)) origins.set(uid, { uid: from, kind: "link" });
  return {
    scratchAt: ({ t, z }: { t: number; z: number }) => {
      const here = Object.entries(objects).filter(([, shape]) => shape.t === t && shape.z === z);
      return createCanvas({ height, width, objects: new Map(here) }, { t, z });
    },
    origins,
    lives: (uid: string) => uid in objects,
    frameOf: (uid: string) => objects[uid]?.t,
    mateOf: (uid: string, plane: { t: number }) =>
      Object.entries(links).find(([to, from]) => from === uid && objects[to]?.t === plane.t)?.[0],
    uidAt: (k: number) => `new-${k}`,
    model: "nuclei@1.0.0",
  };
}

const found = (
  key: string,
  shape: ObjectShape,
  cell: string,
  kind: "link" | "division" = "link",
): FollowedCell => ({
  ...{ key, shape, from: { cell, kind } },
});

test("two frames on: two new objects, one track, one edit", () => {
  const ground = movie({ a: block(0, 2, 2) });
  const outcome = followOutcome(
    [found("1:1", block(1, 3, 3), "a"), found("2:1", block(2, 4, 4), "1:1")],
    ground,
  );
  expect(outcome?.changes.map(({ uid, after }) => [uid, after])).toEqual([
    ["new-0", block(1, 3, 3)],
    ["new-1", block(2, 4, 4)],
  ]);
  expect(outcome?.origins).toEqual([
    { uid: "new-0", before: null, after: { uid: "a", kind: "link" } },
    { uid: "new-1", before: null, after: { uid: "new-0", kind: "link" } },
  ]);
});

test("a cell that is there without a link gets the link and keeps its shape", () => {
  const ground = movie({ a: block(0, 2, 2), b: block(1, 3, 2) });
  const outcome = followOutcome([found("1:1", block(1, 3, 3), "a")], ground);
  expect(outcome?.changes).toEqual([]);
  expect(outcome?.origins).toEqual([{ uid: "b", before: null, after: { uid: "a", kind: "link" } }]);
});

test("where the cell goes on already, following goes on from there", () => {
  const ground = movie({ a: block(0, 2, 2), b: block(1, 3, 2) }, { b: "a" });
  const outcome = followOutcome(
    [found("1:1", block(1, 3, 3), "a"), found("2:1", block(2, 4, 4), "1:1")],
    ground,
  );
  expect(outcome?.origins).toEqual([{ uid: "new-0", before: null, after: { uid: "b", kind: "link" } }]);
});

test("put between a cell and what it went on as two frames later, it carries the track", () => {
  const ground = movie({ a: block(0, 2, 2), c: block(2, 4, 4) }, { c: "a" });
  const outcome = followOutcome([found("1:1", block(1, 3, 3), "a")], ground);
  expect(outcome?.origins).toEqual([
    { uid: "c", before: { uid: "a", kind: "link" }, after: { uid: "new-0", kind: "link" } },
    { uid: "new-0", before: null, after: { uid: "a", kind: "link" } },
  ]);
});

test("a division gives two daughters", () => {
  const ground = movie({ a: block(0, 2, 8) });
  const outcome = followOutcome(
    [found("1:1", block(1, 2, 2), "a", "division"), found("1:2", block(1, 2, 16), "a", "division")],
    ground,
  );
  expect(outcome?.origins).toEqual([
    { uid: "new-0", before: null, after: { uid: "a", kind: "division" } },
    { uid: "new-1", before: null, after: { uid: "a", kind: "division" } },
  ]);
});

test("found cells do not cut into others, and are left out when most of them is taken", () => {
  const ground = movie({ a: block(0, 2, 2), other: block(1, 3, 7, 12) });
  expect(followOutcome([found("1:1", block(1, 3, 8), "a")], ground)).toBeNull();
  const beside = followOutcome([found("1:1", block(1, 3, 3), "a")], ground);
  expect(beside?.changes[0]?.after?.bbox).toEqual([3, 3, 9, 7]);
});
