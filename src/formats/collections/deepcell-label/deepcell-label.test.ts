import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import { objectShapesFromLabels, shapeArea } from "#core/labels/index.ts";
import { makeSyntheticMovie } from "#testing/datasets/synthetic-movie.ts";
import { folderFiles, hasSharedData, memoryFiles, sharedDataFolder } from "#testing/import-files.ts";
import { makeSyntheticCells } from "#testing/index.ts";
import { layerFacts } from "#testing/read-layers.ts";
import type { ReadChoices } from "../../import/layout.ts";
import { writeTiffStack } from "../../pixels/tiff/write-tiff-stack.ts";
import { ctcLayout } from "../ctc/ctc-layout.ts";
import { deepcellLabelLayout } from "./deepcell-label-layout.ts";
import { writeProject } from "./write-project.ts";

async function readZipProject(bytes: Uint8Array, choices?: ReadChoices) {
  const files = memoryFiles("p", { "project.zip": bytes });
  const plan = (await deepcellLabelLayout.plan(files))!;
  expect(plan.items.map(({ name, group }) => [name, group])).toEqual([["project", null]]);
  return deepcellLabelLayout.open(files, choices).read(plan.items[0]!);
}

describe("both ways", () => {
  test("a movie with divisions, also one with a single daughter, and a gap", async () => {
    const movie = makeSyntheticMovie({ frames: 6, seed: 4, dividing: [0, 3], blinking: [5] });
    // One daughter of the second division (cells 6 to 7 and 8) leaves.
    const keep = movie.objects.map((_, i) => i).filter((i) => movie.objects[i]!.label !== 7);
    const place = new Map(keep.map((old, now) => [old, now]));
    const objects = keep.map((i) => movie.objects[i]!);
    const links = movie.links
      .filter(({ from, to }) => place.has(from) && place.has(to))
      .map(({ from, to, kind }) => ({ from: place.get(from)!, to: place.get(to)!, kind }));
    const read = await readZipProject(
      writeProject({ image: movie.image, channelNames: ["H2B & <GFP>"], layers: [{ objects, links }] }),
    );
    expect(read.image.image).toEqual(movie.image);
    expect(read.image.channels.map(({ name }) => name)).toEqual(["H2B & <GFP>"]);
    expect(layerFacts(read.layers[0]!)).toEqual(layerFacts({ objects, links }));
    expect(read.notes.filter((note) => note.includes("frames of a movie"))).toEqual([]);
    expect(read.notes.join()).toContain("divides into one daughter");
  });

  test("two channels, two features, cell types", async () => {
    const whole = makeSyntheticCells({ height: 60, width: 80, seed: 1 });
    const nuclei = makeSyntheticCells({ height: 60, width: 80, seed: 2 });
    const image = imageArray(
      "uint16",
      "cyx",
      [2, 60, 80],
      Uint16Array.from([...nuclei.image.data, ...whole.image.data]),
    );
    const types = ["T cell", "B cell"];
    const layers = [whole, nuclei].map(({ labels }, c) => ({
      links: [],
      objects: [...objectShapesFromLabels(labels)].map(([label, shape]) => ({
        label,
        shape,
        ...(c === 0 && label % 3 > 0 ? { cellType: types[(label % 3) - 1]! } : {}),
      })),
    }));
    const read = await readZipProject(writeProject({ image, channelNames: ["DAPI", "CD45"], layers }));
    expect(read.image.image).toEqual(image);
    expect(read.layers.map(({ compartment }) => compartment)).toEqual(["wholeCell", "nuclear"]);
    expect(read.layers.map(layerFacts)).toEqual(layers.map(layerFacts));
  });

  test("a stack when the person says so, else frames with a note", async () => {
    const movie = makeSyntheticMovie({ frames: 3, seed: 4, dividing: [] });
    const stack = { ...movie.image, axes: "zyx" };
    const objects = movie.objects.map(({ label, shape }) => ({
      label,
      shape: { ...shape, t: 0, z: shape.t },
    }));
    const bytes = writeProject({ image: stack, channelNames: [], layers: [{ objects, links: [] }] });
    const asStack = await readZipProject(bytes, { pagesAre: "z" });
    expect([asStack.image.image, layerFacts(asStack.layers[0]!)]).toEqual([
      stack,
      layerFacts({ objects, links: [] }),
    ]);
    const asMovie = await readZipProject(bytes);
    expect(asMovie.image.image).toEqual(movie.image);
    expect(layerFacts(asMovie.layers[0]!)).toEqual(layerFacts(movie));
    expect(asMovie.notes.join()).toContain("does not tell frames of a movie from focal planes");
  });

  test("frames of stacks are refused", () => {
    const image = imageArray("uint8", "tzyx", [2, 2, 4, 4]);
    expect(() => writeProject({ image, channelNames: [], layers: [] })).toThrow(/2 frames of 2 focal planes/);
  });
});

