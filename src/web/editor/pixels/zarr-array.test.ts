import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import * as zarr from "zarrita";
import { isFoundryError } from "#core/errors.ts";
import { decodeChunk, type FetchBytes, ZarrArray } from "./zarr-array.ts";
import { chunkKey, parseArrayMetadata, parseMultiscale } from "./zarr-metadata.ts";

/** Axes c y x, 2 x 5 x 7, in chunks of 1 x 4 x 4: both plane axes end inside a chunk. */
const document = {
  zarr_format: 3,
  node_type: "array",
  shape: [2, 5, 7],
  data_type: "uint16",
  chunk_grid: { name: "regular", configuration: { chunk_shape: [1, 4, 4] } },
  chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
  fill_value: 9,
  codecs: [
    { name: "bytes", configuration: { endian: "little" } },
    { name: "gzip", configuration: { level: 5 } },
  ],
};
const valueAt = (c: number, y: number, x: number): number => c * 10_000 + y * 100 + x;

function store(): Map<string, Uint8Array<ArrayBuffer>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  files.set("0/zarr.json", new TextEncoder().encode(JSON.stringify(document)));
  for (let c = 0; c < 2; c++) {
    for (let cy = 0; cy < 2; cy++) {
      for (let cx = 0; cx < 2; cx++) {
        const chunk = new Uint16Array(16);
        for (let i = 0; i < 16; i++) chunk[i] = valueAt(c, cy * 4 + (i >> 2), cx * 4 + (i & 3));
        files.set(`0/c/${c}/${cy}/${cx}`, new Uint8Array(gzipSync(new Uint8Array(chunk.buffer))));
      }
    }
  }
  return files;
}

const reader =
  (files: Map<string, Uint8Array<ArrayBuffer>>, asked: string[] = []): FetchBytes =>
  async (key) => {
    asked.push(key);
    return files.get(key) ?? null;
  };

describe("zarr array", () => {
  test("a region over four chunks has the values of the formula", async () => {
    const array = new ZarrArray("0", parseArrayMetadata(document), reader(store()));
    const region = await array.readRegion([1], { y0: 2, x0: 3, y1: 5, x1: 6 });
    const expected = [2, 3, 4].flatMap((y) => [3, 4, 5].map((x) => valueAt(1, y, x)));
    expect([...region]).toEqual(expected);
  });

  test("reads what zarrita reads", async () => {
    const files = store();
    const outside = await zarr.open.v3(
      zarr.root({ get: async (key: string) => files.get(key.slice(1)) } as zarr.Readable).resolve("0"),
      { kind: "array" },
    );
    const theirs = await zarr.get(outside, [0, null, null]);
    const array = new ZarrArray("0", parseArrayMetadata(document), reader(files));
    const ours = await array.readRegion([0], { y0: 0, x0: 0, y1: 5, x1: 7 });
    expect([...ours]).toEqual([...(theirs.data as Uint16Array)]);
  });

  test("a chunk is asked for once, and its values can be looked up then", async () => {
    const asked: string[] = [];
    const array = new ZarrArray("0", parseArrayMetadata(document), reader(store(), asked));
    expect(array.valueIfLoaded([0], 1, 1)).toBeNull();
    const box = { y0: 0, x0: 0, y1: 2, x1: 2 };
    await Promise.all([array.readRegion([0], box), array.readRegion([0], box)]);
    await array.readRegion([0], box);
    expect(asked).toEqual(["0/c/0/0/0"]);
    expect(array.valueIfLoaded([0], 1, 3)).toBe(valueAt(0, 1, 3));
    expect(array.valueIfLoaded([1], 1, 1)).toBeNull();
  });

  test("a missing chunk is fill value", async () => {
    const files = store();
    files.delete("0/c/0/0/0");
    const array = new ZarrArray("0", parseArrayMetadata(document), reader(files));
    expect([...(await array.readRegion([0], { y0: 3, x0: 3, y1: 5, x1: 5 }))]).toEqual([
      9,
      valueAt(0, 3, 4),
      valueAt(0, 4, 3),
      valueAt(0, 4, 4),
    ]);
  });

  test("planes inside one chunk are told apart", async () => {
    const facts = parseArrayMetadata({
      ...document,
      shape: [3, 2, 2],
      chunk_grid: { name: "regular", configuration: { chunk_shape: [2, 2, 2] } },
      codecs: document.codecs.slice(0, 1),
    });
    const bytes = new Uint8Array(Uint16Array.from([1, 2, 3, 4, 5, 6, 7, 8]).buffer);
    const array = new ZarrArray("0", facts, async () => bytes);
    expect([...(await array.readRegion([1], { y0: 0, x0: 0, y1: 2, x1: 2 }))]).toEqual([5, 6, 7, 8]);
    expect(array.valueIfLoaded([1], 1, 0)).toBe(7);
  });

  test("one flipped bit in a chunk is noticed", async () => {
    const stored = store().get("0/c/0/0/0") as Uint8Array<ArrayBuffer>;
    const flipped = stored.slice();
    const middle = flipped.length - 6; // inside the CRC and the data before it
    flipped[middle] = (flipped[middle] as number) ^ 1;
    const facts = parseArrayMetadata(document);
    await expect(decodeChunk(facts, flipped, "0/c/0/0/0")).rejects.toSatisfy((error) =>
      isFoundryError(error, "format.zarr"),
    );
    await expect(decodeChunk(facts, stored.slice(0, -9), "x")).rejects.toThrow("damaged");
  });

  test("a chunk that inflates to more than announced is refused", async () => {
    const bomb = new Uint8Array(gzipSync(new Uint8Array(1 << 20)));
    await expect(decodeChunk(parseArrayMetadata(document), bomb, "x")).rejects.toThrow("damaged");
  });
});

describe("metadata", () => {
  test("what is not understood is named", () => {
    expect(() => parseArrayMetadata({ ...document, data_type: "complex64" })).toThrow("complex64");
    expect(() => parseArrayMetadata({ ...document, zarr_format: 2 })).toThrow("version 3");
    const zstd = { ...document, codecs: [document.codecs[0], { name: "zstd" }] };
    expect(() => parseArrayMetadata(zstd)).toThrow("bytes, zstd");
    expect(() => parseArrayMetadata({ ...document, shape: [2, -5, 7] })).toThrow("shape");
    expect(() => parseArrayMetadata(null)).toThrow("version 3");
  });

  test("chunk keys in both encodings", () => {
    const facts = parseArrayMetadata(document);
    expect(chunkKey(facts, [1, 0, 2])).toBe("c/1/0/2");
    const v2 = parseArrayMetadata({ ...document, chunk_key_encoding: { name: "v2" } });
    expect(chunkKey(v2, [1, 0, 2])).toBe("1.0.2");
  });

  test("levels and axes of an OME-Zarr 0.5 group", () => {
    const group = {
      attributes: {
        ome: {
          version: "0.5",
          multiscales: [
            {
              axes: [{ name: "c" }, { name: "y" }, { name: "x" }],
              datasets: [{ path: "0" }, { path: "1" }],
            },
          ],
        },
      },
    };
    expect(parseMultiscale(group)).toEqual({ paths: ["0", "1"], axes: ["c", "y", "x"] });
    expect(() => parseMultiscale({})).toThrow("multiscale");
  });
});
