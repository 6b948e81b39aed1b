import { expect, test } from "vitest";
import { imageArray, labelImage } from "#core/array/index.ts";
import { fixture, refusal } from "../fixtures/fixtures.ts";
import { writeImageTiff } from "../pixels/tiff/write-image-tiff.ts";
import { writeLabelTiff } from "../pixels/tiff/write-label-tiff.ts";
import { writeOmeZarr } from "../pixels/zarr/write-ome-zarr.ts";
import type { ImportFiles, StreamedItem } from "./layout.ts";
import { layoutNamed } from "./registry.ts";

function filesOf(content: Readonly<Record<string, Uint8Array>>): ImportFiles {
  const files = new Map(Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1)));
  const read = async (path: string) => files.get(path) as Uint8Array;
  return {
    title: "made",
    entries: [...files].map(([path, bytes]) => ({ path, size: bytes.length })),
    read,
    readRange: async (path, from, to) => (await read(path)).slice(from, to),
  };
}

/** The first item of a layout in rows, with images above so many values too large to be read whole. */
async function streamFirst(
  format: string,
  files: ImportFiles,
  wholeValuesMax: number,
): Promise<StreamedItem | null> {
  const layout = layoutNamed(format);
  const plan = await layout.plan(files);
  const item = plan?.items[0];
  if (item === undefined) throw new Error("nothing was planned");
  return (await layout.open(files, { wholeValuesMax }).stream?.(item, true)) ?? null;
}

const image = imageArray(
  "uint8",
  "yx",
  [50, 40],
  Uint8Array.from({ length: 2_000 }, (_, i) => (i * 37) % 256),
);

async function zarrFiles(leaveOut: (key: string) => boolean): Promise<ImportFiles> {
  const files: Record<string, Uint8Array> = {};
  for await (const [key, bytes] of writeOmeZarr(image, [], { name: "z" }))
    if (!leaveOut(key)) files[`z.ome.zarr/${key}`] = bytes;
  return filesOf(files);
}

test("an image at the border is read whole, one above it in rows", async () => {
  const files = filesOf({ "a.tif": writeImageTiff(image) });
  expect(await streamFirst("images", files, 2_000)).toBeNull();
  expect((await streamFirst("images", files, 1_999))?.image.form).toEqual({
    dtype: "uint8",
    axes: "yx",
    shape: [50, 40],
  });
  const zarr = await zarrFiles(() => false);
  expect(await streamFirst("ome-zarr", zarr, 2_000)).toBeNull();
  expect((await streamFirst("ome-zarr", zarr, 1_999))?.image.form.shape).toEqual([50, 40]);
});

test("reading a large TIFF whole is refused by size before its pixels are decoded", async () => {
  const files = filesOf({ "a.tif": writeImageTiff(image) });
  const layout = layoutNamed("images");
  const item = (await layout.plan(files))?.items[0];
  const { code } = await refusal(() => layout.open(files, { wholeValuesMax: 1_999 }).read(item as never));
  expect(code).toBe("limit.pixels");
});

test("absent chunks are told when all bands have come", async () => {
  const streamed = await streamFirst("ome-zarr", await zarrFiles((key) => key === "0/c/0/0"), 1_999);
  let rows = 0;
  for await (const band of streamed?.image.bands() ?? []) {
    rows += band.rows;
    expect(band.data.every((value) => value === 0)).toBe(true);
  }
  expect([rows, streamed?.image.lateNotes?.()]).toEqual([
    50,
    ["One chunk does not exist and counts as empty; was everything copied?"],
  ]);
});

test("a hierarchy of a few bytes that announces gigabytes is refused", async () => {
  const huge = await zarrFiles((key) => key.includes("c/"));
  const metadata = new TextDecoder().decode(await huge.read("z.ome.zarr/0/zarr.json"));
  const read = huge.read;
  const bytes = new TextEncoder().encode(metadata.replace("[50,40]", "[40000,40000]"));
  const files: ImportFiles = {
    ...huge,
    entries: huge.entries.map((entry) =>
      entry.path.endsWith("/0/zarr.json") ? { ...entry, size: bytes.length } : entry,
    ),
    read: async (path) => (path.endsWith("/0/zarr.json") ? bytes : read(path)),
    readRange: async (path, from, to) =>
      (path.endsWith("/0/zarr.json") ? bytes : await read(path)).slice(from, to),
  };
  const { code, message } = await refusal(() => streamFirst("ome-zarr", files, 1_999));
  expect(code).toBe("limit.bytes");
  expect(message).toContain("would become an image of 1600000000 bytes");
});

test("labels beside a large image: shapes of the whole label image; another size is refused", async () => {
  const labels = labelImage(50, 40);
  for (const [label, y, x] of [
    [3, 2, 2],
    [7, 20, 30],
  ] as const)
    for (let dy = 0; dy < 9; dy++) for (let dx = 0; dx < 6; dx++) labels.data[(y + dy) * 40 + x + dx] = label;
  const content = { "a.tif": writeImageTiff(image), "a_masks.tif": writeLabelTiff(labels) };
  const item = await streamFirst("pairs", filesOf(content), 1_999);
  expect(item?.layers[0]?.objects.map(({ label, shape }) => [label, shape.bbox])).toEqual([
    [3, [2, 2, 11, 8]],
    [7, [20, 30, 29, 36]],
  ]);
  const small = { ...content, "a_masks.tif": writeLabelTiff(labelImage(40, 50)) };
  expect((await refusal(() => streamFirst("pairs", filesOf(small), 1_999))).code).toBe("format.pair");
});

test("a photograph in rows keeps its three colours", async () => {
  const files = filesOf({ "rgb.tif": fixture("pil-packbits-RGB.tif") });
  const item = await streamFirst("images", files, 10);
  expect(item?.image.channels.map(({ name }) => name)).toEqual(["red", "green", "blue"]);
});
