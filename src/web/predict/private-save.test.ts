/** Downloads of private mode: values worked out by hand, files read back by the project's readers. */
import { expect, test } from "vitest";
import { imageArray, labelImage } from "#core/array/index.ts";
import { readLabels } from "#formats/index.ts";
import { labelPng, labelTiff, measurementsCsv, type SavedPrediction } from "./private-save.ts";

// A 2 x 3 block and a single pixel, on two channels.
const labels = labelImage(3, 5, [1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 7]);
const first = [1, 2, 3, 9, 9, 4, 5, 6, 9, 9, 9, 9, 9, 9, 100];
const saved: SavedPrediction = {
  labels,
  confidence: new Map([
    [1, 0.91234567],
    [7, 0.5],
  ]),
  image: imageArray("uint8", "cyx", [2, 3, 5], Uint8Array.from([...first, ...first.map(() => 2)])),
  mpp: { y: 0.5, x: 0.25 },
  model: "nuclei@1.0.0",
  modelVersionId: "01J",
};

test("one row per object: place, size in pixels and µm², light in each channel", () => {
  const [head = "", ...rows] = measurementsCsv(saved).trim().split("\n");
  const columns = head.split(",");
  const value = (row: number, name: string) => rows[row]?.split(",")[columns.indexOf(name)];
  expect(rows).toHaveLength(2);
  expect(["label", "confidence", "area_px", "area_um2"].map((name) => value(0, name))).toEqual([
    "1",
    "0.9123",
    "6",
    "0.75", // 6 pixels of 0.5 x 0.25
  ]);
  expect(["centroid_y_px", "centroid_x_px", "bbox_y1_px", "bbox_x1_px"].map((n) => value(0, n))).toEqual([
    "0.5",
    "1",
    "2",
    "3",
  ]);
  expect(["c0_mean", "c0_min", "c0_max", "c1_mean"].map((name) => value(0, name))).toEqual([
    "3.5",
    "1",
    "6",
    "2",
  ]);
  expect(["label", "area_px", "c0_max"].map((name) => value(1, name))).toEqual(["7", "1", "100"]);
  const unknown = measurementsCsv({ ...saved, mpp: null })
    .split("\n")[1]
    ?.split(",");
  expect(unknown?.[columns.indexOf("area_um2")]).toBe("");
});

test("TIFF and PNG hold the labels themselves", async () => {
  for (const bytes of [labelTiff(saved), labelPng(saved)]) {
    expect([...(await readLabels(bytes, { name: "labels" })).data]).toEqual([...labels.data]);
  }
});

test("more labels than a PNG can hold are refused; a TIFF takes them", async () => {
  const many = { ...saved, labels: labelImage(1, 2, [65_536, 1]) };
  expect(() => labelPng(many)).toThrow(expect.objectContaining({ code: "limit.objects" }));
  expect([...(await readLabels(labelTiff(many), { name: "labels" })).data]).toEqual([65_536, 1]);
});
