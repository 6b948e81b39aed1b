import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { labelImage } from "#core/array/index.ts";
import { renderObjects } from "#core/labels/index.ts";
import { memoryFiles, readAll } from "#testing/import-files.ts";
import { labelsOf, pictureOf } from "#testing/index.ts";
import { writeNpy, writeNpyObject } from "../../containers/npy/write-npy.ts";
import { arrayFiles, bytesOfFixture } from "../../fixtures/array-fixtures.ts";
import { refusal } from "../../fixtures/fixtures.ts";
import { writePng } from "../../pixels/png/write-png.ts";
import { writeLabelTiff } from "../../pixels/tiff/write-label-tiff.ts";
import { cellposeLayout } from "./layout.ts";
import { readCellposeSeg } from "./read-seg.ts";
import { writeCellposeSeg } from "./write-seg.ts";

const picture = ["11..", "1.33", "..33"];
const labels = labelsOf(...picture);
const png = writePng({ height: 3, width: 4, channels: 1, data: new Uint8Array(12) });
const tiff = writeLabelTiff(labels, { mpp: { y: 1, x: 1 } });

describe("_seg.npy", () => {
  test.each(arrayFiles.filter(([, file]) => file.kind === "pickled-npy"))(
    "written by NumPy: %s",
    (_, file) => {
      const seg = readCellposeSeg(bytesOfFixture(file), { name: "a_seg.npy" });
      expect(seg.planes.map(pictureOf)).toEqual([[".11", "22."]]);
      expect([seg.manual, seg.imageName, seg.diameterPx, seg.image]).toEqual([
        [true, false],
        "a.tif",
        30.25,
        null,
      ]);
    },
  );

  test("ours comes back, labels in order, with who drew them", () => {
    const seg = readCellposeSeg(
      writeCellposeSeg(labels, { imageName: "a.png", isManual: (label) => label === 3 }),
      { name: "a" },
    );
    expect(seg.planes.map(pictureOf)).toEqual([["11..", "1.22", "..22"]]);
    expect([seg.manual, seg.imageName]).toEqual([[false, true], "a.png"]);
  });

  test("a list that does not fit is not used; folders of the writer's machine are cut off", () => {
    const masks = { array: { dtype: "int32", shape: [1, 3], data: Int32Array.of(1, 2, 3) } } as const;
    const ismanual = { array: { dtype: "bool", shape: [2], data: Uint8Array.of(1, 0) } } as const;
    const seg = readCellposeSeg(
      writeNpyObject({ dict: { masks, ismanual, filename: "C:\\Users\\me\\x.tif" } }),
      { name: "a_seg.npy" },
    );
    expect([seg.manual, seg.imageName]).toEqual([null, "x.tif"]);
    expect(seg.notes[0]).toMatch(/does not fit the 3 masks/);
  });

  test("anything else is refused", async () => {
    const reads = (bytes: Uint8Array) => refusal(() => readCellposeSeg(bytes, { name: "a_seg.npy" }));
    expect((await reads(writeNpy("int32", [1], Int32Array.of(1)))).message).toMatch(
      /not a dict as Cellpose saves it/,
    );
    expect((await reads(writeNpyObject({ dict: { masks: [1, 2] } }))).message).toMatch(/no array "masks"/);
    const negative = { array: { dtype: "int32", shape: [1, 1], data: Int32Array.of(-1) } } as const;
    expect((await reads(writeNpyObject({ dict: { masks: negative } }))).message).toMatch(
      /value -1, which is not a label/,
    );
  });

  const PYTHON = "/usr/bin/python3";
  test.skipIf(spawnSync(PYTHON, ["-c", "import numpy"]).status !== 0)("NumPy loads ours", () => {
    const script = `
import sys,io,numpy as n
d=n.load(io.BytesIO(sys.stdin.buffer.read()),allow_pickle=True).item()
print(d['masks'].dtype, d['masks'].tolist(), d['outlines'].tolist(), d['ismanual'].tolist(), d['filename'], d['diameter'])`;
    const run = spawnSync(PYTHON, ["-c", script], {
      input: writeCellposeSeg(labels, { imageName: "a.png", diameterPx: 17.5 }),
    });
    expect(run.stdout.toString().trim()).toBe(
      "uint16 [[1, 1, 0, 0], [1, 0, 2, 2], [0, 0, 2, 2]] [[1, 1, 0, 0], [1, 0, 2, 2], [0, 0, 2, 2]] [True, True] a.png 17.5",
    );
  });
});

