import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { renderObjects } from "#core/labels/index.ts";
import { memoryFiles } from "#testing/import-files.ts";
import { refusal, sharedData } from "../fixtures/fixtures.ts";
import { writePng } from "../pixels/png/write-png.ts";
import { readLabels } from "../read-labels.ts";
import { readPair } from "./read-pair.ts";

const grey = (height: number, width: number, ...data: number[]) =>
  writePng({ height, width, channels: 1, data: Uint8Array.from(data) });

test("overlapping masks: the first by name keeps the pixel, and it is told", async () => {
  const files = memoryFiles("in", {
    "x.png": grey(1, 4, 9, 9, 9, 9),
    "b.png": grey(1, 4, 0, 255, 255, 0),
    "a.png": grey(1, 4, 255, 255, 0, 0),
    "c.png": grey(1, 4, 0, 1, 0, 0),
    "d.png": grey(1, 4, 0, 0, 0, 0),
  });
  const { layers, notes } = await readPair(files, "x.png", {
    kind: "objectMasks",
    paths: ["b.png", "a.png", "c.png", "d.png"],
  });
  const labels = renderObjects(1, 4, layers[0]!.objects);
  expect([...labels.data]).toEqual([1, 1, 2, 0]);
  expect(layers[0]).toMatchObject({ compartment: "nuclear", coverage: "exhaustive", truth: "gold" });
  expect(notes).toEqual([
    "x.png: 2 pixels belong to two masks (2 pairs); the first mask by name keeps them.",
    "x.png: 2 masks are empty or covered by others: d.png, c.png.",
  ]);
});

test("masks and label images of another size name both files", async () => {
  const files = memoryFiles("in", { "x.png": grey(1, 2, 1, 2), "m.png": grey(2, 1, 0, 1) });
  for (const labels of [
    { kind: "objectMasks", paths: ["m.png"] },
    { kind: "labelImage", path: "m.png" },
  ] as const) {
    const error = await refusal(() => readPair(files, "x.png", labels));
    expect(error.code).toBe("format.pair");
    expect(error.message).toContain("m.png: its labels are 2 x 1 pixels, the image x.png is 1 x 2");
  }
});

const dsb = join(sharedData, "dsb2018");

// All 120 images (5,833 masks) agree; every test run checks each twentieth.
test.skipIf(!existsSync(dsb))(
  "masks of the 2018 Data Science Bowl merge to the label images made by another tool",
  async () => {
    for (const id of readdirSync(join(dsb, "stage1_train")).filter((_, i) => i % 20 === 0)) {
      const folder = join(dsb, "stage1_train", id);
      const paths = readdirSync(join(folder, "masks")).map((name) => `masks/${name}`);
      const files = {
        title: id,
        entries: [],
        read: async (path: string) => new Uint8Array(readFileSync(join(folder, path))),
      };
      const { layers } = await readPair(files, `images/${id}.png`, { kind: "objectMasks", paths });
      const reference = await readLabels(readFileSync(join(dsb, "labels", `${id}.tif`)), { name: id });
      const made = renderObjects(reference.height, reference.width, layers[0]!.objects);
      expect(samePartition(made.data, reference.data), id).toBe(true);
    }
  },
);

function samePartition(a: Int32Array, b: Int32Array): boolean {
  const [forth, back] = [new Map<number, number>([[0, 0]]), new Map<number, number>([[0, 0]])];
  return (
    a.length === b.length &&
    a.every((x, i) => {
      const y = b[i]!;
      if (!forth.has(x)) forth.set(x, y);
      if (!back.has(y)) back.set(y, x);
      return forth.get(x) === y && back.get(y) === x;
    })
  );
}
