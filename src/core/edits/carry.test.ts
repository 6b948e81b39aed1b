import { describe, expect, test } from "vitest";
import { stateAfter } from "#testing/edited-layers.ts";
import { labelImage } from "../array/index.ts";
import { objectShapesFromLabels, shapeArea } from "../labels/index.ts";
import { shapeCentroid } from "../outline/index.ts";
import { carriedDistance, copyObject, createCanvas, interpolateBetween, type LayerState } from "./index.ts";

const side = 60;

function disc(cy: number, cx: number, radius: number, position: { t?: number; z?: number } = {}) {
  const labels = labelImage(side, side);
  labels.data.forEach((_, i) => {
    if (Math.hypot(Math.floor(i / side) - cy, (i % side) - cx) <= radius) labels.data[i] = 1;
  });
  return objectShapesFromLabels(labels, position).get(1)!;
}

const layer = (objects: Record<string, ReturnType<typeof disc>>): LayerState => ({
  height: side,
  width: side,
  objects: new Map(Object.entries(objects)),
});

describe("copyObject", () => {
  const state = layer({
    a: disc(20, 20, 6, { t: 3 }),
    next: disc(20, 30, 6, { t: 4 }),
    deep: disc(9, 9, 2, { t: 3, z: 1 }),
  });
  const here = createCanvas(state, { t: 3 });

  test("to the next frame: a new object and a link in the direction of time, around who is there", () => {
    const { changes, links } = copyObject(here, "a", { canvas: createCanvas(state, { t: 4 }), newUid: "b" });
    expect(links).toEqual([{ from: "a", to: "b", kind: "link" }]);
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({ uid: "b", before: null, after: { t: 4, z: 0 } });
    const shared = shapeArea(state.objects.get("a")!) - shapeArea(changes[0]!.after!);
    expect(shared).toBeGreaterThan(0);
    stateAfter(state, changes);
  });

  test("to the previous frame the link still runs forward; the same shape where nobody is", () => {
    const { changes, links } = copyObject(here, "a", { canvas: createCanvas(state, { t: 2 }), newUid: "b" });
    expect(links).toEqual([{ from: "b", to: "a", kind: "link" }]);
    expect(changes[0]!.after).toEqual({ ...state.objects.get("a"), t: 2 });
  });

  test("a cell that is linked already gives its shape to its successor and needs no link", () => {
    const target = { canvas: createCanvas(state, { t: 4 }), linkedUid: "next", newUid: "b" };
    const { changes, links } = copyObject(here, "a", target);
    expect(links).toEqual([]);
    expect(changes).toEqual([
      { uid: "next", before: state.objects.get("next"), after: { ...state.objects.get("a"), t: 4 } },
    ]);
  });

  test("to another slice: no link", () => {
    const { changes, links } = copyObject(here, "a", {
      canvas: createCanvas(state, { t: 3, z: 1 }),
      newUid: "b",
    });
    expect([changes.length, links.length]).toEqual([1, 0]);
  });

  test("nothing where neighbours hold all of it; refuses its own plane and unknown cells", () => {
    const full = layer({ a: disc(20, 20, 4), b: disc(20, 20, 9, { t: 1 }) });
    const target = { canvas: createCanvas(full, { t: 1 }), newUid: "c" };
    expect(copyObject(createCanvas(full), "a", target)).toEqual({ changes: [], links: [] });
    expect(() => copyObject(here, "a", { canvas: here, newUid: "b" })).toThrow(/another frame/);
    expect(() => copyObject(here, "zz", target)).toThrow(/not on this plane/);
    expect(() => copyObject(createCanvas(full), "a", { ...target, linkedUid: "zz" })).toThrow(
      /not on this plane/,
    );
  });
});

describe("interpolateBetween", () => {
  const state = layer({ a: disc(15, 15, 5), b: disc(35, 43, 9, { t: 4 }) });
  const from = { canvas: createCanvas(state), uid: "a" };
  const to = { canvas: createCanvas(state, { t: 4 }), uid: "b" };
  const plane = (t: number, newUid: string) => ({ canvas: createCanvas(state, { t }), newUid });

  test("discs between two discs: radius and middle run straight, and links chain them", () => {
    const { changes, links } = interpolateBetween(from, to, [plane(1, "n1"), plane(2, "n2"), plane(3, "n3")]);
    expect(changes.map(({ uid, after }) => [uid, after?.t])).toEqual([
      ["n1", 1],
      ["n2", 2],
      ["n3", 3],
    ]);
    changes.forEach(({ after }, k) => {
      const share = (k + 1) / 4;
      const middle = shapeCentroid(after!);
      expect(Math.hypot(middle.y - (15 + 20 * share), middle.x - (15 + 28 * share))).toBeLessThan(0.35);
      // Within a band of half a pixel around the circle of the radius between.
      const radius = 5 + 4 * share + 0.25;
      expect(Math.abs(shapeArea(after!) - Math.PI * radius ** 2)).toBeLessThan(Math.PI * radius);
    });
    expect(links.map(({ from: a, to: b }) => `${a}-${b}`)).toEqual(["a-n1", "n1-n2", "n2-n3", "n3-b"]);
    expect(carriedDistance(from, to)).toBeCloseTo(Math.hypot(20, 28), 6);
    stateAfter(state, changes);
  });

  test("the other way round gives the same shapes, and links still run forward in time", () => {
    const forward = interpolateBetween(from, to, [plane(1, "n1"), plane(3, "n3")]);
    const back = interpolateBetween(to, from, [plane(3, "n3"), plane(1, "n1")]);
    expect(back.links).toEqual(forward.links);
    expect(back.changes.toReversed().map(({ after }) => after!.bbox)).toEqual(
      forward.changes.map(({ after }) => after!.bbox),
    );
  });

  test("a plane where neighbours hold it all is left out, and the chain goes over it", () => {
    const blocked = { ...state, objects: new Map([...state.objects, ["x", disc(25, 29, 28, { t: 2 })]]) };
    const between = [plane(1, "n1"), { canvas: createCanvas(blocked, { t: 2 }), newUid: "n2" }];
    const { links } = interpolateBetween(from, to, between);
    expect(links.map(({ from: a, to: b }) => `${a}-${b}`)).toEqual(["a-n1", "n1-b"]);
  });

  test("between slices: shapes, no links", () => {
    const deep = layer({ a: disc(15, 15, 5), b: disc(15, 15, 5, { z: 2 }) });
    const { changes, links } = interpolateBetween(
      { canvas: createCanvas(deep), uid: "a" },
      { canvas: createCanvas(deep, { z: 2 }), uid: "b" },
      [{ canvas: createCanvas(deep, { z: 1 }), newUid: "n" }],
    );
    expect(changes[0]!.after).toEqual({ ...deep.objects.get("a"), z: 1 });
    expect(links).toEqual([]);
  });

  test("refuses planes that are not between", () => {
    expect(() => interpolateBetween(from, to, [plane(5, "n")])).toThrow(/between/);
    const skew = { canvas: createCanvas(state, { t: 2, z: 1 }), newUid: "n" };
    expect(() => interpolateBetween(from, to, [skew])).toThrow(/between/);
    expect(() => interpolateBetween(from, to, new Array(513).fill(plane(1, "n")))).toThrow(
      expect.objectContaining({ code: "limit.objects" }),
    );
  });
});