describe("values are not cells", () => {
  const y = new Int32Array(36);
  // Rows 0-1: value 1; rows 2-3: value 2 (shared by cells 1 and 5); rows 4-5: value 3.
  for (let i = 0; i < 36; i++) y[i] = Math.floor(i / 12) + 1;
  const project = (cells: unknown, more: Record<string, Uint8Array> = {}) =>
    zipSync({
      "X.ome.tiff": writeTiffStack("uint8", 6, 6, [new Uint8Array(36)]),
      "y.ome.tiff": writeTiffStack("int32", 6, 6, [y]),
      "cells.json": new TextEncoder().encode(JSON.stringify(cells)),
      ...more,
    });
  const row = (value: number, cell: number) => ({ value, cell, t: 0, c: 0 });

  test("a shared value gives its pixels to one cell and says so; unlisted values are left out", async () => {
    const read = await readZipProject(
      project([row(1, 1), row(2, 1), row(2, 5)], { "spots.csv": new Uint8Array(3) }),
    );
    const [layer] = read.layers;
    // Cell 1 is values 1 and 2; cell 5 is value 2 alone and loses all of it.
    expect(layer!.objects.map(({ label, shape }) => [label, shapeArea(shape), shape.bbox])).toEqual([
      [1, 24, [0, 0, 4, 6]],
    ]);
    const notes = read.notes.join("\n");
    expect(notes).toContain("1 pairs of cells of feature 0 overlap; 12 shared pixels");
    expect(notes).toContain("1 cells of feature 0 lay wholly in others");
    expect(notes).toContain("1 pixel values of feature 0 belong to no cell");
    expect(notes).toContain("spots.csv was left out");
  });

  test("without the table each value is a cell", async () => {
    const bytes = zipSync({
      "X.ome.tiff": writeTiffStack("uint8", 6, 6, [new Uint8Array(36)]),
      "y.ome.tiff": writeTiffStack("int32", 6, 6, [y]),
    });
    const read = await readZipProject(bytes);
    expect(read.layers[0]!.objects.map(({ label, shape }) => [label, shapeArea(shape)])).toEqual([
      [1, 12],
      [2, 12],
      [3, 12],
    ]);
  });

  test.each([
    ["no JSON", "{", "format.json"],
    ["no list", { a: 1 }, "format.dataset"],
    ["a cell that is no number", [{ value: 1, cell: "x", t: 0 }], "format.dataset"],
  ])("cells.json: %s", async (_, cells, code) => {
    const bytes =
      cells === "{" ? project([], { "cells.json": new TextEncoder().encode("{") }) : project(cells);
    await expect(readZipProject(bytes)).rejects.toMatchObject({ code });
  });

  test("labels of another size", async () => {
    const bytes = project([], { "y.ome.tiff": writeTiffStack("int32", 6, 5, [new Int32Array(30)]) });
    await expect(readZipProject(bytes)).rejects.toThrow(/y.ome.tiff is 6 x 5/);
  });
});

test("a folder of the same files, and other zips, are told apart", async () => {
  const files = memoryFiles("case 7", {
    "X.ome.tiff": writeTiffStack("uint8", 2, 2, [new Uint8Array(4)]),
    "cells.json": "[]",
    "deep/X.ome.tiff": new Uint8Array(1),
    "other.zip": zipSync({ "a.txt": new Uint8Array(1) }),
  });
  const plan = (await deepcellLabelLayout.plan(files))!;
  expect(plan.items.map(({ name }) => name)).toEqual(["case 7"]);
  const read = await deepcellLabelLayout.open(files).read(plan.items[0]!);
  expect([read.layers, read.notes]).toEqual([
    [],
    ["The project holds no y.ome.tiff: the image has no labels."],
  ]);
});

