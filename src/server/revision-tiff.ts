/** The label image of a revision of a large image as tiled TIFF, drawn from shapes band by band. */

import type { ImageDetail } from "#api/index.ts";
import { drawLabelsAtStep } from "#core/labels/index.ts";
import { createLabelRowsWriter, type LabelTiffOptions } from "#formats/index.ts";
import { revisionObjects, type Store } from "#store/index.ts";

/** Rows drawn at once: a row of the file's tiles. */
const bandRows = 512;

/**
 * First frame and focal plane, as `writeLabelTiff` of the whole label image gives it to readers.
 *
 * @throws as `revisionObjects`. Memory: the file, which for labels is a hundredth of its pixels, and a band.
 */
export async function largeLabelTiff(
  store: Store,
  revisionId: string,
  { height, width }: Pick<ImageDetail, "height" | "width">,
  options: LabelTiffOptions,
): Promise<Uint8Array> {
  const objects = (await revisionObjects(store, revisionId)).filter(
    ({ shape }) => shape.t === 0 && shape.z === 0,
  );
  const pieces = new Map<number, Uint8Array>();
  const sink = {
    // The header comes twice: the second one points at the directory.
    write: async (at: number, bytes: Uint8Array): Promise<void> => {
      pieces.set(at, bytes.slice());
    },
  };
  const writer = createLabelRowsWriter(sink, { ...options, height, width });
  for (let y0 = 0; y0 < height; y0 += bandRows)
    await writer.add(drawLabelsAtStep(objects, [y0, 0, Math.min(height, y0 + bandRows), width], 1));
  const file = new Uint8Array(await writer.finish());
  for (const [at, bytes] of pieces) file.set(bytes, at);
  return file;
}
