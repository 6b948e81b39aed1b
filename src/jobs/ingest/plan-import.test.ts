import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { writeLabelTiff, writePng } from "#formats/index.ts";
import { expandArchives } from "./archive-source.ts";
import { memorySource } from "./memory-source.ts";
import { planImport } from "./plan-import.ts";

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

test("an unknown format is refused by name", async () => {
  await expect(
    planImport(memorySource("p", { "a.png": png(4, 4, 1) }), { format: "dicom" }),
  ).rejects.toMatchObject({
    code: "request.invalid",
  });
});

test("a layout's own group has a level and a rule; the import's name is told to be no group", async () => {
  const plan = await planImport(memorySource("p", { "a.png": png(4, 4, 1), "b.png": png(4, 4, 2) }), {
    sheet: { name: "s.csv", text: "name,group\na.png,slide 3\n" },
  });
  expect(plan.images.map(({ groupRule, groupKnown }) => [groupRule, groupKnown])).toEqual([
    ["column group of s.csv", true],
    ["nothing tells; the import is one group", false],
  ]);
});

test("what a sheet says of the experiment holds for images without a row; its channels are told apart; slips are found", async () => {
  const text = [
    "defaults: { cellLine: HeLa, species: humann }",
    "channels:",
    "  - { name: DAPI, role: nuclear }",
    "images:",
    "  - { name: a.png, group: well B7 }",
  ].join("\n");
  const plan = await planImport(memorySource("p", { "a.png": png(4, 4, 1), "b.png": png(4, 4, 2) }), {
    sheet: { name: "s.yaml", text },
    checkSheet: true,
  });
  expect(
    plan.images.map(({ name, metadata, channels }) => [name, metadata["cellLine"], channels.length]),
  ).toEqual([
    ["a", "HeLa", 1],
    ["b", "HeLa", 1],
  ]);
  expect(plan.images[0]?.channels[0]).toMatchObject({ index: 0, values: { name: "DAPI", role: "nuclear" } });
  expect(plan.sheetProblems.map((problem) => problem.text).join(" ")).toContain("humann");
});
