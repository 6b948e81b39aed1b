import { describe, expect, test } from "vitest";
import type { BoundingBox } from "../array/index.ts";
import { CellColours, cellPalette, type Rgb } from "./cell-colours.ts";

const cells: [string, BoundingBox][] = [];
for (let y = 0; y < 20; y++) {
  for (let x = 0; x < 20; x++) {
    cells.push([
      `01CELL${String(y).padStart(2, "0")}${String(x).padStart(2, "0")}`,
      [y * 20, x * 20, y * 20 + 19, x * 20 + 19],
    ]);
  }
}

/** sRGB to linear light, then the dichromat matrices of Viénot, Brettel and Mollon (1999), back to 0..255. */
function seenBy(kind: "protan" | "deutan", [r, g, b]: Rgb): Rgb {
  const linear = [r, g, b].map((v) => (v / 255) ** 2.2) as [number, number, number];
  const rows =
    kind === "protan"
      ? [
          [0.11238, 0.88762, 0],
          [0.11238, 0.88762, 0],
          [0.00401, -0.00401, 1],
        ]
      : [
          [0.29275, 0.70725, 0],
          [0.29275, 0.70725, 0],
          [-0.02234, 0.02234, 1],
        ];
  return rows.map((row) => {
    const value = row.reduce((sum, factor, i) => sum + factor * linear[i]!, 0);
    return 255 * Math.max(0, value) ** (1 / 2.2);
  }) as unknown as Rgb;
}

const distance = (a: Rgb, b: Rgb): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

describe("cell colours", () => {
  test("a grid of touching cells: no two neighbours, diagonal ones included, share a colour but for few", () => {
    const colours = new CellColours();
    for (const [uid, box] of cells) colours.place(uid, box);
    const at = (y: number, x: number): number => colours.indexOf(cells[y * 20 + x]?.[0] ?? "");
    let same = 0;
    for (let y = 0; y < 19; y++) {
      for (let x = 0; x < 19; x++) {
        for (const [dy, dx] of [
          [0, 1],
          [1, 0],
          [1, 1],
        ] as const)
          if (at(y, x) === at(y + dy, x + dx)) same++;
      }
    }
    expect(same).toBe(0);
    expect(new Set(cells.map(([uid]) => colours.indexOf(uid))).size).toBe(cellPalette.length);
  });

  test("the same cells in the same order get the same colours", () => {
    const [a, b] = [new CellColours(), new CellColours()];
    for (const [uid, box] of cells) expect(a.place(uid, box)).toBe(b.place(uid, box));
  });

  test("a cell keeps its colour when it is reshaped, and when it is deleted and brought back", () => {
    const colours = new CellColours();
    for (const [uid, box] of cells) colours.place(uid, box);
    const [uid, box] = cells[25] as [string, BoundingBox];
    const first = colours.indexOf(uid);
    expect(colours.place(uid, [box[0], box[1], box[2] + 30, box[3] + 30])).toBe(first);
    colours.lift(uid);
    expect(colours.place(uid, box)).toBe(first);
  });

  test("a new cell avoids its neighbours and ignores those lifted", () => {
    const colours = new CellColours();
    const box: BoundingBox = [0, 0, 10, 10];
    const first = colours.place("A", box);
    expect(colours.place("B", [0, 12, 10, 22])).not.toBe(first);
  });

  test("every pair of colours stays apart for protan and deutan eyes, and all are bright enough on black", () => {
    for (const kind of ["protan", "deutan"] as const) {
      const seen = cellPalette.map((colour) => seenBy(kind, colour));
      for (let i = 0; i < seen.length; i++) {
        for (let j = 0; j < i; j++) expect(distance(seen[i]!, seen[j]!)).toBeGreaterThan(20);
      }
    }
    // 3:1 against black, as WCAG asks of graphics.
    for (const [r, g, b] of cellPalette) {
      const [lr, lg, lb] = [r, g, b].map((v) => (v / 255) ** 2.2) as [number, number, number];
      expect((0.2126 * lr + 0.7152 * lg + 0.0722 * lb + 0.05) / 0.05).toBeGreaterThan(3);
    }
  });
});
