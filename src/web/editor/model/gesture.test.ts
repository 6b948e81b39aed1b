import { describe, expect, test } from "vitest";
import { createCanvas, type LabelCanvas } from "#core/edits/index.ts";
import { type ObjectShape, objectShapesFromLabels, shapeArea, shapeContains } from "#core/labels/index.ts";
import { deleteCells, fillCells, mergeCells, selectByClick } from "./click.ts";
import {
  type Bench,
  beginGesture,
  cellCutBy,
  extendGestureInPlace,
  finishGesture,
  type Gesture,
  previewPixels,
  type StrokeTool,
} from "./gesture.ts";

/** 40 x 60: cell A is rows 10-19, columns 10-19; cell B the same rows, columns 22-31. */
function twoCells(): LabelCanvas {
  const data = new Int32Array(40 * 60);
  for (let y = 10; y < 20; y++) {
    data.fill(1, y * 60 + 10, y * 60 + 20);
    data.fill(2, y * 60 + 22, y * 60 + 32);
  }
  const shapes = objectShapesFromLabels({ dtype: "int32", height: 40, width: 60, data });
  const objects = new Map([
    ["A", shapes.get(1) as ObjectShape],
    ["B", shapes.get(2) as ObjectShape],
  ]);
  return createCanvas({ height: 40, width: 60, objects });
}

const bench = (patch: Partial<Bench> = {}): Bench => ({
  canvas: twoCells(),
  selection: [],
  radius: 2,
  newCell: false,
  ...patch,
});

function ids(): () => string {
  let next = 0;
  return () => `new${++next}`;
}

/** Draws through points [y, x] and gives what comes out. */
function draw(tool: StrokeTool, at: Bench, ...points: [number, number][]) {
  const newUid = ids();
  const [first, ...rest] = points.map(([y, x]) => ({ y, x }));
  const gesture = beginGesture(tool, at, first as { y: number; x: number }, newUid);
  extendGestureInPlace(gesture, rest);
  return finishGesture(at, gesture, newUid);
}

describe("brush", () => {
  test("on background with nothing selected a new cell is born: a disc of radius 2 has 13 pixels", () => {
    const outcome = draw("brush", bench(), [30, 30]);
    expect(outcome).toMatchObject({ kind: "draw", selection: ["new1"] });
    expect(outcome?.changes[0]).toMatchObject({ uid: "new1", before: null });
    expect(shapeArea(outcome?.changes[0]?.after as ObjectShape)).toBe(13);
  });

  test("starting on a cell extends it, also when another one is selected", () => {
    const outcome = draw("brush", bench({ selection: ["B"] }), [15, 15], [25, 15]);
    expect(outcome?.changes.map((change) => change.uid)).toEqual(["A"]);
    expect(shapeContains(outcome?.changes[0]?.after as ObjectShape, 25, 15)).toBe(true);
  });

  test("starting right beside the selected cell extends it; far away it starts a new one", () => {
    expect(draw("brush", bench({ selection: ["A"] }), [22, 15])?.selection).toEqual(["A"]);
    expect(draw("brush", bench({ selection: ["A"] }), [35, 50])?.selection).toEqual(["new1"]);
  });

  test("never takes a pixel from a neighbour", () => {
    const at = bench();
    const outcome = draw("brush", at, [15, 15], [15, 40]);
    expect(outcome?.changes.map((change) => change.uid)).toEqual(["A"]);
    const after = outcome?.changes[0]?.after as ObjectShape;
    for (let x = 22; x < 32; x++) expect(shapeContains(after, 15, x)).toBe(false);
    expect(shapeContains(after, 15, 36)).toBe(true);
  });

  test("after N the stroke is a new cell wherever it starts, and only beside the old one", () => {
    const outcome = draw("brush", bench({ newCell: true }), [15, 19], [25, 19]);
    expect(outcome?.selection).toEqual(["new1"]);
    expect(shapeContains(outcome?.changes[0]?.after as ObjectShape, 15, 19)).toBe(false);
  });

  test("a stroke wholly inside its own cell, or wholly on a neighbour, changes nothing", () => {
    expect(draw("brush", bench(), [15, 15])).toBeNull();
    expect(draw("brush", bench({ newCell: true }), [15, 15])).toBeNull();
  });
});

