import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { refusal, sharedData } from "../../fixtures/fixtures.ts";
import { defaultReadLimits } from "../../limits.ts";
import { readImage } from "../../read-image.ts";
import { listOmeZarr } from "./list-ome-zarr.ts";
import { readOmeZarr, readOmeZarrRegion } from "./read-ome-zarr.ts";
import { openZarrArray } from "./read-zarr-array.ts";
import type { ZarrStore } from "./zarr-store.ts";

/** A store of texts and bytes by key. */
function storeOf(keys: Readonly<Record<string, unknown>>, name = "made.zarr"): ZarrStore {
  const bytes = (value: unknown) =>
    value instanceof Uint8Array ? value : new TextEncoder().encode(JSON.stringify(value));
  return { name, get: async (key) => (keys[key] === undefined ? undefined : bytes(keys[key])) };
}

function folder(base: string): ZarrStore {
  const file = (key: string) => join(base, key);
  const exists = (key: string) => existsSync(file(key)) && statSync(file(key)).isFile();
  return {
    name: "folder.zarr",
    get: async (key) => (exists(key) ? new Uint8Array(readFileSync(file(key))) : undefined),
  };
}

const raw = (shape: readonly number[], dtype = "|u1", chunks: readonly number[] = shape) => ({
  zarr_format: 2,
  shape,
  chunks,
  dtype,
  compressor: null,
  filters: null,
  fill_value: 0,
  order: "C",
});
const bytes = (count: number, first = 0) => Uint8Array.from({ length: count }, (_, i) => first + i);
const image = (axes: unknown, extra: object = {}, scale?: number[]) => ({
  multiscales: [
    {
      version: "0.4",
      ...(axes === undefined ? {} : { axes }),
      datasets: [
        {
          path: "0",
          ...(scale === undefined ? {} : { coordinateTransformations: [{ type: "scale", scale }] }),
        },
      ],
      ...extra,
    },
  ],
});
const space = (name: string, unit?: string) => ({
  name,
  type: "space",
  ...(unit === undefined ? {} : { unit }),
});

