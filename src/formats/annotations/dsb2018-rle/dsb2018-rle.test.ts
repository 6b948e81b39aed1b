import { expect, test } from "vitest";
import { renderObjects } from "#core/labels/index.ts";
import { memoryFiles, readAll } from "#testing/import-files.ts";
import { pictureOf } from "#testing/index.ts";
import { refusal } from "../../fixtures/fixtures.ts";
import { writePng } from "../../pixels/png/write-png.ts";
import { dsb2018RleLayout } from "./layout.ts";
import { countsOfPairs, parseRleTable } from "./rle-table.ts";

const png = writePng({ height: 3, width: 4, channels: 1, data: new Uint8Array(12) });
const ascii = (text: string) => new TextEncoder().encode(text);

test("pairs go down the columns, from 1", () => {
  expect(countsOfPairs("1 2 6 1", "t.csv", 2)).toEqual([0, 2, 3, 1]);
  expect(countsOfPairs("", "t.csv", 2)).toEqual([]);
});

test("a solution table: images by id, usage kept, overlaps told", async () => {
  const table =
    "ImageId,EncodedPixels,Height,Width,Usage\naa,1 2 4 2,3,4,Public\naa,5 2,3,4,Public\nbb,12 1,3,4,Ignored\nzz,1 1,3,4,Public\n";
  const result = await readAll(
    dsb2018RleLayout,
    memoryFiles("memory", {
      "stage1_solution.csv": ascii(table),
      "test/aa/images/aa.png": png,
      "bb.png": png,
      "cc.png": png,
    }),
  );
  expect(
    result!.items.map(({ item, read }) => [
      item.name,
      item.metadata,
      pictureOf(renderObjects(3, 4, read.layers[0]!.objects)),
    ]),
  ).toEqual([
    ["bb", { sourceUsage: "Ignored" }, ["....", "....", "...1"]],
    ["aa", { sourceUsage: "Public" }, ["11..", "11..", ".2.."]],
  ]);
  expect(result!.items[1]!.read.notes[0]).toMatch(/1 pixels belong to two objects/);
  expect(result!.plan.notes).toEqual(["1 images of the run-length tables are not among the files."]);
  expect(result!.plan.ignored).toEqual([{ path: "cc.png", reason: "no run-length table lists it" }]);
});

test("damaged tables are refused with the line", async () => {
  for (const pixels of ["1", "0 1", "5 1 2 1", "a b", "1 -1"]) {
    expect((await refusal(() => countsOfPairs(pixels, "t.csv", 7))).message).toMatch(/line 7: EncodedPixels/);
  }
  expect((await refusal(() => parseRleTable("a,b\n1,2\n", "t.csv"))).code).toBe("format.sheet");
  const read = (text: string) =>
    refusal(() => readAll(dsb2018RleLayout, memoryFiles("memory", { "t.csv": ascii(text), "aa.png": png })));
  expect((await read("ImageId,EncodedPixels\naa,12 2\n")).message).toMatch(
    /sum to 13, the image has 12 pixels/,
  );
  expect((await read("ImageId,EncodedPixels,Height,Width\naa,1 1,9,9\n")).message).toMatch(
    /the run-length table says 9 x 9/,
  );
  expect(
    await dsb2018RleLayout.plan(
      memoryFiles("memory", { "t.csv": ascii("id,EncodedPixel\n"), "aa.png": png }),
    ),
  ).toBeNull();
});
