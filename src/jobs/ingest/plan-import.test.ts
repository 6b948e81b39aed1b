import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { writeLabelTiff, writePng } from "#formats/index.ts";
import { expandArchives } from "./archive-source.ts";
import { memorySource } from "./memory-source.ts";
import { dryRunImport, planImport } from "./plan-import.ts";
import { channelsOf, readPlannedImage } from "./read-planned-image.ts";

function png(height: number, width: number, value: number): Uint8Array {
  const data = new Uint8Array(height * width).map((_, i) => (value + i) % 251);
  return writePng({ height, width, channels: 1, data });
}

function labels(height: number, width: number): Uint8Array {
  const data = new Int32Array(height * width);
  data[0] = 7;
  return writeLabelTiff({ dtype: "int32", height, width, data });
}

const sheet =
  "name,group,kind,cell_line,mpp,height,split,n masks\na.png,slide-1,fluorescence,HeLa,0.65,9,test,12\n";

test("a sheet gives group, pixel size and metadata; columns with a place of their own are not metadata", async () => {
  const plan = await planImport(
    memorySource("plate", { "images/a.png": png(8, 9, 1), "labels/a.tif": labels(8, 9), "sheet.csv": sheet }),
  );
  expect(plan.format).toBe("pairs");
  expect(plan.images).toHaveLength(1);
  expect(plan.images[0]).toMatchObject({
    name: "a",
    group: "slide-1",
    groupKnown: true,
    mpp: { y: 0.65, x: 0.65 },
    metadata: { kind: "fluorescence", cellLine: "HeLa", n_masks: "12" },
    licence: "unknown",
  });
  expect(plan.warnings.join(" ")).toContain("`split` is not used");
});

test("without a word about groups all images form one group, and that is said", async () => {
  const plan = await planImport(memorySource("plate 7", { "a.png": png(4, 4, 1), "b.png": png(4, 4, 2) }));
  expect(plan.images.map((image) => image.group)).toEqual(["plate 7", "plate 7"]);
  expect(plan.ungrouped).toBe(2);
  expect(plan.warnings.join(" ")).toContain('one group "plate 7"');
});

test("the caller's group counts for images without one only", async () => {
  const plan = await planImport(
    memorySource("p", {
      "a.png": png(4, 4, 1),
      "b.png": png(4, 4, 2),
      "sheet.csv": "name,group\na.png,s1\n",
    }),
    { defaults: { group: "mine" } },
  );
  expect(plan.images.map((image) => image.group)).toEqual(["s1", "mine"]);
  expect(plan.ungrouped).toBe(0);
});

test("a sheet that was only found is left out when it is broken; a given one must be right", async () => {
  const files = { "a.png": png(4, 4, 1), "sheet.csv": "colour\nred\n" };
  const plan = await planImport(memorySource("p", files));
  expect(plan.images).toHaveLength(1);
  expect(plan.warnings.join(" ")).toContain("left out");
  await expect(
    planImport(memorySource("p", files), { sheet: { name: "my.csv", text: "colour\nred\n" } }),
  ).rejects.toMatchObject({ code: "format.sheet" });
});

test("an empty image file is a failure with a remedy, not silently left aside", async () => {
  const plan = await planImport(memorySource("p", { "a.png": png(4, 4, 1), "b.png": new Uint8Array(0) }));
  expect(plan.images.map((image) => image.name)).toEqual(["a"]);
  expect(plan.failures).toMatchObject([{ path: "b.png", error: { code: "format.detect" } }]);
  expect(plan.failures[0]?.error.hint).toBeTruthy();
  expect(plan.ignored).toEqual([]);
});

test("a zip imports like its folder; one with ../ names is a fault and the rest goes on", async () => {
  const good = zipSync({ "images/a.png": png(8, 9, 1), "labels/a.tif": labels(8, 9) });
  const alone = await expandArchives(memorySource("x.zip", { "x.zip": good }));
  expect(alone.title).toBe("x");
  expect(alone.entries.map((entry) => entry.path)).toEqual(["images/a.png", "labels/a.tif"]);
  expect(await alone.read("images/a.png")).toEqual(png(8, 9, 1));

  const evil = zipSync({ "../../etc/a.png": png(8, 9, 1) });
  const mixed = await expandArchives(
    memorySource("drop", { "evil.zip": evil, "b.png": png(8, 9, 2), "x.zip": good }),
  );
  expect(mixed.entries.map((entry) => entry.path)).toEqual(["b.png", "x/images/a.png", "x/labels/a.tif"]);
  const plan = await planImport(mixed);
  expect(plan.failures).toMatchObject([{ path: "evil.zip", error: { code: "format.zip" } }]);
  expect(plan.images.map((image) => image.name).sort()).toEqual(["a", "b"]);
});

test("labels of another size than the image are refused with both sizes", async () => {
  const source = memorySource("p", { "a.png": png(8, 9, 1), "a_masks.tif": labels(9, 8) });
  const plan = await planImport(source);
  const [image] = plan.images;
  await expect(readPlannedImage(source, image!)).rejects.toMatchObject({
    code: "format.pair",
    message: expect.stringContaining("9 x 8"),
  });
});

test("object masks become one label image in name order", async () => {
  const mask = (at: number): Uint8Array =>
    writePng({ height: 2, width: 3, channels: 1, data: new Uint8Array(6).fill(255, at, at + 1) });
  const source = memorySource("p", {
    "s/id1/images/id1.png": png(2, 3, 1),
    "s/id1/masks/b.png": mask(4),
    "s/id1/masks/a.png": mask(1),
  });
  const plan = await planImport(source);
  expect(plan.format).toBe("dsb2018");
  const read = await readPlannedImage(source, plan.images[0]!);
  expect([...(read.labels?.data ?? [])]).toEqual([0, 1, 0, 0, 2, 0]);
});

test("a dry run counts, samples and finds equal files", async () => {
  const report = await dryRunImport(
    memorySource("p", {
      "a.png": png(4, 5, 1),
      "b.png": png(4, 5, 1),
      "c.png": "not a png",
      "notes.txt": "x",
    }),
  );
  expect(report).toMatchObject({
    images: 3,
    withLabels: 0,
    groups: 1,
    duplicates: [["a", "b"]],
    failures: [{ path: "c.png", error: { code: "format.detect" } }],
    ignored: [{ path: "notes.txt" }],
  });
  expect(report.samples[0]).toMatchObject({ name: "a", axes: "yx", shape: [4, 5], dtype: "uint8" });
  expect(report.missing).toContainEqual({ field: "group", images: 3 });
});

test("an unknown format is refused by name", async () => {
  await expect(
    planImport(memorySource("p", { "a.png": png(4, 4, 1) }), { format: "dicom" }),
  ).rejects.toMatchObject({
    code: "request.invalid",
  });
});

test("the one channel of a fluorescence image shows nuclei; otherwise the role stays open", () => {
  const read = {
    image: { dtype: "uint8", axes: "yx", shape: [1, 1], data: new Uint8Array(1) },
    channels: [{ name: "" }],
    mpp: null,
    mppSource: null,
    notes: [],
  } as const;
  expect(channelsOf(read, { kind: "fluorescence-small" })).toEqual([
    { index: 0, name: "channel 1", role: "nuclear" },
  ]);
  expect(channelsOf(read, {})).toEqual([{ index: 0, name: "channel 1", role: "other" }]);
});
