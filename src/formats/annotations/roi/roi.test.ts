import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import type { LabelImage } from "#core/array/index.ts";
import {
  type ObjectShape,
  objectShapeFromMask,
  objectShapesFromLabels,
  renderObjects,
  shapeArea,
  shapeFromRings,
  shapeToMask,
} from "#core/labels/index.ts";
import { memoryFiles, readAll } from "#testing/import-files.ts";
import { forSeeds, maskOf, pictureOf, randomLabels } from "#testing/index.ts";
import { refusal, sharedData } from "../../fixtures/fixtures.ts";
import { writePng } from "../../pixels/png/write-png.ts";
import { readLabels } from "../../read-labels.ts";
import { roiLayout } from "./layout.ts";
import { readRoi } from "./read-roi.ts";
import { readRoiSet } from "./roi-set.ts";
import { roiToShape } from "./roi-shape.ts";
import { writeRoi, writeRoiSet } from "./write-roi.ts";

const draw = (shape: ObjectShape | null, height: number, width: number) =>
  pictureOf(renderObjects(height, width, shape === null ? [] : [{ label: 1, shape }]));

/** A .roi built by hand from the table of offsets. */
function roi(parts: {
  type: number;
  box?: readonly [top: number, left: number, bottom: number, right: number];
  corners?: readonly number[];
  floats?: readonly number[];
  path?: readonly number[];
  options?: number;
  subtype?: number;
  position?: number;
}): Uint8Array {
  const { type, box = [0, 0, 0, 0], corners = [], floats = [], path = [] } = parts;
  const bytes = new Uint8Array(64 + 2 * corners.length + 4 * floats.length + 4 * path.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x6f, 0x75, 0x74, 0, 227, type]);
  box.forEach((value, i) => void view.setInt16(8 + 2 * i, value));
  view.setUint16(16, corners.length / 2);
  view.setUint32(36, path.length);
  view.setUint16(48, parts.subtype ?? 0);
  view.setUint16(50, parts.options ?? 0);
  view.setInt32(56, parts.position ?? 0);
  const n = corners.length / 2;
  for (let i = 0; i < n; i++) {
    view.setInt16(64 + 2 * i, corners[2 * i]!);
    view.setInt16(64 + 2 * (n + i), corners[2 * i + 1]!);
  }
  for (let i = 0; i < floats.length / 2; i++) {
    view.setFloat32(64 + 4 * n + 4 * i, floats[2 * i]!);
    view.setFloat32(64 + 4 * n + 4 * (n + i), floats[2 * i + 1]!);
  }
  path.forEach((value, i) => void view.setFloat32(64 + 4 * i, value));
  return bytes;
}

const shapeOf = (bytes: Uint8Array, height = 5, width = 6) =>
  draw(roiToShape(readRoi(bytes, { name: "a.roi" }), { height, width }), height, width);

describe("kinds of regions", () => {
  test("rectangle, whole and with fractions", () => {
    expect(shapeOf(roi({ type: 1, box: [1, 2, 3, 5] }))).toEqual([
      "......",
      "..111.",
      "..111.",
      "......",
      "......",
    ]);
    const bytes = roi({ type: 1, options: 128 });
    [0.6, 0, 2, 1].forEach((value, i) => void new DataView(bytes.buffer).setFloat32(18 + 4 * i, value));
    expect(shapeOf(bytes, 1, 4)).toEqual([".11."]);
  });

  test("polygon corners count from its bounds; with fractions they are absolute", () => {
    const corners = [0, 0, 3, 0, 3, 2, 0, 2];
    expect(shapeOf(roi({ type: 0, box: [1, 1, 3, 4], corners }))).toEqual([
      "......",
      ".111..",
      ".111..",
      "......",
      "......",
    ]);
    const floats = [2.6, 0, 4.4, 0, 4.4, 5, 2.6, 5];
    expect(shapeOf(roi({ type: 7, box: [1, 1, 3, 4], corners, floats, options: 128 }), 2, 6)).toEqual([
      "...1..",
      "...1..",
    ]);
  });

  test("an oval holds the pixel centres within its ellipse", () => {
    expect(shapeOf(roi({ type: 2, box: [0, 0, 4, 6] }), 4, 6)).toEqual([
      ".1111.",
      "111111",
      "111111",
      ".1111.",
    ]);
  });

  test("a composite path: two rings, even-odd, and a curve", () => {
    const path = [0, 0, 0, 1, 5, 0, 1, 5, 3, 1, 0, 3, 4, 0, 1, 1, 1, 2, 1, 1, 2, 2, 1, 1, 2, 4];
    expect(shapeOf(roi({ type: 1, box: [0, 0, 3, 5], path }), 3, 6)).toEqual(["11111.", "1.111.", "11111."]);
    // A quarter of a circle of radius 4 around (0, 0), as ImageJ writes one: a cubic with control points at 0.5523 r.
    const k = 4 * 0.5523;
    const quarter = [0, 0, 0, 1, 4, 0, 3, 4, k, k, 4, 0, 4, 4];
    const expected = Array.from({ length: 4 }, (_, y) =>
      Array.from({ length: 4 }, (_, x) => ((x + 0.5) ** 2 + (y + 0.5) ** 2 < 16 ? "1" : ".")).join(""),
    );
    expect(shapeOf(roi({ type: 1, box: [0, 0, 4, 4], path: quarter }), 4, 4)).toEqual(expected);
  });

  test("points, lines and texts are named and have no area", () => {
    const read = (bytes: Uint8Array) => readRoi(bytes, { name: "a.roi" });
    expect(read(roi({ type: 10, box: [2, 3, 2, 3], corners: [0, 0] }))).toMatchObject({
      type: "points",
      points: [3, 2],
      rings: null,
    });
    expect(read(roi({ type: 3 }))).toMatchObject({ type: "line", rings: null });
    expect(read(roi({ type: 1, subtype: 1 }))).toMatchObject({ type: "text", rings: null });
    expect(read(roi({ type: 0, options: 1, position: 7 }))).toMatchObject({
      position: { slice: 7 },
      notes: [expect.stringMatching(/spline/)],
    });
  });
});

