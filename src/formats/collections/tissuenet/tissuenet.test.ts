import { describe, expect, test } from "vitest";
import { checkMadeDataset } from "#testing/datasets/check-made.ts";
import { makeDynamicNuclearNet, makeTissueNet } from "#testing/datasets/deepcell-npz.ts";
import { memoryFiles } from "#testing/import-files.ts";
import { writeNpy, writeNpyText } from "../../containers/npy/write-npy.ts";
import { writeNpz } from "../../containers/npy/write-npz.ts";
import { dynamicNuclearNetLayout } from "../dynamic-nuclear-net/dynamic-nuclear-net-layout.ts";
import { rowsOfImages } from "../dynamic-nuclear-net/meta-table.ts";
import { spotnetLayout } from "../spotnet/spotnet-layout.ts";
import { tissuenetLayout } from "./tissuenet-layout.ts";

describe("TissueNet", () => {
  test("1.0: y is whole cells then nuclei; tissue and platform by list; no group", async () => {
    const made = makeTissueNet({ version: "1.0", split: "train", count: 4, seed: 1 });
    const { plan, items } = await checkMadeDataset(tissuenetLayout, made);
    expect(items[0]!.image.channels.map(({ role }) => role)).toEqual(["nuclear", "membrane"]);
    expect([items[0]!.image.image.axes, items[0]!.image.image.shape]).toEqual(["cyx", [2, 64, 64]]);
    expect(plan.items.map(({ group, mpp }) => [group, mpp])).toEqual(Array(4).fill([null, null]));
    expect(plan.licence).toContain("non-commercial");
    expect(items.flatMap(({ notes }) => notes)).toEqual([]);
  });

  test("1.1 test part: four header rows do not shift the metadata; experiments are groups", async () => {
    const made = makeTissueNet({ version: "1.1", split: "test", count: 5, seed: 2, compress: false });
    const { plan } = await checkMadeDataset(tissuenetLayout, made);
    expect(plan.items.map(({ group }) => group)).toEqual(
      [0, 1, 0, 1, 0].map((i) => ({ key: `experiment-${i}`, level: "source" })),
    );
    expect(plan.items[0]!.mpp).toEqual({ y: 0.5, x: 0.5 });
    const notes = plan.notes.join("\n");
    expect(notes).toContain("is repeated (4 times)");
    expect(notes).toContain("very poorly segmented");
  });

  test("the validation part is told to hold fields twice", async () => {
    const { plan } = await checkMadeDataset(
      tissuenetLayout,
      makeTissueNet({ version: "1.1", split: "val", count: 2, seed: 3 }),
    );
    expect(plan.notes.join()).toContain("at two resolutions");
  });

  test("label channels the other way round are noticed", async () => {
    const side = 16;
    const y = new Int32Array(side * side * 2);
    // Channel 0 holds a small object, channel 1 a large one.
    for (let i = 0; i < side * side; i++) y[2 * i + 1] = 1;
    for (let i = 50; i < 60; i++) y[2 * i] = 1;
    const files = memoryFiles("m", {
      "train.npz": writeNpz({
        X: writeNpy("float32", [1, side, side, 2], new Float32Array(side * side * 2)),
        y: writeNpy("int32", [1, side, side, 2], y),
      }),
    });
    const plan = (await tissuenetLayout.plan(files))!;
    const { notes } = await tissuenetLayout.open(files).read(plan.items[0]!);
    expect(notes.join()).toContain("another order");
  });

  test("a table that fits no image count is not used", async () => {
    const files = memoryFiles("m", {
      "train.npz": writeNpz({
        X: writeNpy("uint8", [3, 2, 2, 2], new Uint8Array(24)),
        y: writeNpy("int32", [3, 2, 2, 2], new Int32Array(24)),
        meta: writeNpyText([3, 2], ["filename", "experiment", "a", "one", "b", "two"]),
      }),
    });
    const plan = (await tissuenetLayout.plan(files))!;
    expect(plan.notes.join()).toContain("has 2 rows for 3 images; it was not used");
    expect(plan.items.every(({ group }) => group === null)).toBe(true);
  });

  test("items are read one by one: a stored archive is never read whole", async () => {
    const made = makeTissueNet({ version: "1.0", split: "train", count: 24, seed: 1, compress: false });
    const files = memoryFiles("m", made.files);
    const plan = (await tissuenetLayout.plan(files))!;
    files.reads.clear();
    await tissuenetLayout.open(files).read(plan.items[20]!);
    const { size } = files.entries[0]!;
    expect(files.reads.get(files.entries[0]!.path)!.bytes).toBeLessThan(size / 3);
  });
});

test("rows of images: copies of the header in place of rows leave those images without", () => {
  const table = { columns: ["filename"], rows: [["c"], ["d"]], places: [3, 4], headerRows: 3 };
  expect(rowsOfImages(table, 4)).toEqual([null, null, 0, 1]);
  expect(rowsOfImages(table, 2)).toEqual([0, 1]);
  expect(rowsOfImages(table, 7)).toBeNull();
});

test("DynamicNuclearNet segmentation: frames of a movie are one group", async () => {
  const { plan } = await checkMadeDataset(
    dynamicNuclearNetLayout,
    makeDynamicNuclearNet({ count: 4, seed: 5 }),
  );
  expect(plan.items.map(({ group }) => group?.key)).toEqual(
    [0, 0, 1, 1].map((movie) => `20190813-HeLa_s3/movie_0${movie}.trk`),
  );
  expect(plan.items[0]!.mpp).toEqual({ y: 0.65, x: 0.65 });
});

test("SpotNet is refused by name; the three sets are told apart by their arrays", async () => {
  const spots = memoryFiles("m", {
    "train.npz": writeNpz({
      X: writeNpy("float32", [1, 8, 8, 1], new Float32Array(64)),
      y: writeNpy("float32", [1, 10, 2], new Float32Array(20)),
    }),
  });
  await expect(spotnetLayout.plan(spots)).rejects.toThrow(/SpotNet: its labels are points/);
  expect(await tissuenetLayout.plan(spots)).toBeNull();
  expect(await dynamicNuclearNetLayout.plan(spots)).toBeNull();
  const tissue = memoryFiles("m", makeTissueNet({ version: "1.0", split: "train", count: 1, seed: 1 }).files);
  expect(await dynamicNuclearNetLayout.plan(tissue)).toBeNull();
  expect(await spotnetLayout.plan(tissue)).toBeNull();
});
