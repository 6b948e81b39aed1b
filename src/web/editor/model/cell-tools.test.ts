import { describe, expect, test } from "vitest";
import { plane } from "#core/array/index.ts";
import { applyOperation, createCanvas, type LayerState } from "#core/edits/index.ts";
import { drawObjectShapeInPlace, objectShapesFromLabels } from "#core/labels/index.ts";
import { labelsOf, pictureOf } from "#testing/index.ts";
import { fitCell, growCells, smoothCells, splitInTwo, trimCell } from "./cell-tools.ts";
import type { Outcome } from "./gesture.ts";

function layer(...rows: readonly string[]) {
  const labels = labelsOf(...rows);
  const objects = new Map(
    [...objectShapesFromLabels(labels)].map(([label, shape]) => [String(label), shape]),
  );
  const state: LayerState = { height: labels.height, width: labels.width, objects };
  const picture = (outcome: Outcome | null): string[] => {
    if (outcome === null) return pictureOf(labels);
    const operation = {
      operationId: "op",
      kind: outcome.kind,
      tool: outcome.tool,
      changes: outcome.changes,
      msSpent: 0,
    };
    const drawn = { ...labels, data: new Int32Array(labels.data.length) };
    for (const [uid, shape] of applyOperation(state, operation).objects) {
      drawObjectShapeInPlace(shape, drawn, Number.parseInt(uid, 36));
    }
    return pictureOf(drawn);
  };
  return { canvas: createCanvas(state), picture };
}

describe("tools by one key", () => {
  test("split in two parts each cell at its waist and selects the parts", () => {
    const { canvas, picture } = layer("1111.1111", "111111111", "1111.1111");
    const outcome = splitInTwo(canvas, ["1"], () => "2");
    expect(outcome).toMatchObject({ kind: "split", tool: "split-seeds", selection: ["1", "2"] });
    const [row] = picture(outcome) as [string];
    expect(new Set([row.slice(0, 4), row.slice(5)])).toEqual(new Set(["1111", "2222"]));
    expect(splitInTwo(layer("1").canvas, ["1"], () => "2")).toBeNull();
  });

  test("trim keeps the part pointed at, else the main one; a whole cell stays", () => {
    const { canvas, picture } = layer("111.1", "111..", "....2");
    expect(picture(trimCell(canvas, "1", { y: 0, x: 4 }))).toEqual(["....1", ".....", "....2"]);
    expect(picture(trimCell(canvas, "1", { y: 2, x: 4 }))).toEqual(["111..", "111..", "....2"]);
    expect(picture(trimCell(canvas, "1", null))).toEqual(["111..", "111..", "....2"]);
    expect(trimCell(canvas, "2", null)).toBeNull();
  });

  test("grow and shrink by pixels, never over a neighbour", () => {
    const { canvas, picture } = layer(".....", ".11.2", ".11.2", ".....");
    expect(picture(growCells(canvas, ["1"], 1))).toEqual([".11..", "11112", "11112", ".11.."]);
    expect(growCells(canvas, ["1"], -1)).toBeNull();
  });

  test("smooth takes a spike off", () => {
    const rows = [
      ".........",
      ".........",
      "...1.....",
      ".1111111.",
      ".1111111.",
      ".1111111.",
      ".........",
      ".........",
    ];
    const { canvas, picture } = layer(...rows);
    expect(picture(smoothCells(canvas, ["1"]))[2]).toBe(".........");
  });

  test("fit follows the picture", () => {
    const rows = Array.from({ length: 24 }, (_, y) =>
      y >= 9 && y < 15 ? ".........111111........." : ".".repeat(24),
    );
    const { canvas } = layer(...rows);
    const picture = plane("uint16", 24, 24);
    picture.data.forEach((_, i) => {
      picture.data[i] = Math.hypot(Math.floor(i / 24) - 11.5, (i % 24) - 11.5) <= 6.5 ? 9_000 : 700;
    });
    const outcome = fitCell(canvas, "1", { y0: 0, x0: 0, plane: picture });
    const box = outcome!.changes[0]!.after!.bbox;
    for (const [k, side] of [5, 5, 19, 19].entries()) expect(Math.abs(box[k]! - side)).toBeLessThanOrEqual(1);
  });
});
