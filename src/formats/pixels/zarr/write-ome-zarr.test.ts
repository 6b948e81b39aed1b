import { expect, test } from "vitest";
import * as zarr from "zarrita";
import { type ImageArray, labelImage } from "#core/array/index.ts";
import { readOmeZarr, readOmeZarrRegion } from "./read-ome-zarr.ts";
import { writeOmeZarr } from "./write-ome-zarr.ts";
import { zarrStoreOfKeys } from "./zarr-store.ts";

const image: ImageArray = {
  dtype: "uint16",
  axes: "tcyx",
  shape: [2, 2, 600, 34],
  data: Uint16Array.from({ length: 4 * 600 * 34 }, (_, i) => (i * 7) % 65_521),
};
const tracked: ImageArray = {
  dtype: "int32",
  axes: "tyx",
  shape: [2, 600, 34],
  data: Int32Array.from({ length: 2 * 600 * 34 }, (_, i) => ((i / 500) | 0) % 90),
};
const options = {
  name: "plate 3",
  channels: [{ name: "DAPI", role: "nuclear" as const }, { name: "PH" }],
  mpp: { y: 0.5, x: 0.65 },
  frameIntervalS: 300,
};

async function written(...args: Parameters<typeof writeOmeZarr>) {
  const files = new Map<string, Uint8Array>();
  for await (const [key, bytes] of writeOmeZarr(...args)) {
    expect(files.has(key), key).toBe(false);
    files.set(key, bytes);
  }
  return files;
}

test("image, labels, colours and properties come back; zarrita alone reads the same numbers", async () => {
  const files = await written(
    image,
    [
      {
        name: "nuclear",
        labels: tracked,
        colours: new Map([[3, [255, 0, 0, 255]]]),
        properties: new Map([[3, { class: "mitotic", track: 7 }]]),
      },
      { name: "wholeCell", labels: tracked },
    ],
    options,
  );
  const read = await readOmeZarr(zarrStoreOfKeys(files, "a.zarr"));
  expect(read.image).toEqual(image);
  expect([read.mpp, read.channels, read.metadata, read.notes]).toEqual([
    options.mpp,
    options.channels,
    { frameIntervalS: "300", imageName: "plate 3" },
    [],
  ]);
  expect(read.labels.map(({ name, image: labels }) => [name, labels])).toEqual([
    ["nuclear", tracked],
    ["wholeCell", tracked],
  ]);
  expect([...read.labels[0]!.properties]).toEqual([[3, { class: "mitotic", track: 7 }]]);
  // The independent way: no code of ours between files and numbers.
  const store = { get: async (key: `/${string}`) => files.get(key.slice(1)) };
  const level = await zarr.open.v3(zarr.root(store).resolve("labels/nuclear/0"), { kind: "array" });
  expect([...((await zarr.get(level)).data as Int32Array)]).toEqual([...tracked.data]);
  const group = await zarr.open.v3(zarr.root(store).resolve("labels/nuclear"), { kind: "group" });
  expect(group.attrs["ome"]).toMatchObject({
    version: "0.5",
    "image-label": {
      colors: [{ "label-value": 3, rgba: [255, 0, 0, 255] }],
      properties: [{ "label-value": 3, class: "mitotic", track: 7 }],
      source: { image: "../../" },
    },
  });
  const plain = await zarr.open.v3(zarr.root(store).resolve("labels/wholeCell"), { kind: "group" });
  expect((plain.attrs["ome"] as { "image-label": object })["image-label"]).not.toHaveProperty("colors");
});

test("labels have as many levels as the image, dimension names on every array", async () => {
  const small = labelImage(600, 34, tracked.data.slice(0, 600 * 34));
  const plane: ImageArray = {
    dtype: "uint8",
    axes: "yx",
    shape: [600, 34],
    data: new Uint8Array(600 * 34),
  };
  const files = await written(plane, [{ name: "nuclear", labels: small }], { name: "a" });
  const arrays = [...files.keys()].filter((key) => /\d\/zarr\.json$/.test(key));
  expect(arrays).toEqual([
    "0/zarr.json",
    "1/zarr.json",
    "labels/nuclear/0/zarr.json",
    "labels/nuclear/1/zarr.json",
  ]);
  for (const key of arrays)
    expect(JSON.parse(new TextDecoder().decode(files.get(key))).dimension_names).toEqual(["y", "x"]);
  const region = await readOmeZarrRegion(
    zarrStoreOfKeys(files, "a"),
    { y0: 100, x0: 5, height: 2, width: 3 },
    { path: "labels/nuclear", level: 1 },
  );
  // Level 1 keeps the upper left pixel of each 2 x 2 block.
  const expected = [100, 101].flatMap((y) => [5, 6, 7].map((x) => small.data[2 * y * 34 + 2 * x]!));
  expect([...region.data]).toEqual(expected);
});

test("a region touches only its chunks", async () => {
  const files = await written(image, [], options);
  const asked: string[] = [];
  const store = {
    name: "a",
    get: async (key: string) => {
      asked.push(key);
      return files.get(key);
    },
  };
  const region = await readOmeZarrRegion(store, { t: 1, c: 0, y0: 590, x0: 24, height: 100, width: 100 });
  expect([region.axes, region.shape]).toEqual(["yx", [10, 10]]);
  expect(region.data[0]).toBe(image.data[(2 * 600 + 590) * 34 + 24]);
  expect(asked.filter((key) => key.includes("/c/"))).toEqual(["0/c/1/0/1/0"]);
});