describe("eraser", () => {
  test("starting on a cell it spares the neighbours", () => {
    const outcome = draw("eraser", bench(), [15, 18], [15, 24]);
    expect(outcome).toMatchObject({ kind: "erase" });
    expect(outcome?.changes.map((change) => change.uid)).toEqual(["A"]);
  });

  test("starting on background it takes from the selected cell, or from all when none is", () => {
    expect(draw("eraser", bench({ selection: ["B"] }), [15, 8], [15, 40])?.changes.map((c) => c.uid)).toEqual(
      ["B"],
    );
    expect(draw("eraser", bench(), [15, 8], [15, 40])?.changes.map((c) => c.uid)).toEqual(["A", "B"]);
  });

  test("erasing all of a cell removes it, and from the selection too", () => {
    const outcome = draw("eraser", bench({ radius: 12, selection: ["A", "B"] }), [15, 15]);
    expect(outcome?.changes).toMatchObject([{ uid: "A", after: null }]);
    expect(outcome?.selection).toEqual(["B"]);
  });
});

describe("cut", () => {
  test("a line across a cell gives two parts that together are the cell", () => {
    const outcome = draw("split", bench(), [5, 14], [25, 14]);
    expect(outcome?.kind).toBe("split");
    const areas = outcome?.changes.map((change) => shapeArea(change.after as ObjectShape)) ?? [];
    expect(areas).toHaveLength(2);
    expect(areas.reduce((a, b) => a + b)).toBe(100);
    expect(outcome?.changes[0]?.uid).toBe("A");
    expect(outcome?.selection).toEqual(["A", "new1"]);
  });

  test("a line over two cells cuts the one it crosses most, or the selected one", () => {
    const [from, to] = [
      { y: 15, x: 17 },
      { y: 15, x: 31 },
    ];
    expect(cellCutBy(bench(), from, to)).toBe("B");
    expect(cellCutBy(bench({ selection: ["A"] }), from, to)).toBe("A");
    expect(cellCutBy(bench(), { y: 1, x: 1 }, { y: 1, x: 30 })).toBeUndefined();
  });

  test("a slipped click or a line through nothing changes nothing", () => {
    expect(draw("split", bench(), [15, 15], [15.5, 15.5])).toBeNull();
    expect(draw("split", bench(), [2, 2], [2, 50])).toBeNull();
  });
});

describe("while drawing", () => {
  test("the parts shown piece by piece together are the finished stroke", () => {
    const at = bench();
    const points = Array.from({ length: 40 }, (_, i) => ({ y: 30 + 4 * Math.sin(i / 6), x: 8 + i }));
    const gesture = beginGesture("brush", at, points[0] as { y: number; x: number }, ids());
    const shown = new Set<string>();
    const collect = (from: number): void => {
      const part = previewPixels(at, gesture, from);
      for (let y = 0; y < 40; y++) {
        for (let x = 0; x < 60; x++) if (part !== null && shapeContains(part, y, x)) shown.add(`${y},${x}`);
      }
    };
    collect(0);
    for (let i = 1; i < points.length; i += 3) {
      const from = (gesture as Extract<Gesture, { kind: "paint" }>).points.length;
      extendGestureInPlace(gesture, points.slice(i, i + 3));
      collect(from);
    }
    const after = finishGesture(at, gesture, ids())?.changes[0]?.after as ObjectShape;
    expect(shown.size).toBe(shapeArea(after));
    for (const key of shown) {
      const [y, x] = key.split(",").map(Number) as [number, number];
      expect(shapeContains(after, y, x)).toBe(true);
    }
  });

  test("a pointer that hardly moves adds no points; a stroke of minutes stays within its limit", () => {
    const gesture = beginGesture("brush", bench(), { y: 30, x: 5 }, ids());
    expect(extendGestureInPlace(gesture, [{ y: 30.1, x: 5 }])).toBe(false);
    const long = Array.from({ length: 20_000 }, (_, i) => ({ y: 30 + (i % 2), x: 5 + (i % 50) }));
    extendGestureInPlace(gesture, long);
    const { points } = gesture as Extract<Gesture, { kind: "paint" }>;
    expect(points.length).toBeLessThanOrEqual(7_200);
    expect(points.at(-1)).toEqual(long.at(-1));
  });
});

