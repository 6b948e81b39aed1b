import { expect, test } from "vitest";
import type { ObjectShape } from "#core/labels/index.ts";
import { changesByPlane, clampPlane, planeCounts, planeOfChanges, planeText } from "./planes.ts";

const dot = (t: number, z: number): ObjectShape => ({
  t,
  z,
  bbox: [0, 0, 1, 1],
  bits: new Uint8Array([128]),
});

test("counts follow the axes of the image, in whatever order they are", () => {
  expect(planeCounts({ axes: "tczyx", shape: [60, 2, 9, 512, 512] })).toEqual({ t: 60, z: 9 });
  expect(planeCounts({ axes: "zyx", shape: [9, 512, 512] })).toEqual({ t: 1, z: 9 });
  expect(planeCounts({ axes: "cyx", shape: [3, 512, 512] })).toEqual({ t: 1, z: 1 });
});

test("a plane outside the image becomes the nearest inside", () => {
  const counts = { t: 60, z: 1 };
  expect(clampPlane({ t: -1, z: 5 }, counts)).toEqual({ t: 0, z: 0 });
  expect(clampPlane({ t: 60, z: 0 }, counts)).toEqual({ t: 59, z: 0 });
});

test("words count from 1 and name the axes there are", () => {
  expect(planeText({ t: 3, z: 0 }, { t: 60, z: 1 })).toBe("frame 4");
  expect(planeText({ t: 0, z: 1 }, { t: 1, z: 9 })).toBe("slice 2");
  expect(planeText({ t: 3, z: 1 }, { t: 60, z: 9 })).toBe("slice 2 of frame 4");
});

test("changes are sorted by plane; what moves to another plane is gone from one and born in the other", () => {
  const [a, b, moved] = [dot(0, 0), dot(1, 0), dot(1, 2)];
  expect(
    changesByPlane([
      { uid: "a", before: a, after: null },
      { uid: "b", before: null, after: b },
      { uid: "c", before: a, after: moved },
    ]),
  ).toEqual([
    {
      plane: { t: 0, z: 0 },
      changes: [
        { uid: "a", before: a, after: null },
        { uid: "c", before: a, after: null },
      ],
    },
    { plane: { t: 1, z: 0 }, changes: [{ uid: "b", before: null, after: b }] },
    { plane: { t: 1, z: 2 }, changes: [{ uid: "c", before: null, after: moved }] },
  ]);
});

test("an edit of several planes is looked at where one is, else at its first", () => {
  const changes = [dot(2, 0), dot(3, 0)].map((after, k) => ({ uid: String(k), before: null, after }));
  expect(planeOfChanges(changes, { t: 3, z: 0 })).toEqual({ t: 3, z: 0 });
  expect(planeOfChanges(changes, { t: 9, z: 0 })).toEqual({ t: 2, z: 0 });
});