describe("written regions come back", () => {
  test("law: any object of any label image", () =>
    forSeeds(150, (random) => {
      const labels = randomLabels(random);
      const objects = [...objectShapesFromLabels(labels, { t: 3, z: 1 }).values()].map((shape) => ({
        shape,
      }));
      if (objects.length === 0) return;
      const rois = readRoiSet(writeRoiSet(objects, true), { name: "RoiSet.zip" });
      expect(rois.map((one) => one.name)).toEqual(objects.map((_, i) => String(i + 1).padStart(4, "0")));
      expect(rois.every(({ position }) => position.t === 4 && position.z === 2)).toBe(true);
      for (const [i, one] of rois.entries())
        expect(roiToShape(one, { ...labels, t: 3, z: 1 })).toEqual(objects[i]!.shape);
    }));

  test("far from the origin, where ImageJ's bounds end", () => {
    const shape = {
      t: 0,
      z: 0,
      bbox: [40_000, 50_000, 40_002, 50_003] as const,
      bits: Uint8Array.of(0b11101100),
    };
    const back = readRoi(writeRoi(shape, "µ far"), { name: "a.roi" });
    expect(back.name).toBe("µ far");
    expect(roiToShape(back, { height: 65_000, width: 65_000 })).toEqual(shape);
  });
});

describe("refusals", () => {
  test.each<[string, Uint8Array, RegExp]>([
    ["nothing", new Uint8Array(0), /does not begin with Iout/],
    ["a kind", roi({ type: 99 }), /kind 99/],
    [
      "corners beyond the file",
      roi({ type: 0, corners: [0, 0] }).subarray(0, 66),
      /cut short: 1 corners need 68 bytes/,
    ],
    ["an endless path", roi({ type: 1, path: [0, 1, 1] }).fill(255, 36, 40), /path has 4294967295 numbers/],
    ["an unknown step", roi({ type: 1, path: [9, 1, 1] }), /unknown step 9/],
    ["half a step", roi({ type: 1, path: [0, 1] }), /unknown step 0/],
    ["no number", roi({ type: 1, path: [0, Number.NaN, 1] }), /not finite/],
    [
      "a name beyond the file",
      Uint8Array.from({ ...roi({ type: 0, corners: new Array(60).fill(0) }), length: 184, 63: 64, 87: 255 }),
      /name reaches/,
    ],
  ])("%s", async (_, bytes, message) => {
    const error = await refusal(() => readRoi(bytes, { name: "a.roi" }));
    expect([error.code, error.message]).toEqual(["format.roi", expect.stringMatching(message)]);
  });

  test("a set without regions, and a bad one by its entry", async () => {
    const text = new TextEncoder().encode("x");
    expect((await refusal(() => readRoiSet(zipSync({ "a.txt": text }), { name: "s.zip" }))).message).toMatch(
      /no \.roi file/,
    );
    expect((await refusal(() => readRoiSet(zipSync({ "7.roi": text }), { name: "s.zip" }))).message).toMatch(
      /s\.zip, 7\.roi/,
    );
  });
});

