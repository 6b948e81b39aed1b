import { expect, test } from "vitest";
import * as zarr from "zarrita";
import { type ImageArray, labelImage } from "#core/array/index.ts";
import { omeZarrImage, omeZarrLabels, omeZarrLabelsList } from "./ome-zarr.ts";
import type { ZarrKeys } from "./zarr-array.ts";

/** The store as an outside client sees it: keys with a leading slash. */
const client = (store: ZarrKeys) => ({ get: async (key: `/${string}`) => store.get(key.slice(1)) });

async function readLevel(store: ZarrKeys, level: number) {
  const array = await zarr.open.v3(zarr.root(client(store)).resolve(String(level)), { kind: "array" });
  const { data, shape } = await zarr.get(array);
  return { data: [...(data as Uint16Array)], shape, dtype: array.dtype };
}

const ramp = (length: number) => Uint16Array.from({ length }, (_, i) => (i * 7) % 65_521);
const image: ImageArray = { dtype: "uint16", axes: "cyx", shape: [2, 700, 530], data: ramp(2 * 700 * 530) };

test("zarrita reads every level of an image, and the pixels are the image's", async () => {
  const store = omeZarrImage(image, {
    name: "a",
    mpp: { y: 0.5, x: 0.65 },
    channels: [{ name: "DAPI" }, { name: "" }],
  });
  const full = await readLevel(store, 0);
  expect([full.shape, full.dtype]).toEqual([[2, 700, 530], "uint16"]);
  expect(full.data).toEqual([...image.data]);
  const half = await readLevel(store, 1);
  expect(half.shape).toEqual([2, 350, 265]);
  // Means by hand, channel 1, pixel (10, 20): the 2 x 2 block at (20, 40).
  const at = (y: number, x: number) => image.data[(700 + y) * 530 + x]!;
  expect(half.data[(350 + 10) * 265 + 20]).toBe(
    Math.round((at(20, 40) + at(20, 41) + at(21, 40) + at(21, 41)) / 4),
  );
});

test("metadata say what OME-Zarr 0.5 asks for", async () => {
  const store = omeZarrImage(image, {
    name: "a",
    mpp: { y: 0.5, x: 0.65 },
    channels: [{ name: "DAPI" }, { name: "" }],
  });
  const group = await zarr.open.v3(zarr.root(client(store)), { kind: "group" });
  const { multiscales, version, omero } = group.attrs["ome"] as never as Record<string, never>;
  expect(version).toBe("0.5");
  expect(multiscales).toEqual([
    {
      name: "a",
      axes: [
        { name: "c", type: "channel" },
        { name: "y", type: "space", unit: "micrometer" },
        { name: "x", type: "space", unit: "micrometer" },
      ],
      datasets: [
        { path: "0", coordinateTransformations: [{ type: "scale", scale: [1, 0.5, 0.65] }] },
        {
          path: "1",
          coordinateTransformations: [
            { type: "scale", scale: [1, 1, 1.3] },
            { type: "translation", translation: [0, 0.25, 0.325] },
          ],
        },
      ],
    },
  ]);
  expect((omero as { channels: { label: string }[] }).channels.map((c) => c.label)).toEqual([
    "DAPI",
    "channel 1",
  ]);
});

test("label pyramids hold only labels that exist; odd sizes keep their last row and column", async () => {
  const labels = labelImage(3, 5, [0, 9, 9, 7, 7, 0, 9, 9, 7, 7, 4, 4, 4, 4, 3]);
  const store = omeZarrLabels(labels, { name: "nuclei", levels: 3 });
  expect((await readLevel(store, 0)).data).toEqual([...labels.data]);
  expect(await readLevel(store, 1)).toEqual({ data: [0, 9, 7, 4, 4, 3], shape: [2, 3], dtype: "int32" });
  expect((await readLevel(store, 2)).data).toEqual([0, 7]);
  const group = await zarr.open.v3(zarr.root(client(store)), { kind: "group" });
  expect(group.attrs["ome"]).toMatchObject({ "image-label": { source: { image: "../../" } } });
  expect(JSON.parse(new TextDecoder().decode(omeZarrLabelsList(["nuclei"]))).attributes.ome.labels).toEqual([
    "nuclei",
  ]);
});

test("all axes and all types survive", async () => {
  const shape = [2, 2, 3, 4, 5];
  for (const data of [Uint8Array, Int8Array, Int16Array, Uint32Array, Float32Array, Float64Array]) {
    const values = new data(
      Array.from({ length: 240 }, (_, i) => (i % 100) - (data.name.startsWith("U") ? 0 : 50)),
    );
    const dtype = data.name.replace("Array", "").toLowerCase() as "uint8";
    const store = omeZarrImage({ dtype, axes: "tczyx", shape, data: values as Uint8Array }, { name: "a" });
    const read = await readLevel(store, 0);
    expect([read.dtype, read.shape, read.data]).toEqual([dtype, shape, [...values]]);
  }
});

test("rendering twice gives the same bytes for every key; other keys do not exist", () => {
  const [a, b] = [omeZarrImage(image, { name: "a" }), omeZarrImage(image, { name: "a" })];
  expect(a.keys()).toEqual(b.keys());
  // Group, 2 arrays, and their chunks: 2 channels x 2 x 2 at full size, 2 x 1 x 1 at half size.
  expect(a.keys().length).toBe(1 + 2 + 8 + 2);
  for (const key of a.keys()) expect(a.get(key), key).toEqual(b.get(key));
  for (const key of [
    "",
    "0",
    "2/zarr.json",
    "0/c/2/0/0",
    "0/c/0/0/2",
    "0/c/0/0",
    "0/c/-1/0/0",
    "00/zarr.json",
    "../zarr.json",
    "0/c/0/0/00",
  ]) {
    expect(a.get(key), key).toBeUndefined();
  }
});
