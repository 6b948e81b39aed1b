/** An OME-Zarr image in bands of rows, whole chunks at a time. */
import { type ArrayForm, isLargeArray } from "#core/array/index.ts";
import { type Band, bandRows, type StreamedImage } from "../../streamed-image.ts";
import { describeOmeZarr, missingNote, type OmeZarrFacts, readOmeZarrRegion } from "./read-ome-zarr.ts";
import type { ZarrStore } from "./zarr-store.ts";

/**
 * @param wholeValuesMax  of an image that is read whole. @returns `null` for one that is.
 * @throws FoundryError `format.zarr`.
 */
export async function streamOmeZarr(
  store: ZarrStore,
  path: string,
  wholeValuesMax?: number,
): Promise<StreamedImage | null> {
  const facts = await describeOmeZarr(store, { path });
  const form = formOf(facts);
  if (!isLargeArray(form, wholeValuesMax)) return null;
  const { channels, mpp, metadata } = facts;
  let missing = 0;
  return {
    form,
    channels,
    mpp,
    mppSource: mpp === null ? null : "ome",
    metadata,
    notes: [],
    bands: () => bandsOf(store, path, facts, (chunks) => (missing += chunks)),
    lateNotes: () => missingNote(missing),
  };
}

function formOf({ dtype, ...sizes }: OmeZarrFacts): ArrayForm {
  const leading = (["t", "c", "z"] as const).filter((axis) => sizes[axis] > 1);
  return {
    dtype,
    axes: `${leading.join("")}yx`,
    shape: [...leading.map((axis) => sizes[axis]), sizes.height, sizes.width],
  };
}

async function* bandsOf(
  store: ZarrStore,
  path: string,
  { t, c, z, height, width, chunkHeight }: OmeZarrFacts,
  onMissing: (chunks: number) => void,
): AsyncGenerator<Band> {
  const step = bandRows(Math.min(chunkHeight, height), width);
  const planes = t * c * z;
  for (let plane = 0; plane < planes; plane++) {
    const at = { t: Math.floor(plane / (c * z)), c: Math.floor(plane / z) % c, z: plane % z };
    for (let y0 = 0; y0 < height; y0 += step) {
      const rows = Math.min(step, height - y0);
      const { data } = await readOmeZarrRegion(
        store,
        { ...at, y0, x0: 0, height: rows, width },
        { path, onMissing },
      );
      yield { plane, y0, rows, data };
    }
  }
}
