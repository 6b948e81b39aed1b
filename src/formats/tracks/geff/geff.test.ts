/** Graphs written by another hand (fixtures/make-geff.py: Python, NumPy, no Zarr library) and hierarchies around them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import type { FoundryError } from "#core/errors.ts";
import { makeSyntheticMovie } from "#testing/datasets/synthetic-movie.ts";
import { memoryFiles } from "#testing/import-files.ts";
import { layerFacts } from "#testing/read-layers.ts";
import { omeZarrLayout } from "../../import/ome-zarr.ts";
import { writeOmeZarr } from "../../pixels/zarr/write-ome-zarr.ts";
import { zarrArray } from "../../pixels/zarr/zarr-array.ts";
import { zarrStoreOfKeys } from "../../pixels/zarr/zarr-store.ts";
import { cellsOfObjects } from "../cells-of-objects.ts";
import { findGeffGroups } from "./find-geff.ts";
import { geffLayout } from "./geff-layout.ts";
import { relatedPath } from "./geff-metadata.ts";
import { readGeff } from "./read-geff.ts";
import { writeGeff } from "./write-geff.ts";
import { zarrGroup } from "./zarr-column.ts";

interface Case {
  readonly files: Readonly<Record<string, string>>;
  readonly options?: Parameters<typeof readGeff>[2];
  readonly detections: readonly (readonly [number, number, number, number])[];
  readonly links: readonly (readonly [number, number, string])[];
  readonly labelled: boolean;
  readonly inPixels: boolean;
  readonly mpp?: { readonly y: number; readonly x: number };
  readonly z?: number;
  readonly note?: string;
}

interface Refused {
  readonly files: Readonly<Record<string, string>>;
  readonly rule: string | null;
  readonly label: number | null;
  readonly frame: number | null;
}

const fixture = JSON.parse(readFileSync(join(import.meta.dirname, "../fixtures/geff.json"), "utf8")) as {
  readonly cases: Readonly<Record<string, Case>>;
  readonly refused: Readonly<Record<string, Refused>>;
};

const storeOf = (files: Readonly<Record<string, string>>) =>
  zarrStoreOfKeys(
    {
      get: (key) =>
        Object.hasOwn(files, key) ? new Uint8Array(Buffer.from(files[key]!, "base64")) : undefined,
    },
    "movie.zarr",
  );

describe("graphs of other programs", () => {
  test.each(Object.entries(fixture.cases))("%s", async (_, expected) => {
    const read = await readGeff(storeOf(expected.files), "g", expected.options);
    const seen = read.detections.map(({ t, label, y, x }) => [t, label, y, x]);
    expect(seen).toHaveLength(expected.detections.length);
    for (const [i, [t, label, y, x]] of expected.detections.entries()) {
      expect(seen[i]!.slice(0, 2)).toEqual([t, label]);
      // 32-bit floats and division by sizes of pixels.
      expect(seen[i]![2]).toBeCloseTo(y, 5);
      expect(seen[i]![3]).toBeCloseTo(x, 5);
    }
    expect(read.links.map(({ from, to, kind }) => [from, to, kind])).toEqual(expected.links);
    expect([read.labelled, read.inPixels]).toEqual([expected.labelled, expected.inPixels]);
    if (expected.mpp !== undefined) expect(read.mpp).toEqual(expected.mpp);
    if (expected.z !== undefined) expect(new Set(read.detections.map(({ z }) => z))).toEqual(new Set([1.5]));
    expect(read.notes).toEqual(expected.note === undefined ? [] : [expected.note]);
  });

  test.each(Object.entries(fixture.refused))("refused: %s", async (_, { files, rule, label, frame }) => {
    const error = (await readGeff(storeOf(files), "g").catch((cause: unknown) => cause)) as FoundryError;
    expect(error.code).toBe("format.geff");
    if (rule !== null)
      expect([error.details["rule"], error.details["label"], error.details["frame"]]).toEqual([
        rule,
        label,
        frame,
      ]);
  });

  test("a chunk that would hold more rows than any movie is refused before it is decoded", async () => {
    const files = { ...fixture.cases["version 0.5, Zarr 2, ids above 2^32"]!.files };
    const facts = JSON.parse(Buffer.from(files["g/nodes/ids/.zarray"]!, "base64").toString());
    const bomb = (change: object) => Buffer.from(JSON.stringify({ ...facts, ...change })).toString("base64");
    for (const change of [{ chunks: [2 ** 26] }, { shape: [2 ** 30] }]) {
      const store = storeOf({ ...files, "g/nodes/ids/.zarray": bomb(change) });
      await expect(readGeff(store, "g")).rejects.toMatchObject({ code: "format.geff" });
    }
  });
});

test("where graphs lie, and paths that climb no further than the hierarchy", () => {
  const entries = ["a/t.geff/nodes/ids/.zarray", "a/t.geff/edges/ids/.zarray", "nodes/ids/zarr.json"];
  const nested = ["a/t.geff/l.geff/nodes/ids/.zarray", "a/t.geff/l.geff/edges/ids/.zarray"];
  const all = [...entries, ...nested].map((path) => ({ path, size: 1 }));
  expect(findGeffGroups(all)).toEqual(["a/t.geff"]);
  expect(relatedPath("a/t.geff", "../raw/")).toBe("a/raw");
  expect(relatedPath("a/t.geff", "../../../raw")).toBeNull();
  expect(relatedPath("a/t.geff", "/etc")).toBeNull();
});

describe("hierarchies", () => {
  const movie = makeSyntheticMovie({ frames: 5, seed: 4, dividing: [0, 4], blinking: [2] });
  const [frames, height, width] = movie.image.shape as [number, number, number];
  const labels = imageArray("int32", "tyx", movie.image.shape, labelPixels());

  function labelPixels(): Int32Array {
    const data = new Int32Array(frames * height * width);
    for (const { label, shape } of movie.objects) {
      const [y0, x0, y1, x1] = shape.bbox;
      for (let y = y0; y < y1; y++)
        for (let x = x0; x < x1; x++) {
          const bit = (y - y0) * (x1 - x0) + x - x0;
          if (((shape.bits[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0)
            data[(shape.t * height + y) * width + x] = label;
        }
    }
    return data;
  }

  /** As the specification draws it: graph, raw and segmentation side by side. */
  function sideBySide(version: 2 | 3, { image = "../raw", without = "" } = {}) {
    const files: Record<string, Uint8Array> = {};
    const put = (prefix: string, entries: Iterable<readonly [string, Uint8Array]>) => {
      for (const [key, bytes] of entries) files[`m.zarr/${prefix}${key}`] = bytes;
    };
    const pixels = (name: string, array: typeof labels | typeof movie.image) => {
      const store = zarrArray(array, version);
      put(
        `${name}/`,
        store.keys().map((key) => [key, store.get(key)!] as const),
      );
    };
    put("", zarrGroup("", version));
    pixels("raw", movie.image);
    pixels("segmentation", labels);
    const lineage = cellsOfObjects(movie.objects, movie.links);
    put("", writeGeff("tracks.geff", lineage, { zarrVersion: version, image, labels: "../segmentation" }));
    return memoryFiles(
      "set",
      Object.fromEntries(Object.entries(files).filter(([path]) => without === "" || !path.includes(without))),
    );
  }

  test.each([2, 3] as const)("side by side, Zarr version %s", async (version) => {
    const files = sideBySide(version);
    const plan = (await geffLayout.plan(files))!;
    expect(plan.items).toMatchObject([
      { name: "m", imagePath: "m.zarr", group: { key: "m", level: "movie" }, layers: ["nuclear"] },
    ]);
    const read = await geffLayout.open(files).read(plan.items[0]!);
    expect(read.image.image).toEqual(movie.image);
    expect(layerFacts(read.layers[0]!)).toEqual(layerFacts(movie));
    expect(read.notes).toEqual([]);
  });

  test("a graph without its image is refused with the remedy; foreign files are none", async () => {
    await expect(geffLayout.plan(sideBySide(2, { image: "../other" }))).rejects.toMatchObject({
      code: "format.geff",
      hint: expect.stringContaining("related_objects"),
    });
    expect(await geffLayout.plan(memoryFiles("x", { "a.tif": "" }))).toBeNull();
  });

  test("a cell without pixels is refused with rule, id and frame", async () => {
    // The labels of frame 3 are not there: they count as empty.
    const files = sideBySide(2, { without: "segmentation/3/" });
    const plan = (await geffLayout.plan(files))!;
    const error = (await geffLayout
      .open(files)
      .read(plan.items[0]!)
      .catch((cause: unknown) => cause)) as FoundryError;
    const lost = movie.objects.find(({ shape }) => shape.t === 3)!;
    expect([error.code, error.details["rule"], error.details["label"], error.details["frame"]]).toEqual([
      "format.geff",
      "frameMissing",
      lost.label,
      3,
    ]);
  });

  test("a graph inside an OME-Zarr image is the tracks of the label image it names", async () => {
    const files: Record<string, Uint8Array> = {};
    const named = [{ name: "nuclear", labels }];
    for await (const [key, bytes] of writeOmeZarr(movie.image, named, { name: "m" }))
      files[`m.zarr/${key}`] = bytes;
    const options = { zarrVersion: 3, image: "../../0", labels: "../../labels/nuclear/0" } as const;
    const lineage = cellsOfObjects(movie.objects, movie.links);
    for (const [key, bytes] of writeGeff("tracks/nuclear.geff", lineage, options))
      files[`m.zarr/${key}`] = bytes;
    const given = memoryFiles("set", files);
    expect(await geffLayout.plan(given)).toBeNull();
    const plan = (await omeZarrLayout.plan(given))!;
    const read = await omeZarrLayout.open(given).read(plan.items[0]!);
    expect(read.layers).toHaveLength(1);
    expect(layerFacts(read.layers[0]!)).toEqual(layerFacts(movie));
  });
});
