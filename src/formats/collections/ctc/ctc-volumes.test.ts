import { describe, expect, test } from "vitest";
import { objectShapesFromLabels, renderObjects } from "#core/labels/index.ts";
import { memoryFiles } from "#testing/import-files.ts";
import { makeSyntheticCells } from "#testing/index.ts";
import { layerFacts } from "#testing/read-layers.ts";
import type { ReadLink, ReadObject } from "../../import/layout.ts";
import { writeLabelTiff } from "../../pixels/tiff/write-label-tiff.ts";
import { writeTiffStack } from "../../pixels/tiff/write-tiff-stack.ts";
import { ctcLayout } from "./ctc-layout.ts";
import { writeCtc } from "./write-ctc.ts";

const [height, width, depth, frameCount] = [48, 64, 3, 3];

/** Cells that keep their label on all planes and frames; label 2 is lost in the middle frame. */
function volumeMovie() {
  const objects: ReadObject[] = [];
  const images: Uint16Array[][] = [];
  for (let t = 0; t < frameCount; t++) {
    images.push([]);
    for (let z = 0; z < depth; z++) {
      const { labels, image } = makeSyntheticCells({
        height,
        width,
        seed: `${t}/${z}`,
        cellCount: 4,
        radiusPx: [4, 6],
      });
      images[t]!.push(image.data);
      for (const [label, shape] of objectShapesFromLabels(labels, { t, z }))
        if (!(label === 2 && t === 1)) objects.push({ label, shape });
    }
  }
  const first = (label: number, t: number) => objects.findIndex((o) => o.label === label && o.shape.t === t);
  const links: ReadLink[] = [];
  for (const label of new Set(objects.map((object) => object.label))) {
    const frames = [0, 1, 2].filter((t) => first(label, t) >= 0);
    for (let i = 1; i < frames.length; i++)
      links.push({ from: first(label, frames[i - 1]!), to: first(label, frames[i]!), kind: "link" });
  }
  return { objects, images, links };
}

