import { describe, expect, test } from "vitest";
import { forSeeds, labelsOf, pictureOf, randomLabels } from "#testing/index.ts";
import { labelImage } from "../array/index.ts";
import {
  drawObjectShapeInPlace,
  type ObjectShape,
  objectShapesFromLabels,
  shapeArea,
} from "../labels/index.ts";
import {
  applyChangesInPlace,
  applyOperation,
  createCanvas,
  deleteObject,
  type EditOperation,
  eraseStroke,
  fillObject,
  invertOperation,
  type LabelCanvas,
  type LayerState,
  mergeObjects,
  type ObjectChange,
  paintStroke,
  renderCanvas,
  splitByLine,
  validateOperation,
} from "./index.ts";

/** Layer with objects "1", "2" … of a picture. */
function stateOf(...rows: readonly string[]): LayerState {
  const labels = labelsOf(...rows);
  const objects = new Map(
    [...objectShapesFromLabels(labels)].map(([label, shape]) => [String(label), shape]),
  );
  return { height: labels.height, width: labels.width, objects };
}

/** The picture after changes, drawn from the shapes; uids are the digits. */
function pictureAfter(state: LayerState, changes: readonly ObjectChange[]): string[] {
  const operation: EditOperation = { operationId: "op", kind: "draw", tool: "test", changes, msSpent: 0 };
  if (changes.length > 0) validateOperation(operation, state);
  const next = changes.length > 0 ? applyOperation(state, operation) : state;
  const labels = labelImage(state.height, state.width);
  for (const [uid, shape] of next.objects) drawObjectShapeInPlace(shape, labels, Number.parseInt(uid, 36));
  return pictureOf(labels);
}

describe("paintStroke", () => {
  const state = stateOf(".......", "11...22", ".......");
  const canvas = createCanvas(state);
  const line = [
    { y: 1, x: 2 },
    { y: 1, x: 5 },
  ];

  test("grows an object along the way, around others", () => {
    const changes = paintStroke(canvas, { uid: "1", points: line, radius: 0, mode: "exclude" });
    expect(pictureAfter(state, changes)).toEqual([".......", "1111122", "......."]);
    expect(changes.map(({ uid }) => uid)).toEqual(["1"]);
  });

  test("takes pixels of others when overwriting", () => {
    const changes = paintStroke(canvas, { uid: "1", points: line, radius: 0, mode: "overwrite" });
    expect(pictureAfter(state, changes)).toEqual([".......", "1111112", "......."]);
    expect(changes.map(({ uid }) => uid)).toEqual(["1", "2"]);
  });

  test("removes an object that loses its last pixel", () => {
    const changes = paintStroke(canvas, {
      uid: "1",
      points: [{ y: 1, x: 5.5 }],
      radius: 1,
      mode: "overwrite",
    });
    expect(pictureAfter(state, changes)).toEqual([".......", "11...11", "......."]);
    expect(changes[1]).toMatchObject({ uid: "2", after: null });
  });

  test("a new uid is born; outside the image nothing is", () => {
    const disk = paintStroke(canvas, { uid: "3", points: [{ y: 0, x: 3 }], radius: 1, mode: "exclude" });
    expect(pictureAfter(state, disk)).toEqual(["..333..", "11.3.22", "......."]);
    expect(paintStroke(canvas, { uid: "3", points: [{ y: -9, x: 3 }], radius: 1, mode: "exclude" })).toEqual(
      [],
    );
    expect(paintStroke(canvas, { uid: "3", points: [{ y: 1, x: 0 }], radius: 0, mode: "exclude" })).toEqual(
      [],
    );
  });

  test("no difference, no change", () => {
    expect(paintStroke(canvas, { uid: "1", points: [{ y: 1, x: 0 }], radius: 0, mode: "overwrite" })).toEqual(
      [],
    );
  });

  test.each([
    [[], 1],
    [[{ y: 0, x: Number.NaN }], 1],
    [[{ y: 0, x: 0 }], -1],
    [[{ y: 0, x: 0 }], Number.NaN],
    [[{ y: 0, x: 0 }], 513],
  ])("refuses stroke %j of radius %d", (points, radius) => {
    expect(() => paintStroke(canvas, { uid: "1", points, radius, mode: "exclude" })).toThrow(
      expect.objectContaining({ code: "edit.invalid" }),
    );
  });

  test("law: covers exactly the pixels within the radius of the way", () =>
    forSeeds(150, (random) => {
      const [height, width] = [1 + random.int(20), 1 + random.int(20)];
      const empty: LayerState = { height, width, objects: new Map() };
      const points = Array.from({ length: 1 + random.int(4) }, () => ({
        y: random.int(60) / 2 - 5,
        x: random.int(60) / 2 - 5,
      }));
      const radius = random.int(9) / 2;
      const changes = paintStroke(createCanvas(empty), { uid: "1", points, radius, mode: "exclude" });
      const covered = new Set<number>();
      for (let i = 0; i < height * width; i++) {
        const [y, x] = [Math.floor(i / width), i % width];
        points.forEach((b, k) => {
          const a = points[Math.max(0, k - 1)] ?? b;
          const squared = (b.y - a.y) ** 2 + (b.x - a.x) ** 2;
          const along = squared === 0 ? 0 : ((y - a.y) * (b.y - a.y) + (x - a.x) * (b.x - a.x)) / squared;
          const at = Math.min(1, Math.max(0, along));
          const distance = Math.hypot(y - a.y - at * (b.y - a.y), x - a.x - at * (b.x - a.x));
          if (distance <= radius + 1e-9 || (Math.round(b.y) === y && Math.round(b.x) === x)) covered.add(i);
        });
      }
      const after = changes[0]?.after ?? null;
      expect(after === null ? 0 : shapeArea(after)).toBe(covered.size);
      const picture = pictureAfter(empty, changes).join("");
      for (const i of covered) expect(picture[i]).toBe("1");
    }));
});

