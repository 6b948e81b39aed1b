/**
 * Every two-way annotation format on real labels: what is written and read again are the same shapes, pixel by pixel.
 *
 * Nuclei of the Data Science Bowl and whole cells of Usiigaci where the checkout has the shared data, else the samples
 * that ship. Formats that number objects anew are compared in order, which they keep.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { labelImage } from "../../src/core/array/index.ts";
import {
  type ObjectShape,
  objectShapesFromLabels,
  renderObjects,
  shapeFromPolygons,
} from "../../src/core/labels/index.ts";
import { readCellposeSeg } from "../../src/formats/annotations/cellpose/read-seg.ts";
import { writeCellposeSeg } from "../../src/formats/annotations/cellpose/write-seg.ts";
import { indexAnnotations, readCocoHead } from "../../src/formats/annotations/coco/coco-file.ts";
import { cocoShape } from "../../src/formats/annotations/coco/coco-shape.ts";
import { writeCoco } from "../../src/formats/annotations/coco/write-coco.ts";
import { readGeoJson } from "../../src/formats/annotations/geojson/read-geojson.ts";
import { writeGeoJson } from "../../src/formats/annotations/geojson/write-geojson.ts";
import { readRoiSet } from "../../src/formats/annotations/roi/roi-set.ts";
import { roiToShape } from "../../src/formats/annotations/roi/roi-shape.ts";
import { writeRoiSet } from "../../src/formats/annotations/roi/write-roi.ts";
import { sourceOfBytes } from "../../src/formats/byte-source.ts";
import { openNpz } from "../../src/formats/containers/npy/open-npz.ts";
import { writeNpy } from "../../src/formats/containers/npy/write-npy.ts";
import { writeNpz } from "../../src/formats/containers/npy/write-npz.ts";
import { sharedData } from "../../src/formats/fixtures/fixtures.ts";
import { pixelBudget } from "../../src/formats/pixel-budget.ts";
import { readLabels } from "../../src/formats/read-labels.ts";

interface Sample {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly shapes: readonly ObjectShape[];
}

const samples: Sample[] = [];

/** Every n-th file keeps the test short; the bench takes all. */
const EVERY = 10;

beforeAll(async () => {
  const folders: (readonly [folder: string, pattern: RegExp, every: number])[] = [
    [join(sharedData, "dsb2018/labels"), /\.tif$/, EVERY],
    [join(sharedData, "dsb2018-more/labels"), /\.tif$/, EVERY],
    [join(sharedData, "usiigaci-phase/train"), /instances_ids\.png$/, 1],
    [join(import.meta.dirname, "../../samples/nuclei/labels"), /\.(tif|png)$/, 1],
  ];
  for (const [folder, pattern, every] of folders) {
    if (!existsSync(folder)) continue;
    const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
      pattern.test(path),
    );
    for (const path of paths.toSorted().filter((_, i) => i % every === 0)) {
      const labels = await readLabels(new Uint8Array(readFileSync(join(folder, path))), { name: path });
      const { height, width } = labels;
      samples.push({ name: path, height, width, shapes: [...objectShapesFromLabels(labels).values()] });
    }
  }
});

const bytesOf = (pieces: Iterable<string>) => new TextEncoder().encode([...pieces].join(""));

describe("written and read again", () => {
  test("there are real objects to try", () => {
    const objects = samples.reduce((sum, { shapes }) => sum + shapes.length, 0);
    expect(objects).toBeGreaterThan(500);
  });

  test.each(["packed", "counts", "polygons"] as const)("COCO, %s", async (segmentation) => {
    const images = samples.map(({ name, height, width, shapes }) => ({
      fileName: name,
      height,
      width,
      objects: shapes.map((shape) => ({ shape })),
    }));
    const source = sourceOfBytes(bytesOf(writeCoco(images, { segmentation })), "a.json");
    const head = await readCocoHead(source);
    const annotations = await indexAnnotations(source, head);
    for (const [i, sample] of samples.entries()) {
      const back = (await annotations.ofImage(String(i + 1))).map(({ segmentation: found }) =>
        cocoShape(found, sample, "a.json", pixelBudget(sample)),
      );
      expect(back, sample.name).toEqual(sample.shapes);
    }
  });

  test("GeoJSON", async () => {
    for (const sample of samples) {
      const bytes = bytesOf(writeGeoJson(sample.shapes.map((shape) => ({ shape }))));
      const features = await readGeoJson(sourceOfBytes(bytes, sample.name));
      expect(
        features.map(({ polygons }) => shapeFromPolygons(polygons!, sample)),
        sample.name,
      ).toEqual(sample.shapes);
    }
  });

  test("RoiSet.zip", () => {
    for (const sample of samples) {
      const rois = readRoiSet(writeRoiSet(sample.shapes.map((shape) => ({ shape }))), { name: sample.name });
      expect(
        rois.map((roi) => roiToShape(roi, sample)),
        sample.name,
      ).toEqual(sample.shapes);
    }
  });

  test("Cellpose _seg.npy, and labels in an npz", async () => {
    for (const { name, height, width, shapes } of samples) {
      const labels = renderObjects(
        height,
        width,
        shapes.map((shape, i) => ({ label: i + 1, shape })),
      );
      const seg = readCellposeSeg(writeCellposeSeg(labels, { imageName: name }), { name });
      expect([...objectShapesFromLabels(seg.planes[0]!).values()], name).toEqual(shapes);
      const npz = writeNpz({ y: writeNpy("int32", [height, width], labels.data) });
      const y = await (await openNpz(sourceOfBytes(npz, name))).get("y")!.read();
      expect(
        [...objectShapesFromLabels(labelImage(height, width, y.data as Int32Array)).values()],
        name,
      ).toEqual(shapes);
    }
  });
});