describe("three dimensions", () => {
  const { objects, images, links } = volumeMovie();
  const written = writeCtc({ frameCount, height, width, depth, objects, links }, { kind: "goldTracking" });
  const raw = Object.fromEntries(
    images.map((pages, t) => [`01/t00${t}.tif`, writeTiffStack("uint16", height, width, pages)]),
  );
  const masks = Object.fromEntries(written.files.map(({ path, bytes }) => [path, bytes]));

  test("stacks of frames and masks come back as one tzyx movie with the same cells and links", async () => {
    const files = memoryFiles("Fluo-N3DH-CE", { ...raw, ...masks });
    const plan = (await ctcLayout.plan(files))!;
    expect(plan.licence).toContain("Cell Tracking Challenge conditions");
    const read = await ctcLayout.open(files).read(plan.items[0]!);
    expect([read.image.image.axes, read.image.image.shape]).toEqual([
      "tzyx",
      [frameCount, depth, height, width],
    ]);
    expect(layerFacts(read.layers[0]!)).toEqual(layerFacts({ objects, links }));
    // The lost frame: two tracks in the file, one cell with a gap again here.
    expect(written.tracks.filter(({ parent }) => parent !== null)).toEqual([
      expect.objectContaining({ first: 2, parent: 2 }),
    ]);
  });

  test("gold outlines of a single plane go to their plane and are not exhaustive", async () => {
    const onPlane = objects.filter(({ shape }) => shape.t === 1 && shape.z === 2);
    const files = memoryFiles("Fluo-N3DH-CE", {
      ...raw,
      ...masks,
      "01_GT/SEG/man_seg_001_002.tif": writeLabelTiff(renderObjects(height, width, onPlane)),
    });
    const plan = (await ctcLayout.plan(files))!;
    const { layers, notes } = await ctcLayout.open(files).read(plan.items[0]!);
    const gold = layers.find(({ name }) => name === "")!;
    expect(layerFacts(gold)).toEqual(layerFacts({ objects: onPlane, links: [] }));
    expect([gold.truth, gold.coverage]).toEqual(["gold", "sparse"]);
    expect(notes.join("\n")).toMatch(/Gold segmentation outlines \d+ of \d+ tracked cells in 1 of 3 frames/);
  });

  test("the best outlines that there are become the main layer; crude ones are told", async () => {
    const onFirst = objects.filter(({ shape }) => shape.t === 0 && shape.z === 0);
    const plane = writeLabelTiff(renderObjects(height, width, onFirst));
    const moved = (to: string) =>
      Object.fromEntries(
        Object.entries(masks).map(([path, bytes]) => [path.replace("01_GT/TRA/man_track", to), bytes]),
      );
    const silver = { "01_ST/SEG/man_seg_000_000.tif": plane };
    const result = { ...moved("01_RES/mask"), "01_RES/res_track.txt": masks["01_GT/TRA/man_track.txt"]! };
    delete (result as Record<string, unknown>)["01_RES/mask.txt"];
    const namesOf = async (labels: Record<string, Uint8Array>): Promise<[string, string][]> => {
      const files = memoryFiles("Fluo-N3DH-CE", { ...raw, ...labels });
      const plan = (await ctcLayout.plan(files))!;
      const { layers, notes } = await ctcLayout.open(files).read(plan.items[0]!);
      expect(notes.some((note) => note.includes("may be crude"))).toBe(
        layers.some(({ name, truth, links: own }) => name === "" && truth === "gold" && own.length > 0),
      );
      return layers.map(({ name, truth }): [string, string] => [name, truth]).sort();
    };
    expect(await namesOf(masks)).toEqual([["", "gold"]]);
    expect(await namesOf(result)).toEqual([["", "prediction"]]);
    expect(await namesOf({ ...masks, ...result })).toEqual([
      ["", "gold"],
      ["tracking result", "prediction"],
    ]);
    expect(await namesOf({ ...masks, ...silver })).toEqual([
      ["", "silver"],
      ["tracking markers", "gold"],
    ]);
  });

  test("a missing frame joins its neighbours and is told; masks without an image are left out", async () => {
    const { "01/t001.tif": _, ...rest } = raw;
    const files = memoryFiles("Fluo-N3DH-CE", { ...rest, ...masks });
    const plan = (await ctcLayout.plan(files))!;
    const { image, layers, notes } = await ctcLayout.open(files).read(plan.items[0]!);
    expect(image.image.shape[0]).toBe(2);
    expect(image.notes).toContain(
      "1 of the frames 0 to 2 are missing; the frames before and after were joined.",
    );
    expect(notes).toContain("1 masks have no image and were left out.");
    expect(new Set(layers[0]!.objects.map(({ shape }) => shape.t))).toEqual(new Set([0, 1]));
    expect(layers[0]!.objects).toHaveLength(objects.filter(({ shape }) => shape.t !== 1).length);
  });

  test("masks without images are refused with the remedy; a foreign folder is not this layout", async () => {
    await expect(ctcLayout.plan(memoryFiles("x", masks))).rejects.toThrow(/without the images/);
    expect(await ctcLayout.plan(memoryFiles("x", { "a/b.tif": new Uint8Array(4) }))).toBeNull();
  });

  test("masks of another size are refused by name", async () => {
    const files = memoryFiles("Fluo-N3DH-CE", {
      ...raw,
      "01_RES/mask001.tif": writeLabelTiff(renderObjects(height, width, [])),
      "01_RES/res_track.txt": "",
    });
    const plan = (await ctcLayout.plan(files))!;
    await expect(ctcLayout.open(files).read(plan.items[0]!)).rejects.toThrow(
      "01_RES/mask001.tif: it is 48 x 64 pixels, the frame is 3 x 48 x 64.",
    );
  });
});