describe("eraseStroke", () => {
  const state = stateOf("1122", "1122", "1122");
  const canvas = createCanvas(state);
  const points = [
    { y: 0, x: 1 },
    { y: 0, x: 2 },
  ];
  test("takes from all, or from one", () => {
    expect(pictureAfter(state, eraseStroke(canvas, { points, radius: 0 }))).toEqual(["1..2", "1122", "1122"]);
    expect(pictureAfter(state, eraseStroke(canvas, { points, radius: 0, uid: "2" }))).toEqual([
      "11.2",
      "1122",
      "1122",
    ]);
    expect(eraseStroke(canvas, { points, radius: 0, uid: "unknown" })).toEqual([]);
  });
  test("removes what is left empty", () => {
    const changes = eraseStroke(canvas, { points, radius: 9, uid: "1" });
    expect(changes).toEqual([{ uid: "1", before: state.objects.get("1"), after: null }]);
  });
});

describe("splitByLine", () => {
  test("the larger part keeps the uid; the cut goes to the nearer part", () => {
    const state = stateOf("11111", "11111", "11111");
    const changes = splitByLine(createCanvas(state), "1", { y: -1, x: 3 }, { y: 3, x: 3 }, ["2"]);
    expect(pictureAfter(state, changes)).toEqual(["11112", "11112", "11112"]);
  });
  test("a line that begins and ends inside is led on to the rim", () => {
    const state = stateOf("1111111", "1111111", "1111111", "1111111", "1111111");
    const changes = splitByLine(createCanvas(state), "1", { y: 2, x: 4 }, { y: 3, x: 4 }, ["2"]);
    expect(pictureAfter(state, changes)).toEqual(new Array(5).fill("1111122"));
  });
  test("cutting one arm leaves the other alone", () => {
    const state = stateOf("1111111", "11...11", "11...11", "11...11", "11...11");
    const changes = splitByLine(createCanvas(state), "1", { y: 3, x: -1 }, { y: 3, x: 2 }, ["2"]);
    expect(pictureAfter(state, changes)).toEqual(["1111111", "11...11", "11...11", "11...11", "22...11"]);
  });
  test("a line across both arms makes three parts when two uids are given, two when one is", () => {
    const state = stateOf("1111111", "11...11", "11...11", "11...11", "11...11", "11...11");
    const line = [
      { y: 2, x: -1 },
      { y: 2, x: 7 },
    ] as const;
    expect(pictureAfter(state, splitByLine(createCanvas(state), "1", ...line, ["2", "3"]))).toEqual([
      "1111111",
      "11...11",
      "11...11",
      "22...33",
      "22...33",
      "22...33",
    ]);
    const one = splitByLine(createCanvas(state), "1", ...line, ["2"]);
    expect(one.map(({ uid }) => uid)).toEqual(["1", "2"]);
  });
  test("a line that misses, or only grazes, changes nothing", () => {
    const state = stateOf(".....", ".111.", ".111.", ".....");
    expect(splitByLine(createCanvas(state), "1", { y: 0, x: 0 }, { y: 0, x: 4 }, ["2"])).toEqual([]);
    expect(splitByLine(createCanvas(state), "1", { y: 0, x: 1 }, { y: 3, x: 1 }, ["2"])).toEqual([]);
  });
  test("fragments the cut does not touch stay with the object", () => {
    const state = stateOf("11111..1", "11111...", "11111...");
    const changes = splitByLine(createCanvas(state), "1", { y: -1, x: 3 }, { y: 3, x: 3 }, ["2"]);
    expect(pictureAfter(state, changes)).toEqual(["11112..1", "11112...", "11112..."]);
  });
  test.each([
    ["an unknown object", "9", { y: 0, x: 0 }, ["2"]],
    ["a line without length", "1", { y: 1, x: 1 }, ["2"]],
    ["no new uid", "1", { y: 0, x: 0 }, []],
    ["an end that is no number", "1", { y: Number.NaN, x: 0 }, ["2"]],
  ] as const)("refuses %s", (_, uid, from, uids) => {
    const canvas = createCanvas(stateOf("111", "111"));
    expect(() => splitByLine(canvas, uid, from, { y: 1, x: 1 }, uids)).toThrow(
      expect.objectContaining({ code: "edit.invalid" }),
    );
  });
  test("law: parts are disjoint and together the object, whatever the line", () =>
    forSeeds(300, (random) => {
      const labels = randomLabels(random, 14, 2);
      const shapes = objectShapesFromLabels(labels);
      if (shapes.size === 0) return;
      const state: LayerState = {
        ...labels,
        objects: new Map([...shapes].map(([label, shape]) => [String(label), shape])),
      };
      const end = (): { y: number; x: number } => ({ y: random.int(40) / 2 - 3, x: random.int(40) / 2 - 3 });
      const [from, to] = [end(), end()];
      if (from.y === to.y && from.x === to.x) return;
      const uid = random.pick([...state.objects.keys()]);
      const changes = splitByLine(
        createCanvas(state),
        uid,
        from,
        to,
        ["a", "b", "c"].slice(0, 1 + random.int(3)),
      );
      if (changes.length === 0) return;
      // applyOperation inside pictureAfter refuses overlapping parts; the union must be what it was.
      const before = pictureAfter(state, []).join("").replace(/[^.]/g, "x");
      expect(pictureAfter(state, changes).join("").replace(/[^.]/g, "x")).toBe(before);
      const area = changes.reduce((sum, { after }) => sum + (after === null ? 0 : shapeArea(after)), 0);
      expect(area).toBe(shapeArea(state.objects.get(uid) as ObjectShape));
    }));
});