describe("folders", () => {
  const draw = (read: { layers: readonly { objects: Parameters<typeof renderObjects>[2] }[] }) =>
    read.layers.map(({ objects }) => pictureOf(renderObjects(3, 4, objects)));

  test("all three ways of naming, and what is left aside", async () => {
    const seg = writeCellposeSeg(labels, { imageName: "c.png", isManual: (label) => label === 1 });
    const result = await readAll(
      cellposeLayout,
      memoryFiles("memory", {
        "000_img.png": png,
        "000_masks.png": writePng({ height: 3, width: 4, channels: 1, data: Uint8Array.from(labels.data) }),
        "b.tif": png,
        "b_cp_masks.tif": tiff,
        "b_flows.tif": png,
        "c.png": png,
        "c_seg.npy": seg,
        "c_masks.tif": tiff,
        "alone.png": png,
        "lost_masks.tif": tiff,
        "readme.txt": png,
      }),
    );
    expect(result!.items.map(({ item, read }) => [item.name, item.imagePath, draw(read)])).toEqual([
      ["000", "000_img.png", [picture]],
      ["alone", "alone.png", []],
      ["b", "b.tif", [picture]],
      ["c", "c.png", [["11..", "1.22", "..22"]]],
    ]);
    expect(result!.items[3]!.read.layers[0]!.objects.map(({ manual }) => manual)).toEqual([true, false]);
    expect(result!.plan.ignored.map(({ path }) => path).toSorted()).toEqual([
      "b_flows.tif",
      "c_masks.tif",
      "lost_masks.tif",
      "readme.txt",
    ]);
  });

  test("a seg file that carries its image needs no image beside it", async () => {
    const image = {
      array: { dtype: "uint8", shape: [1, 2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) },
    } as const;
    const masks = { array: { dtype: "uint16", shape: [1, 2], data: Uint16Array.of(0, 1) } } as const;
    const result = await readAll(
      cellposeLayout,
      memoryFiles("memory", { "x_seg.npy": writeNpyObject({ dict: { masks, img: image } }) }),
    );
    expect(result!.items[0]!.read.image.image).toMatchObject({
      axes: "cyx",
      shape: [3, 1, 2],
      data: Uint8Array.of(1, 4, 2, 5, 3, 6),
    });
    expect(result!.items[0]!.read.layers[0]!.objects.length).toBe(1);
    const bare = memoryFiles("memory", { "x_seg.npy": writeNpyObject({ dict: { masks } }) });
    expect((await refusal(() => readAll(cellposeLayout, bare))).message).toMatch(
      /none of its name lies beside it/,
    );
  });

  test("other folders are not taken; labels of another size are refused", async () => {
    expect(
      await cellposeLayout.plan(
        memoryFiles("memory", { "a.png": png, "b.png": png, "b_masks.tif": tiff, "c.png": png }),
      ),
    ).toBeNull();
    expect(await cellposeLayout.plan(memoryFiles("memory", { "a.png": png, "b.png": png }))).toBeNull();
    const other = writeLabelTiff(labelImage(2, 4), { mpp: { y: 1, x: 1 } });
    const error = await refusal(() =>
      readAll(cellposeLayout, memoryFiles("memory", { "a.png": png, "a_cp_masks.tif": other })),
    );
    expect([error.code, error.message]).toEqual(["format.pair", expect.stringMatching(/2 x 4 pixels/)]);
  });
});