test.skipIf(!hasSharedData("ctc-mitocheck-h2b"))(
  "a real movie: identical shapes, links and parents",
  async () => {
    const folder = folderFiles(`${sharedDataFolder}/ctc-mitocheck-h2b`, "mitocheck");
    const plan = (await ctcLayout.plan(folder))!;
    const { image, layers } = await ctcLayout.open(folder).read(plan.items[0]!);
    const tracking = layers.find(({ name }) => name === "tracking markers")!;
    const read = await readZipProject(
      writeProject({ image: image.image, channelNames: ["H2B"], layers: [tracking] }),
    );
    expect(read.image.image).toEqual(image.image);
    expect(layerFacts(read.layers[0]!)).toEqual(layerFacts(tracking));
  },
);

const hasTifffile = (() => {
  try {
    execFileSync("/usr/bin/python3", ["-c", "import tifffile"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

test.skipIf(!hasTifffile)("a project written by tifffile, as the tool itself writes it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "label-"));
  try {
    const path = join(folder, "p.zip");
    execFileSync("/usr/bin/python3", [
      "-c",
      `
import io, json, zipfile, numpy as np, tifffile
X = np.arange(2*3*8*9, dtype=np.uint8).reshape(2,3,8,9)
y = np.zeros((1,3,8,9), np.int32); y[0,0,1:4,1:4] = 7; y[0,1,1:4,2:5] = 3; y[0,2,2:4,2:5] = 3; y[0,2,5:7,5:7] = 4
z = zipfile.ZipFile("${path}", "w")
def tiff(a, **meta):
    b = io.BytesIO(); tifffile.imwrite(b, a, ome=True, photometric="minisblack", compression="zlib", metadata={"axes": "CZYX", **meta}); return b.getvalue()
z.writestr("cells.json", json.dumps([{"value":7,"cell":1,"t":0,"c":0},{"value":3,"cell":1,"t":1,"c":0},{"value":3,"cell":2,"t":2,"c":0},{"value":4,"cell":3,"t":2,"c":0}]))
z.writestr("divisions.json", json.dumps([{"parent":1,"daughters":[2,3],"t":2}]))
z.writestr("y.ome.tiff", tiff(y)); z.writestr("X.ome.tiff", tiff(X, Channel={"Name": ["nuc", "mem"]})); z.close()
`,
    ]);
    const read = await readZipProject(new Uint8Array(readFileSync(path)));
    expect([read.image.image.axes, read.image.image.shape]).toEqual(["tcyx", [3, 2, 8, 9]]);
    // Frame 1, channel 1 is plane (1 * 3 + 1) of X.
    expect([...read.image.image.data.slice(3 * 72, 3 * 72 + 2)]).toEqual([
      (4 * 72) % 256,
      (4 * 72 + 1) % 256,
    ]);
    expect(read.image.channels.map(({ name }) => name)).toEqual(["nuc", "mem"]);
    expect(read.layers[0]!.links).toEqual([
      { from: 0, to: 1, kind: "link" },
      { from: 1, to: 2, kind: "division" },
      { from: 1, to: 3, kind: "division" },
    ]);
    // And ours in theirs.
    writeFileSync(
      path,
      writeProject({ image: read.image.image, channelNames: ["nuc", "mem"], layers: read.layers }),
    );
    const out = execFileSync(
      "/usr/bin/python3",
      [
        "-c",
        `
import io, json, zipfile, tifffile
z = zipfile.ZipFile("${path}")
t = tifffile.TiffFile(io.BytesIO(z.read("X.ome.tiff"))); y = tifffile.TiffFile(io.BytesIO(z.read("y.ome.tiff")))
print(t.series[0].axes, t.asarray().shape, int(t.asarray()[1,1,0,0]), y.asarray().shape, y.asarray().dtype, json.loads(z.read("divisions.json")))
`,
      ],
      { encoding: "utf8" },
    );
    expect(out.trim()).toBe(
      "CZYX (2, 3, 8, 9) 32 (3, 8, 9) int32 [{'parent': 1, 'daughters': [2, 3], 't': 2}]",
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
