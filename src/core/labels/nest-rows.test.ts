/** Nesting row by row against nesting the whole image, which has its own tests. */

import { describe, expect, test } from "vitest";
import { forSeeds, labelsOf, pictureOf, randomLabels } from "#testing/index.ts";
import type { LabelImage } from "../array/index.ts";
import { labelImage } from "../array/index.ts";
import { connectedComponents, createRowNester, nestNuclei, relabelSequential } from "./index.ts";
import type { RowNester } from "./nest-rows.ts";

/** Both images in bands of the given heights, put together again. */
function inBands(
  nuclei: LabelImage,
  cells: LabelImage,
  heights: readonly number[],
  { areaPxMin = 1, rowsMax = 1000 } = {},
): { readonly nuclei: LabelImage; readonly cells: LabelImage; readonly nester: RowNester } {
  const { height, width } = nuclei;
  const nester = createRowNester({ width, rowsMax, areaPxMin });
  const out = { nuclei: labelImage(height, width), cells: labelImage(height, width) };
  let [y, given] = [0, 0];
  for (let k = 0; y < height; k++) {
    const rows = Math.min(height - y, heights[k % heights.length] as number);
    const part = ({ data }: LabelImage): LabelImage => ({
      dtype: "int32",
      height: rows,
      width,
      data: data.slice(y * width, (y + rows) * width),
    });
    const done = nester.add(part(nuclei), part(cells), y + rows === height);
    y += rows;
    if (done === null) continue;
    expect(done.y0).toBe(given);
    given += done.nuclei.height;
    out.nuclei.data.set(done.nuclei.data, done.y0 * width);
    out.cells.data.set(done.cells.data, done.y0 * width);
  }
  expect(given).toBe(height);
  return { ...out, nester };
}

/** A plane of another's size, cut or filled with background. */
function fitted(labels: LabelImage, { height, width }: LabelImage): LabelImage {
  const out = labelImage(height, width);
  for (let y = 0; y < Math.min(height, labels.height); y++)
    for (let x = 0; x < Math.min(width, labels.width); x++)
      out.data[y * width + x] = labels.data[y * labels.width + x] as number;
  return out;
}

/** Numbers by first pixels, so that images of equal objects are equal. */
const renumbered = (labels: LabelImage): string[] => {
  const seen = new Map<number, number>([[0, 0]]);
  for (const label of labels.data) if (!seen.has(label)) seen.set(label, seen.size);
  return pictureOf({ ...labels, data: labels.data.map((label) => seen.get(label) as number) });
};

describe("createRowNester", () => {
  test("a nucleus between two bands takes the cell that holds most of it; its overhang grows that cell", () => {
    const nuclei = labelsOf(".7....", ".77...", ".77..3", "......");
    const cells = labelsOf("......", "..5544", ".55544", ".5....");
    const { nester, ...found } = inBands(nuclei, cells, [2, 1]);
    expect(pictureOf(found.nuclei)).toEqual([".7....", ".77...", ".77..3", "......"]);
    // Cells are numbered by their first rows: 5 becomes 1, 4 becomes 2.
    expect(pictureOf(found.cells)).toEqual([".1....", ".11122", ".11122", ".1...."]);
    expect([nester.cellNumber(5), nester.cellNumber(4), nester.cellNumber(9)]).toEqual([1, 2, 0]);
    expect([nester.homeOf(7), nester.homeOf(3), nester.orphans.size]).toEqual([1, 2, 0]);
  });
  test("a nucleus without a cell gets one, and says so; one too small is dropped", () => {
    const { nester, ...found } = inBands(labelsOf("11...", "11..2"), labelsOf("...8.", "....8"), [1], {
      areaPxMin: 2,
    });
    expect(pictureOf(found.nuclei)).toEqual(["11...", "11..."]);
    expect(pictureOf(found.cells)).toEqual(["22.1.", "22..1"]);
    expect([...nester.orphans]).toEqual([[1, 2]]);
    expect([nester.homeOf(1), nester.homeOf(2)]).toEqual([2, 0]);
  });
  test("a nucleus higher than what may wait lies in one cell all the same", () => {
    const nuclei = labelsOf("1", "1", "1", "1", "1", "1");
    const cells = labelsOf("2", "2", ".", ".", "3", ".");
    const { nuclei: found, cells: grown } = inBands(nuclei, cells, [1], { rowsMax: 2 });
    expect(pictureOf(found)).toEqual(["1", "1", "1", "1", ".", "1"]);
    expect(pictureOf(grown)).toEqual(["1", "1", "1", "1", "2", "1"]);
  });
  test("law: any bands give the objects of the whole image", () =>
    forSeeds(300, (random) => {
      const cells = relabelSequential(randomLabels(random, 24));
      const nuclei = connectedComponents(fitted(randomLabels(random, 24, 7), cells));
      const areaPxMin = random.pick([1, 3]);
      const whole = nestNuclei(nuclei, inScanOrder(cells), { areaPxMin });
      const heights = Array.from({ length: 5 }, () => 1 + random.int(7));
      const found = inBands(nuclei, cells, heights, { areaPxMin });
      expect(pictureOf(found.nuclei)).toEqual(pictureOf(whole.nuclei));
      expect(renumbered(found.cells)).toEqual(renumbered(whole.cells));
      for (const nucleus of new Set(nuclei.data)) {
        if (nucleus === 0) continue;
        const at = whole.nuclei.data.indexOf(nucleus);
        expect(found.nester.homeOf(nucleus)).toBe(at < 0 ? 0 : found.cells.data[at]);
      }
    }));
});

/** Of equal overlaps the smaller number decides; the numbers of a segmentation are those of first pixels. */
function inScanOrder(cells: LabelImage): LabelImage {
  const seen = new Map<number, number>([[0, 0]]);
  for (const label of cells.data) if (!seen.has(label)) seen.set(label, seen.size);
  return { ...cells, data: cells.data.map((label) => seen.get(label) as number) };
}
