import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type ArrayForm, typedArray } from "#core/array/index.ts";
import { sourceOfBytes } from "../../byte-source.ts";
import { fixture, sharedData } from "../../fixtures/fixtures.ts";
import { readImage } from "../../read-image.ts";
import type { StreamedImage } from "../../streamed-image.ts";
import { streamTiff } from "./stream-tiff.ts";

/** The image put together from its bands; each row of each plane must come once. */
async function assembled({ form, bands }: StreamedImage) {
  const [height, width] = form.shape.slice(-2) as [number, number];
  const planes = form.shape.slice(0, -2).reduce((product, side) => product * side, 1);
  const data = typedArray(form.dtype, planes * height * width);
  const seen = new Set<string>();
  for await (const band of bands()) {
    expect(band.data.length).toBe(band.rows * width);
    for (let y = band.y0; y < band.y0 + band.rows; y++) {
      expect(seen.has(`${band.plane} ${y}`)).toBe(false);
      seen.add(`${band.plane} ${y}`);
    }
    data.set(band.data as never, (band.plane * height + band.y0) * width);
  }
  expect(seen.size).toBe(planes * height);
  return data;
}

const names = [
  "tiled-deflate-predictor.tif",
  "strips-float.tif",
  "tiled-planar-big.tif",
  "pil-tiff_lzw-I16.tif",
  "pil-packbits-RGB.tif",
  "jpeg-grey.tif",
  "runs-group4.tif",
  "imagej-tzcyx.tif",
  "ome-tczyx.ome.tif",
];

test.each(names)("%s in bands is the image read whole", async (name) => {
  const bytes = fixture(name);
  const whole = await readImage(bytes, { name });
  const streamed = await streamTiff(sourceOfBytes(bytes, name));
  const { image, ...facts } = whole;
  const form: ArrayForm = { dtype: image.dtype, axes: image.axes, shape: image.shape };
  const { form: found, bands: _, ...streamedFacts } = streamed;
  expect(found).toEqual(form);
  expect(streamedFacts).toEqual(facts);
  expect(await assembled(streamed)).toEqual(image.data);
});

const collection = join(sharedData, "formats-ome-tiff-zarr", "image-tiff");

test.runIf(existsSync(collection))("files of other programs in bands are the images read whole", async () => {
  let compared = 0;
  for (const name of readdirSync(collection, { recursive: true, encoding: "utf8" }).sort()) {
    if (!/\.tiff?$/i.test(name)) continue;
    const bytes = new Uint8Array(readFileSync(join(collection, name)));
    const whole = await readImage(bytes, { name }).catch(() => null);
    if (whole === null) continue;
    const streamed = await streamTiff(sourceOfBytes(bytes, name));
    // Red, green and blue that are equal everywhere are one channel only to the reader that sees them all.
    if (streamed.form.shape.length !== whole.image.shape.length) continue;
    expect([name, streamed.form]).toEqual([
      name,
      { dtype: whole.image.dtype, axes: whole.image.axes, shape: whole.image.shape },
    ]);
    expect([name, streamed.channels, streamed.mpp]).toEqual([name, whole.channels, whole.mpp]);
    expect(await assembled(streamed)).toEqual(whole.image.data);
    compared++;
  }
  expect(compared).toBeGreaterThan(20);
});