describe("whole objects", () => {
  const state = stateOf("1.2.3", "1.2.3");
  test("merge keeps the first uid and all pixels", () => {
    const changes = mergeObjects(createCanvas(state), ["2", "1", "2"]);
    expect(pictureAfter(state, changes)).toEqual(["2.2.3", "2.2.3"]);
    expect(changes.map(({ uid, after }) => [uid, after === null])).toEqual([
      ["2", false],
      ["1", true],
    ]);
  });
  test("merge needs two that are there", () => {
    expect(() => mergeObjects(createCanvas(state), ["1", "1"])).toThrow(/at least two/);
    expect(() => mergeObjects(createCanvas(state), ["1", "9"])).toThrow(/not on this plane/);
  });
  test("delete", () => {
    expect(pictureAfter(state, deleteObject(createCanvas(state), "2"))).toEqual(["1...3", "1...3"]);
  });
  test("fill closes holes but not around another object", () => {
    const ring = stateOf("1111111", "1.1.2.1", "1111111");
    expect(pictureAfter(ring, fillObject(createCanvas(ring), "1"))).toEqual([
      "1111111",
      "111.2.1",
      "1111111",
    ]);
    expect(fillObject(createCanvas(state), "1")).toEqual([]);
  });
});

describe("canvas", () => {
  /** The raster as uids, to compare with a fresh canvas whose numbers may differ. */
  const uidsOf = (canvas: LabelCanvas): (string | undefined)[] =>
    Array.from(renderCanvas(canvas).data, (n) => canvas.uidOf(n));

  test("knows the object at a point, also between pixels and outside", () => {
    const canvas = createCanvas(stateOf("1.", ".2"));
    expect([
      canvas.uidAt(0.4, 0.4),
      canvas.uidAt(1, 1),
      canvas.uidAt(0, 1),
      canvas.uidAt(-1, 0),
      canvas.uidAt(2, 0),
    ]).toEqual(["1", "2", undefined, undefined, undefined]);
  });

  test("shows its own frame and plane only", () => {
    const state = stateOf("1.", "..");
    const other = { ...(state.objects.get("1") as ObjectShape), t: 3 };
    const both: LayerState = { ...state, objects: new Map([...state.objects, ["2", other]]) };
    expect(createCanvas(both).shapes.size).toBe(1);
    const third = createCanvas(both, { t: 3 });
    expect([...third.shapes.keys()]).toEqual(["2"]);
    expect(
      applyChangesInPlace(third, [{ uid: "1", before: state.objects.get("1") ?? null, after: null }]),
    ).toBeNull();
  });

  test("law: random edits in place equal replay; a conflict leaves the canvas as it was; undoing all gives the start", () =>
    forSeeds(60, (random) => {
      const labels = randomLabels(random, 16, 5);
      const start: LayerState = {
        ...labels,
        objects: new Map([...objectShapesFromLabels(labels)].map(([k, s]) => [`u${k}`, s])),
      };
      const canvas = createCanvas(start);
      let state = start;
      const log: EditOperation[] = [];
      for (let step = 0; step < 12; step++) {
        const uids = [...canvas.shapes.keys()];
        const point = (): { y: number; x: number } => ({
          y: random.int(labels.height),
          x: random.int(labels.width),
        });
        const tool = random.int(5);
        let changes: ObjectChange[] = [];
        if (tool === 0 || uids.length === 0) {
          const mode = random.chance(0.5) ? "exclude" : "overwrite";
          changes = paintStroke(canvas, {
            uid: random.chance(0.5) && uids.length > 0 ? random.pick(uids) : `n${step}`,
            points: [point(), point()],
            radius: random.int(3),
            mode,
          });
        } else if (tool === 1) changes = eraseStroke(canvas, { points: [point()], radius: random.int(3) });
        else if (tool === 2)
          changes = splitByLine(canvas, random.pick(uids), { y: -1, x: random.int(9) }, point(), [
            `n${step}`,
          ]);
        else if (tool === 3 && uids.length > 1)
          changes = mergeObjects(canvas, random.shuffle(uids).slice(0, 2));
        else changes = deleteObject(canvas, random.pick(uids));
        if (changes.length === 0) continue;
        const operation: EditOperation = {
          operationId: `op${step}`,
          kind: "draw",
          tool: "law",
          changes,
          msSpent: 0,
        };
        validateOperation(operation, start);
        const before = uidsOf(canvas);
        // The same change twice is a conflict the second time, and must leave no trace.
        state = applyOperation(state, operation);
        applyChangesInPlace(canvas, changes);
        expect(() => applyChangesInPlace(canvas, changes)).toThrow(
          expect.objectContaining({ code: "revision.conflict" }),
        );
        expect(uidsOf(canvas)).not.toEqual(before);
        expect(uidsOf(canvas)).toEqual(uidsOf(createCanvas(state)));
        expect(new Map(canvas.shapes)).toEqual(new Map(state.objects));
        log.push(operation);
      }
      for (const operation of log.reverse()) {
        const undo = invertOperation(operation, `un-${operation.operationId}`, "undo");
        state = applyOperation(state, undo);
        applyChangesInPlace(canvas, undo.changes);
      }
      expect(new Map(state.objects)).toEqual(new Map(start.objects));
      expect(uidsOf(canvas)).toEqual(uidsOf(createCanvas(start)));
    }));

  test("an overlap is refused and leaves the raster as it was", () => {
    const state = stateOf("11..", "..22");
    const canvas = createCanvas(state);
    const [one, two] = [state.objects.get("1") as ObjectShape, state.objects.get("2") as ObjectShape];
    const before = uidsOf(canvas);
    expect(() =>
      applyChangesInPlace(canvas, [
        { uid: "1", before: one, after: { ...one, bbox: [0, 2, 1, 4] } },
        { uid: "3", before: null, after: two },
      ]),
    ).toThrow(expect.objectContaining({ code: "revision.conflict" }));
    expect(uidsOf(canvas)).toEqual(before);
  });
});