describe("what the metadata mean", () => {
  test("axes in any order come out as tczyx; sizes of 1 are left out", async () => {
    const store = storeOf({
      ".zattrs": image([space("x"), { name: "c", type: "channel" }, space("y"), space("z")]),
      "0/.zarray": raw([3, 2, 4, 1]),
      "0/0.0.0.0": bytes(24),
    });
    const { image: read } = await readOmeZarr(store);
    expect([read.axes, read.shape]).toEqual(["cyx", [2, 4, 3]]);
    // Value at x, c, y is (x * 2 + c) * 4 + y.
    const expected = [0, 1].flatMap((c) =>
      [0, 1, 2, 3].flatMap((y) => [0, 1, 2].map((x) => (x * 2 + c) * 4 + y)),
    );
    expect([...read.data]).toEqual(expected);
    const region = await readOmeZarrRegion(store, { c: 1, y0: 2, x0: 1, height: 9, width: 1 });
    expect([region.axes, region.shape, [...region.data]]).toEqual(["yx", [2, 1], [14, 15]]);
  });

  test("sizes of pixels need a unit; those of the whole pyramid are multiplied in", async () => {
    const axes = [
      { name: "t", type: "time", unit: "minute" },
      space("z", "nanometer"),
      space("y", "micrometer"),
      space("x", "micrometer"),
    ];
    const keys = { "0/.zarray": raw([1, 2, 2, 2]), "0/0.0.0.0": bytes(8) };
    const whole = { coordinateTransformations: [{ type: "scale", scale: [5, 1, 2, 2] }] };
    const read = await readOmeZarr(storeOf({ ...keys, ".zattrs": image(axes, whole, [1, 500, 0.25, 0.5]) }));
    expect([read.mpp, read.mppSource]).toEqual([{ y: 0.5, x: 1 }, "ome"]);
    expect(read.metadata).toEqual({ zStepUm: "0.5", frameIntervalS: "300" });
    const bare = ["t", "z", "y", "x"].map((name) => ({ name }));
    const unknown = await readOmeZarr(storeOf({ ...keys, ".zattrs": image(bare, {}, [1, 1, 0.5, 0.5]) }));
    expect([unknown.mpp, unknown.mppSource]).toEqual([null, null]);
    // Version 0.1: no axes at all, five dimensions.
    const old = storeOf({
      ".zattrs": image(undefined),
      "0/.zarray": raw([1, 2, 1, 2, 2]),
      "0/0.0.0.0.0": bytes(8),
    });
    expect((await readOmeZarr(old)).image.axes).toBe("cyx");
  });

  test("channels, labels and their properties", async () => {
    const yx = [space("y"), space("x")];
    const store = storeOf({
      ".zattrs": { ...image([{ name: "c" }, ...yx]), omero: { channels: [{ label: "DAPI" }, { label: 7 }] } },
      "0/.zarray": raw([2, 2, 3]),
      "0/0.0.0": bytes(12),
      "labels/.zattrs": { labels: ["nuclei", "small"] },
      "labels/nuclei/.zattrs": {
        ...image(yx),
        "image-label": { properties: [{ "label-value": 3, class: "mitotic" }], colors: [] },
      },
      "labels/nuclei/0/.zarray": raw([2, 3], "<i8"),
      "labels/nuclei/0/0.0": new Uint8Array(BigInt64Array.from([0n, 3n, 3n, 70_000n, 0n, 0n]).buffer),
      "labels/small/.zattrs": image(yx),
      "labels/small/0/.zarray": raw([1, 1]),
      "labels/small/0/0.0": bytes(1),
    });
    const { channels, labels, notes } = await readOmeZarr(store);
    expect(channels).toEqual([{ name: "DAPI", role: "nuclear" }, { name: "7" }]);
    expect(labels.map(({ name, image: read }) => [name, read.dtype, [...read.data]])).toEqual([
      ["nuclei", "int32", [0, 3, 3, 70_000, 0, 0]],
    ]);
    expect([...labels[0]!.properties]).toEqual([[3, { class: "mitotic" }]]);
    expect(notes).toEqual(['The label image "small" has another size than its image and was left out.']);
  });

  test("plates and collections are listed; wells that were never imaged are left out", async () => {
    const field = image([space("y"), space("x")]);
    const plate = storeOf({
      ".zattrs": { plate: { name: "P1", wells: [{ path: "A/1" }, { path: "A/2" }, { path: "B/1" }] } },
      "A/1/.zattrs": { well: { images: [{ path: "0" }, { path: "1" }] } },
      "B/1/.zattrs": { well: { images: [{ path: "0" }] } },
      "A/1/0/.zattrs": field,
    });
    expect(await listOmeZarr(plate)).toEqual({
      kind: "plate",
      name: "P1",
      images: [
        { path: "A/1/0", well: "A/1" },
        { path: "A/1/1", well: "A/1" },
        { path: "B/1/0", well: "B/1" },
      ],
    });
    const numbered = storeOf({
      ".zattrs": { "bioformats2raw.layout": 3 },
      "0/.zattrs": field,
      "1/.zattrs": field,
    });
    expect((await listOmeZarr(numbered)).images.map(({ path }) => path)).toEqual(["0", "1"]);
  });

  test("chunks that do not exist are noted", async () => {
    const store = storeOf({
      ".zattrs": image([space("y"), space("x")]),
      "0/.zarray": raw([2, 4], "|u1", [2, 2]),
      "0/0.0": bytes(4, 1),
    });
    const { image: read, notes } = await readOmeZarr(store);
    expect([...read.data]).toEqual([1, 2, 0, 0, 3, 4, 0, 0]);
    expect(notes).toEqual(["One chunk does not exist and counts as empty; was everything copied?"]);
  });
});

