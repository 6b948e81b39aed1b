/** A movie in an OME-Zarr image, read one time point at a time at full size. */

import { FoundryError } from "#core/errors.ts";
import { describeOmeZarr, listOmeZarr, readOmeZarrRegion, zarrStoreOfFiles } from "#formats/index.ts";
import type { ImportSource } from "../ingest/source.ts";
import "../wasm-decoders.ts";
import { assertMovie, intervalOf, type Movie } from "./movie.ts";

/** Whether a folder is the root of a Zarr hierarchy. */
export function isZarr(source: ImportSource): boolean {
  return source.entries.some(({ path }) => /^(zarr\.json|\.zattrs|\.zgroup)$/.test(path));
}

/** @throws FoundryError `array.axes` without t, `format.zarr`, `request.invalid` for hierarchies of several images. */
export async function openZarrMovie(source: ImportSource, name: string): Promise<Movie> {
  const store = zarrStoreOfFiles(source, "", name);
  const { images } = await listOmeZarr(store);
  const [only, ...others] = images;
  if (only === undefined || others.length > 0)
    throw new FoundryError("request.invalid", {
      message: `"${name}" holds ${images.length} images.`,
      hint: `Name the folder of one of them, for example ${name}/${only?.path ?? "0"}.`,
    });
  const { path } = only;
  const facts = await describeOmeZarr(store, { path });
  assertMovie(name, facts);
  const { height, width } = facts;
  return {
    name,
    frameCount: facts.t,
    height,
    width,
    dtype: facts.dtype,
    channels: facts.channels,
    mpp: facts.mpp,
    frameIntervalS: intervalOf(facts.metadata),
    modality: undefined,
    sequence: null,
    numbers: Array.from({ length: facts.t }, (_, t) => t),
    notes: [],
    frameName: (t) => `frame ${t} of ${name}`,
    readFrame: (t) => readOmeZarrRegion(store, { t, z: 0, y0: 0, x0: 0, height, width }, { path }),
  };
}