describe("lasso", () => {
  const around = (y0: number, x0: number, y1: number, x1: number): [number, number][] => [
    [y0, x0],
    [y0, x1],
    [y1, x1],
    [y1, x0],
  ];
  test("on background a new cell is what the line encloses", () => {
    const outcome = draw("lasso", bench(), ...around(25.5, 25.5, 30.5, 33.5));
    expect(outcome).toMatchObject({ kind: "draw", tool: "lasso", selection: ["new1"] });
    expect(shapeArea(outcome?.changes[0]?.after as ObjectShape)).toBe(5 * 8);
  });
  test("starting on a cell extends it, around the neighbours; in overwrite mode over them", () => {
    const line = around(12.5, 15.5, 16.5, 40.5);
    expect(draw("lasso", bench(), ...line)?.changes.map((c) => c.uid)).toEqual(["A"]);
    expect(draw("lasso", bench({ mode: "overwrite" }), ...line)?.changes.map((c) => c.uid)).toEqual([
      "A",
      "B",
    ]);
  });
  test("a lasso that cuts takes from the cell it starts on", () => {
    const newUid = ids();
    const at = bench({ selection: ["A"] });
    const gesture = beginGesture("lasso", at, { y: 12.5, x: 15.5 }, newUid, true);
    extendGestureInPlace(gesture, [
      { y: 12.5, x: 40 },
      { y: 17.5, x: 40 },
      { y: 17.5, x: 15.5 },
    ]);
    const outcome = finishGesture(at, gesture, newUid);
    expect(outcome).toMatchObject({ kind: "erase", tool: "lasso-cut", selection: ["A"] });
    expect(outcome?.changes.map((c) => c.uid)).toEqual(["A"]);
    expect(shapeArea(outcome?.changes[0]?.after as ObjectShape)).toBe(100 - 5 * 4);
  });
  test("two points enclose nothing", () => {
    expect(draw("lasso", bench(), [30, 30], [35, 35])).toBeNull();
  });
});

test("a pen's pressure makes the stroke as wide as it was drawn", () => {
  const newUid = ids();
  const at = bench({ radius: 3 });
  const gesture = beginGesture("brush", at, { y: 30, x: 10, radius: 1 }, newUid);
  extendGestureInPlace(gesture, [{ y: 30, x: 40, radius: 5 }]);
  const shape = finishGesture(at, gesture, newUid)?.changes[0]?.after as ObjectShape;
  const widthAt = (x: number): number =>
    Array.from({ length: 40 }, (_, y) => y).filter((y) => shapeContains(shape, y, x)).length;
  expect([widthAt(10), widthAt(40)]).toEqual([3, 11]);
  expect(widthAt(25)).toBe(7);
});

describe("whole cells", () => {
  test("a click selects, shift adds and takes away, a click beside deselects", () => {
    expect(selectByClick([], ["A"], false)).toEqual(["A"]);
    expect(selectByClick(["A"], ["A"], false)).toEqual(["A"]);
    expect(selectByClick(["A"], ["B"], true)).toEqual(["A", "B"]);
    expect(selectByClick(["A", "B"], ["A"], true)).toEqual(["B"]);
    expect(selectByClick(["A"], [], false)).toEqual([]);
    expect(selectByClick(["A"], [], true)).toEqual(["A"]);
  });

  test("of cells on each other a click takes the topmost, the next click the next below, then the topmost again", () => {
    const here = ["C", "B", "A"];
    expect(selectByClick([], here, false)).toEqual(["C"]);
    expect(selectByClick(["C"], here, false)).toEqual(["B"]);
    expect(selectByClick(["B"], here, false)).toEqual(["A"]);
    expect(selectByClick(["A"], here, false)).toEqual(["C"]);
    expect(selectByClick(["D"], here, false)).toEqual(["C"]);
    expect(selectByClick(["C"], here, true)).toEqual(["C", "B"]);
    expect(selectByClick(["C", "B", "A"], here, true)).toEqual(["B", "A"]);
  });

  test("merge keeps the first and needs two", () => {
    const canvas = twoCells();
    expect(mergeCells(canvas, ["B", "A"])).toMatchObject({
      selection: ["B"],
      changes: [{ uid: "B" }, { uid: "A", after: null }],
    });
    expect(mergeCells(canvas, ["A", "A"])).toBeNull();
    expect(mergeCells(canvas, ["A", "gone"])).toBeNull();
  });

  test("delete and fill leave alone what is not there", () => {
    const canvas = twoCells();
    expect(deleteCells(canvas, ["A", "gone"])?.changes).toHaveLength(1);
    expect(deleteCells(canvas, ["gone"])).toBeNull();
    expect(fillCells(canvas, ["A"])).toBeNull();
  });
});