describe("hostile or damaged hierarchies are refused with a place", () => {
  const yx = image([space("y"), space("x")]);
  const v3 = (extra: object) => ({
    zarr_format: 3,
    node_type: "array",
    shape: [4, 4],
    data_type: "uint8",
    fill_value: 0,
    chunk_grid: { name: "regular", configuration: { chunk_shape: [4, 4] } },
    chunk_key_encoding: { name: "default" },
    codecs: [{ name: "bytes" }],
    attributes: {},
    ...extra,
  });
  const group = { zarr_format: 3, node_type: "group", attributes: { ome: { version: "0.5", ...yx } } };
  test.each<[string, Record<string, unknown>, string, RegExp]>([
    ["nothing", {}, "format.zarr", /no Zarr group/],
    ["no JSON", { ".zattrs": Uint8Array.of(1, 2) }, "format.zarr", /\.zattrs: it is not JSON/],
    [
      "a path that leads out",
      { ".zattrs": { multiscales: [{ datasets: [{ path: "../../x" }] }] } },
      "format.zarr",
      /outside itself/,
    ],
    ["an array that is not there", { ".zattrs": yx }, "format.zarr", /, 0: there is no array/],
    [
      "more dimensions than axes",
      { ".zattrs": yx, "0/.zarray": raw([1, 2, 2]) },
      "format.zarr",
      /3 dimensions, its metadata tell of 2/,
    ],
    [
      "a giant array",
      { ".zattrs": yx, "0/.zarray": raw([1e6, 1e6], "|u1", [100, 100]) },
      "limit.pixels",
      /1000000000000 values/,
    ],
    ["a giant chunk", { ".zattrs": yx, "0/.zarray": raw([1e6, 1e6]) }, "format.zarr", /chunks hold/],
    [
      "a million chunks",
      { ".zattrs": yx, "0/.zarray": raw([1000, 1000], "|u1", [1, 1]) },
      "format.zarr",
      /takes 1000000 chunks/,
    ],
    ["negative sizes", { ".zattrs": yx, "0/.zarray": raw([-1, 2]) }, "format.zarr", /make no sense/],
    [
      "a short chunk",
      { ".zattrs": yx, "0/.zarray": raw([2, 2]), "0/0.0": bytes(3) },
      "format.zarr",
      /chunk 0\/0: it (holds 3 of 4|cannot be read)/,
    ],
    [
      "complex numbers",
      { ".zattrs": yx, "0/.zarray": raw([2, 2], "<c8") },
      "format.zarr",
      /cannot be read|type/,
    ],
    [
      "an unknown codec",
      {
        "zarr.json": group,
        "0/zarr.json": v3({ codecs: [{ name: "bytes" }, { name: "magic" }] }),
        "0/c/0/0": bytes(16),
      },
      "format.zarr",
      /magic/,
    ],
    [
      "not gzip",
      {
        "zarr.json": group,
        "0/zarr.json": v3({ codecs: [{ name: "bytes" }, { name: "gzip" }] }),
        "0/c/0/0": bytes(40),
      },
      "format.zarr",
      /no gzip header/,
    ],
    [
      "Blosc that announces gigabytes",
      {
        ".zattrs": yx,
        "0/.zarray": { ...raw([2, 2]), compressor: { id: "blosc" } },
        "0/0.0": new Uint8Array(32).fill(0x7f),
      },
      "format.zarr",
      /more than the metadata announce/,
    ],
    [
      "LZ4 that announces gigabytes",
      {
        ".zattrs": yx,
        "0/.zarray": { ...raw([2, 2]), compressor: { id: "lz4" } },
        "0/0.0": new Uint8Array(32).fill(0x7f),
      },
      "format.zarr",
      /more than the metadata announce/,
    ],
    [
      "labels with fractions",
      {
        ".zattrs": yx,
        "0/.zarray": raw([1, 1]),
        "0/0.0": bytes(1),
        "labels/.zattrs": { labels: ["a"] },
        "labels/a/.zattrs": yx,
        "labels/a/0/.zarray": raw([1, 1], "<f4"),
        "labels/a/0/0.0": new Uint8Array(Float32Array.of(1.5).buffer),
      },
      "format.zarr",
      /1\.5 at position 0 is no label/,
    ],
  ])("%s", async (_, keys, code, message) => {
    const error = await refusal(async () => {
      const store = storeOf(keys);
      await listOmeZarr(store);
      return readOmeZarr(store);
    });
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
    expect(error.message).toMatch(/^made\.zarr/);
    expect(error.message).not.toContain("cannot be understood");
  });
});

const corpus = join(sharedData, "formats-ome-tiff-zarr");

