import { describe, expect, test } from "vitest";
import { measureCsv } from "../measure/index.ts";
import { readSpotsCsv, type SpotImage, spotTable, type TabledSpot } from "./index.ts";

const image: SpotImage = { height: 100, width: 80, frames: 2, slices: 1, mpp: { y: 0.5, x: 0.25 } };

describe("tables of spots", () => {
  test("what is written is read back: places, kinds, the hand's word", () => {
    const spots: TabledSpot[] = [
      {
        uid: "s1",
        t: 0,
        z: 0,
        y: 3.25,
        x: 7,
        kind: "ACTB",
        score: 12.5,
        cell: null,
        cellUid: "a",
        cellLabel: 4,
      },
      {
        uid: "s2",
        t: 1,
        z: 0,
        y: 99.5,
        x: -0.5,
        kind: "=B2M, x",
        score: null,
        cell: "",
        cellUid: null,
        cellLabel: null,
      },
      { uid: "s3", t: 0, z: 0, y: 0, x: 1, kind: "B", score: 0, cell: "b", cellUid: "b", cellLabel: 9 },
    ];
    const { table, texts } = spotTable(spots, image.mpp);
    const text = [...measureCsv(table, "uid", texts)].join("");
    expect(text.split("\n")[0]).toBe(
      "gene,cell_uid,assigned_uid,uid,t,z,y_px,x_px,y_um,x_um,score,cell_label",
    );
    expect(text.split("\n")[1]).toBe("ACTB,a,,s1,0,0,3.25,7,1.875,1.875,12.5,4");
    const read = readSpotsCsv(text, "spots.csv", image);
    expect(read.leftOut).toBe(0);
    expect(read.spots.map(({ y, x, t, cell, score }) => [t, y, x, cell, score])).toEqual([
      [0, 3.25, 7, null, 12.5],
      [1, 99.5, -0.5, "", null],
      [0, 0, 1, "b", 0],
    ]);
  });

  test("headings of other programs, places in µm, tabs", () => {
    const read = readSpotsCsv(
      "feature_name\tx_location\ty_location\tqv\nEPCAM\t5\t10\t40\n",
      "xenium.tsv",
      image,
    );
    // The first pixel's centre lies at half a pixel: 10 µm / 0.5 - 0.5.
    expect(read.spots).toEqual([{ t: 0, z: 0, y: 19.5, x: 19.5, kind: "EPCAM", score: 40, cell: null }]);
  });

  test("lines that are no spots are told by line, the others are kept", () => {
    const text = "y,x,t\n1,2,0\nup,2,0\n500,2,0\n1,2,7\n";
    const read = readSpotsCsv(text, "a.csv", image, "RNA");
    expect(read.spots.length).toBe(1);
    expect(read.leftOut).toBe(3);
    expect(read.notes).toEqual([
      "Line 3: its place is no number.",
      "Line 4: it lies outside the image.",
      "Line 5: the image does not have its frame or slice.",
    ]);
  });

  test.each([
    ["no places", "gene,a\nB,1\n", "RNA"],
    ["no kind", "y,x\n1,2\n", ""],
    ["nothing", "", "RNA"],
  ])("refuses a table with %s", (_, text, kind) => {
    expect(() => readSpotsCsv(text, "a.csv", image, kind)).toThrow(
      expect.objectContaining({ code: "format.sheet" }),
    );
  });
  test("refuses places in µm where the size of a pixel is not known", () => {
    expect(() => readSpotsCsv("gene,y_um,x_um\nA,1,1\n", "a.csv", { ...image, mpp: null })).toThrow(
      /size of a pixel/,
    );
  });
});
