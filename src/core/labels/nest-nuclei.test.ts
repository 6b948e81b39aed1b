import { describe, expect, test } from "vitest";
import { forSeeds, labelsOf, pictureOf, randomLabels } from "#testing/index.ts";
import { labelImage } from "../array/index.ts";
import { connectedComponents, nestNuclei } from "./index.ts";

describe("nestNuclei", () => {
  test("a nucleus belongs to the cell that holds most of it; its overhang grows the cell or is cut", () => {
    const nuclei = labelsOf(".77...", ".77...");
    const cells = labelsOf("..5544", ".55544");
    const grown = nestNuclei(nuclei, cells);
    expect(grown.pairs).toEqual([[7, 5]]);
    expect(pictureOf(grown.nuclei)).toEqual([".77...", ".77..."]);
    expect(pictureOf(grown.cells)).toEqual([".55544", ".55544"]);
    const cut = nestNuclei(nuclei, cells, { overhang: "clip" });
    expect(pictureOf(cut.nuclei)).toEqual(["..7...", ".77..."]);
    expect(pictureOf(cut.cells)).toEqual(pictureOf(cells));
  });
  test("what lies in another cell is taken from the nucleus", () => {
    const nested = nestNuclei(labelsOf("..111."), labelsOf("222233"));
    expect(pictureOf(nested.nuclei)).toEqual(["..11.."]);
    expect(pictureOf(nested.cells)).toEqual(["222233"]);
  });
  test("a nucleus outside any cell gets one, or is dropped; cells without nucleus stay", () => {
    const nuclei = labelsOf("11..3.");
    const cells = labelsOf("....22");
    const kept = nestNuclei(nuclei, cells);
    expect(kept.pairs).toEqual([
      [1, 3],
      [3, 2],
    ]);
    expect(pictureOf(kept.cells)).toEqual(["33..22"]);
    const dropped = nestNuclei(nuclei, cells, { orphans: "drop" });
    expect(dropped.pairs).toEqual([[3, 2]]);
    expect(pictureOf(dropped.nuclei)).toEqual(["....3."]);
    expect(pictureOf(nestNuclei(labelsOf("..."), labelsOf("4.4")).cells)).toEqual(["4.4"]);
  });
  test("a cell may hold two nuclei; a nucleus cut in two keeps the larger piece", () => {
    const nested = nestNuclei(labelsOf("11.22"), labelsOf("66666"));
    expect(nested.pairs).toEqual([
      [1, 6],
      [2, 6],
    ]);
    const cut = nestNuclei(labelsOf("111111"), labelsOf("661666"));
    expect(pictureOf(cut.nuclei)).toEqual(["...111"]);
    expect(nestNuclei(labelsOf("1"), labelsOf("2"), { areaPxMin: 2 }).pairs).toEqual([]);
  });
  test("planes of different size are refused", () => {
    expect(() => nestNuclei(labelsOf("1"), labelsOf("11"))).toThrow(
      expect.objectContaining({ code: "array.shapeMismatch" }),
    );
  });
  test("law: every nucleus lies in the cell of its pair, in one piece; cells only grow into background", () =>
    forSeeds(200, (random) => {
      const cells = randomLabels(random, 24);
      const { height, width } = cells;
      const other = randomLabels(random, 24, 7);
      const nuclei = labelImage(height, width);
      for (let y = 0; y < Math.min(height, other.height); y++) {
        for (let x = 0; x < Math.min(width, other.width); x++) {
          nuclei.data[y * width + x] = other.data[y * other.width + x] as number;
        }
      }
      const orphans = random.pick(["cell", "drop"] as const);
      const overhang = random.pick(["grow", "clip"] as const);
      const nested = nestNuclei(nuclei, cells, { orphans, overhang });
      const home = new Map(nested.pairs);
      const pieces = connectedComponents(nested.nuclei).data;
      const pieceOf = new Map<number, number>();
      nested.nuclei.data.forEach((nucleus, i) => {
        const before = cells.data[i] as number;
        if (before > 0) expect(nested.cells.data[i]).toBe(before);
        if (nucleus === 0) return;
        expect(nucleus).toBe(nuclei.data[i]);
        expect(nested.cells.data[i]).toBe(home.get(nucleus));
        expect(pieceOf.get(nucleus) ?? pieces[i]).toBe(pieces[i]);
        pieceOf.set(nucleus, pieces[i] as number);
      });
      expect(pieceOf.size).toBe(home.size);
    }));
});