describe.skipIf(!existsSync(corpus))("public collections", () => {
  const fixtures = join(corpus, "zarrita/fixtures");
  /** What zarrita's own script wrote, by the name of the array. */
  const ramps: Readonly<Record<string, (count: number) => number[]>> = {
    "1d": (count) => Array.from({ length: count }, (_, i) => i + 1),
    "2d": (count) => Array.from({ length: count }, (_, i) => i + 1),
    "3d": (count) => Array.from({ length: count }, (_, i) => i),
  };
  const special: Readonly<Record<string, readonly (number | string)[]>> = {
    b1: [1, 0, 1, 0],
    u1: [255, 0, 255, 0],
    f8: [1.5, 2.5, 3.5, 4.5],
    f4: [-1000.5, 0, 1000.5, 0],
    f2: [-1000.5, 0, 1000.5, 0],
    "bitround.f4": [1.125, 2.25, 3.25, 4.5],
    "delta.shuffle": [10, 20, 30, 40],
    "fixedscaleoffset.f4": [1000, 1000.1, 1000.2, 1000.3],
    "1d.chunked.filled": [1, 2, 0, 0],
    "2d.chunked.compressed.sharded.filled": Array.from({ length: 16 }, (_, i) => i),
  };

  test("each of zarrita's 74 arrays, all codecs and shards, holds the numbers its script wrote", async () => {
    let read = 0;
    for (const version of ["v2", "v3"]) {
      const base = join(fixtures, version, "data.zarr");
      for (const name of readdirSync(base)) {
        const store = folder(join(base, name));
        const isArray =
          (await store.get(".zarray")) !== undefined || (await store.get("zarr.json")) !== undefined;
        if (!isArray || /group|consolidated/.test(name)) continue;
        const array = await openZarrArray(store, "");
        const { shape } = array.facts;
        if (array.dtype === "text") {
          const words = await array.readText(defaultReadLimits);
          expect(words.length, name).toBe(shape.reduce((a, b) => a * b, 1));
          expect(new Set(words).size, name).toBeGreaterThan(1);
        } else {
          const data = await array.read({ start: shape.map(() => 0), size: shape }, defaultReadLimits);
          const keys = Object.keys(special).filter((key) => name.includes(key));
          const longest = keys.toSorted((a, b) => b.length - a.length)[0];
          const expected = longest === undefined ? ramps[name.slice(0, 2)]!(data.length) : special[longest]!;
          expect(
            [...data].map((value) => Math.round(value * 1000) / 1000),
            `${version} ${name}`,
          ).toEqual(expected);
        }
        read++;
      }
    }
    expect(read).toBe(74);
  });

  test("a flipped bit in a shard's index or content is noticed", async () => {
    const base = join(fixtures, "v3/data.zarr/2d.chunked.compressed.sharded.i2");
    const good = folder(base);
    const array = await openZarrArray(good, "");
    const box = { start: [0, 0], size: array.facts.shape };
    const key = readdirSync(base, { recursive: true, encoding: "utf8" }).find((path) =>
      /^c\/\d+\/\d+$/.test(path),
    )!;
    const shard = (await good.get(key))!;
    for (let at = 0; at < shard.length; at += 3) {
      const bent = shard.slice();
      bent[at]! ^= 4;
      const store = { ...good, get: async (asked: string) => (asked === key ? bent : good.get(asked)) };
      const opened = await openZarrArray(store, "");
      try {
        // Content without a checksum of its own may decode to other numbers; the index may not.
        const data = await opened.read(box, defaultReadLimits);
        expect(at, `byte ${at} of ${shard.length}`).toBeLessThan(shard.length - 68);
        expect(data.length).toBe(16);
      } catch (error) {
        expect(error).toHaveProperty("code", "format.zarr");
      }
    }
  });

  test("every OME-Zarr image is read", async () => {
    const found: string[] = [];
    const walk = (path: string): void => {
      for (const entry of readdirSync(path, { withFileTypes: true })) {
        if (!entry.isDirectory() || entry.name === "zarrita") continue;
        if (entry.name.endsWith(".zarr")) found.push(join(path, entry.name));
        else walk(join(path, entry.name));
      }
    };
    walk(corpus);
    expect(found.length).toBe(16);
    for (const path of found) {
      const store = folder(path);
      for (const entry of (await listOmeZarr(store)).images) {
        const { image: read } = await readOmeZarr(store, { path: entry.path });
        expect(read.data.length, path).toBe(read.shape.reduce((a, b) => a * b, 1));
      }
    }
  });

  test("the same image as TIFF and as Zarr, and as 0.4 and 0.5, has the same pixels", async () => {
    const viv = join(corpus, "viv/packages/loaders/tests/fixtures");
    const tiff = await readImage(new Uint8Array(readFileSync(join(viv, "multi-channel.ome.tif"))), {
      name: "a.ome.tif",
    });
    const zarr = await readOmeZarr(folder(join(viv, "bioformats-zarr/data.zarr")), { path: "0" });
    expect(zarr.image).toEqual(tiff.image);
    const [old, recent] = await Promise.all(
      ["v04", "v05"].map((version) =>
        readOmeZarr(folder(join(viv, `ome-zarr/blobs_image_${version}.ome.zarr`))),
      ),
    );
    expect(old!.image).toEqual(recent!.image);
    // Digest of the little-endian values, so that both cannot drift together.
    const digest = createHash("sha256").update(new Uint8Array(old!.image.data.buffer)).digest("hex");
    expect(digest.slice(0, 16)).toMatchInlineSnapshot(`"ca260c9adb5101ab"`);
  });
});
