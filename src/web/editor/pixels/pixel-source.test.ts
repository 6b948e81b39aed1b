import { expect, test } from "vitest";
import { openImage } from "./open-image.ts";
import { openPyramid } from "./pixel-source.ts";
import type { FetchBytes } from "./zarr-array.ts";

/** An image of 2 channels, 700 x 1100 uint8, value = (c * 100 + y + x) mod 251, and its half-size level. */
function files(axisNames: readonly string[] = ["c", "y", "x"]): FetchBytes {
  const json = (value: unknown): Uint8Array<ArrayBuffer> => new TextEncoder().encode(JSON.stringify(value));
  const array = (height: number, width: number) => ({
    zarr_format: 3,
    node_type: "array",
    shape: [2, height, width],
    data_type: "uint8",
    chunk_grid: { name: "regular", configuration: { chunk_shape: [1, 256, 256] } },
    chunk_key_encoding: { name: "default" },
    fill_value: 0,
    codecs: [{ name: "bytes" }],
  });
  const axes = axisNames.map((name) => ({ name }));
  const datasets = [{ path: "0" }, { path: "1" }];
  return async (key) => {
    if (key === "zarr.json") return json({ attributes: { ome: { multiscales: [{ axes, datasets }] } } });
    if (key === "0/zarr.json") return json(array(700, 1100));
    if (key === "1/zarr.json") return json(array(350, 550));
    const [level, , c, cy, cx] = key.split("/").map(Number) as [number, number, number, number, number];
    const step = level === 0 ? 1 : 2;
    const chunk = new Uint8Array(256 * 256);
    for (let i = 0; i < chunk.length; i++) {
      const [y, x] = [(cy * 256 + (i >> 8)) * step, (cx * 256 + (i & 255)) * step];
      chunk[i] = (c * 100 + y + x) % 251;
    }
    return chunk;
  };
}

test("tiles at the right and bottom edge are cut to the image, with the right values", async () => {
  const { levels, valueAt, axes } = await openPyramid(files());
  expect(axes).toEqual(["c", "y", "x"]);
  expect(levels.map((level) => level.shape)).toEqual([
    [2, 700, 1100],
    [2, 350, 550],
  ]);
  const tile = await levels[0]!.getTile({ x: 2, y: 1, selection: { c: 1 } });
  expect([tile.height, tile.width]).toEqual([700 - 512, 1100 - 1024]);
  expect(tile.data[3 * tile.width + 5]).toBe((100 + 515 + 1029) % 251);
  expect(valueAt({ c: 1 }, 515, 1029)).toBe((100 + 515 + 1029) % 251);
  expect(valueAt({ c: 0 }, 515, 1029)).toBeNull();
  const raster = await levels[1]!.getRaster({ selection: { c: 0 } });
  expect([raster.height, raster.width, raster.data[350 * 550 - 1]]).toEqual([350, 550, (698 + 1098) % 251]);
});

test("channels get names, colours and contrast; a channel the server did not name gets a number", async () => {
  const opened = await openImage(files(), [{ index: 0, name: "DAPI", role: "nuclear" }]);
  expect(opened.channels.map((channel) => channel.name)).toEqual(["DAPI", "Channel 2"]);
  const [low, high] = opened.channels[0]!.limits;
  // Values are nearly uniform on 0..250: the 1st and 99.8th percentile lie near 2 and 249.
  expect(Math.abs(low - 2)).toBeLessThanOrEqual(1.5);
  expect(Math.abs(high - 249)).toBeLessThanOrEqual(1.5);
  expect(opened.selections).toEqual([
    { t: 0, z: 0, c: 0 },
    { t: 0, z: 0, c: 1 },
  ]);
});

test("axes that nobody knows are named, not shown as something else", async () => {
  await expect(openPyramid(files(["q", "y", "x"]))).rejects.toThrow(
    /its axes are q, y, x, and only t, c, z, y, x/,
  );
  await expect(openPyramid(files(["c", "x", "y"]))).rejects.toThrow(/its axes are c, x, y/);
  await expect(openPyramid(files([]))).rejects.toThrow(/no OME-Zarr multiscale image/);
});
