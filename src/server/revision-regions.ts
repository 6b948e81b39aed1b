/** The label image of a revision of a large image as OME-Zarr: each chunk is drawn from the shapes that lie in it. */

import type { ImageDetail } from "#api/index.ts";
import type { ArrayForm } from "#core/array/index.ts";
import { drawLabelsAtStep } from "#core/labels/index.ts";
import { levelForms, type OmeZarrLabelsOptions, omeZarrLabelsRegions } from "#formats/index.ts";
import { revisionObjects, type Store } from "#store/index.ts";
import type { OpenZarr } from "./open-zarr.ts";

/** What an object costs in memory beside its bits. */
const objectBytes = 300;

/** First frame and focal plane, as `renderRevision`. @throws as `revisionObjects`. Memory: the shapes. */
export async function openRevisionRegions(
  store: Store,
  revisionId: string,
  image: Pick<ImageDetail, "height" | "width">,
  options: OmeZarrLabelsOptions,
): Promise<OpenZarr> {
  const objects = (await revisionObjects(store, revisionId)).filter(
    ({ shape }) => shape.t === 0 && shape.z === 0,
  );
  const form: ArrayForm = { dtype: "int32", axes: "yx", shape: [image.height, image.width] };
  const source = {
    levels: levelForms(form),
    readBox: async (level: number, _plane: number, box: readonly [number, number, number, number]) =>
      drawLabelsAtStep(objects, box, 2 ** level).data,
  };
  const bytes = objects.reduce((sum, { shape }) => sum + shape.bits.length + objectBytes, 0);
  return { regions: omeZarrLabelsRegions(source, options), bytes };
}