test("layout: regions find their image by name, or alone in a folder; later regions give way", async () => {
  const png = writePng({ height: 3, width: 4, channels: 1, data: new Uint8Array(12) });
  const shape = (...rows: string[]) => ({ shape: objectShapeFromMask(maskOf(...rows)) as ObjectShape });
  const set = writeRoiSet([shape("11..", "11.."), shape(".11.", ".11.")]);
  const result = await readAll(
    roiLayout,
    memoryFiles("memory", {
      "one/raw.tif": png,
      "one/RoiSet.zip": set,
      "one/instances_ids.png": png,
      "two/a.png": png,
      "two/a_RoiSet.zip": zipSync({
        "x/9.roi": roi({ type: 2, box: [0, 0, 2, 2] }),
        "x/p.roi": roi({ type: 10 }),
      }),
      "two/b.png": png,
      "two/b.roi": roi({ type: 1, box: [0, 0, 1, 1] }),
      "two/c.png": png,
      "other.zip": zipSync({ "readme.txt": new Uint8Array(1) }),
    }),
  );
  expect(
    result!.items.map(({ item, read }) => [
      item.imagePath,
      read.layers.map(({ objects }) => objects.map((object) => shapeArea(object.shape))),
    ]),
  ).toEqual([
    ["one/raw.tif", [[4, 2]]],
    ["two/a.png", [[4]]],
    ["two/b.png", [[1]]],
    ["two/c.png", []],
  ]);
  expect(result!.items[0]!.read.notes).toEqual([
    "one/RoiSet.zip: 2 pixels belong to two objects (1 pairs); the earlier object keeps them.",
  ]);
  expect(result!.items[1]!.read.notes[0]).toMatch(/1 points, lines or texts/);
  expect(result!.plan.ignored.map(({ path }) => path)).toEqual(["one/instances_ids.png", "other.zip"]);
});

const usiigaci = join(sharedData, "usiigaci-phase/train");
describe.skipIf(!existsSync(usiigaci))("regions that people drew (Usiigaci)", () => {
  const sets = existsSync(usiigaci)
    ? readdirSync(usiigaci).filter((set) => existsSync(join(usiigaci, set, "RoiSet.zip")))
    : [];
  test.each(sets)("%s: regions agree with the publisher's label image", async (set) => {
    const file = (name: string) => new Uint8Array(readFileSync(join(usiigaci, set, name)));
    const labels = await readLabels(file("instances_ids.png"), { name: "instances_ids.png" });
    const rois = readRoiSet(file("RoiSet.zip"), { name: "RoiSet.zip" });
    const shapes = rois.flatMap((one) => roiToShape(one, labels) ?? []);
    const areas = new Map(
      [...objectShapesFromLabels(labels)].map(([label, shape]) => [label, shapeArea(shape)]),
    );
    const best = shapes.map((shape) => bestIou(shape, labels, areas));
    expect(best.reduce((sum, iou) => sum + iou, 0) / best.length).toBeGreaterThan(0.985);
    // The label images were filled by an ImageJ before 1.52u, which asked whether a pixel's corner lies inside, not its
    // centre: moved by half a pixel the regions agree to the last pixel, but for those that others overlap.
    const moved = rois.flatMap(
      ({ rings }) =>
        shapeFromRings(
          rings!.map((ring) => ring.map((at) => at + 0.5)),
          labels,
        ) ?? [],
    );
    const equal = moved.filter((shape) => bestIou(shape, labels, areas) === 1).length;
    expect(equal / rois.length).toBeGreaterThan(0.8);
    // And every region survives our own writing exactly once it is pixels.
    const back = readRoiSet(writeRoiSet(shapes.map((shape) => ({ shape }))), { name: "RoiSet.zip" });
    expect(back.map((one) => roiToShape(one, labels))).toEqual(shapes);
  });
});

function bestIou(shape: ObjectShape, labels: LabelImage, areas: ReadonlyMap<number, number>): number {
  const counts = new Map<number, number>();
  const [y0, x0] = shape.bbox;
  const mask = shapeToMask(shape);
  mask.data.forEach((value, i) => {
    const label = labels.data[(y0 + Math.floor(i / mask.width)) * labels.width + x0 + (i % mask.width)]!;
    if (value === 1 && label > 0) counts.set(label, (counts.get(label) ?? 0) + 1);
  });
  let best = 0;
  for (const [label, shared] of counts) {
    best = Math.max(best, shared / (areas.get(label)! + shapeArea(shape) - shared));
  }
  return best;
}
