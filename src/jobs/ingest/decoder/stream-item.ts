/**
 * A large image on its way to the storing process: bands of rows into a file of the spool folder, labels as shapes.
 *
 * Memory holds a band; what one process may take stays what it is for images of ordinary size.
 */

import { join } from "node:path";
import { assertStorable } from "#core/array/index.ts";
import type { LayoutItem, StreamedItem } from "#formats/index.ts";
import { createArrayFile } from "#store/array-file.ts";
import { assertAxes, type EncodeOptions, encodeLayer } from "./encode-item.ts";
import type { DecodedItem } from "./protocol.ts";

/**
 * @param onBand  told of the bytes of each band: a sign of life.
 * @throws FoundryError of the reader; `limit.pixels` beyond what can be stored; `label.invalid`; `disk.full`, `disk.io`.
 */
export async function streamItem(
  item: LayoutItem,
  read: StreamedItem,
  options: EncodeOptions,
  onBand: (bytes: number) => void,
): Promise<Omit<DecodedItem, "files" | "touched">> {
  const { form, channels, mpp, mppSource, pagesGuess } = read.image;
  assertAxes(item, form.axes);
  assertStorable(form);
  const notes = [...read.image.notes, ...read.notes];
  const given = item.layers.length === 0 ? [] : read.layers;
  const layers = given.map((layer) => encodeLayer(layer, form, options, notes));
  const spooled = options.inspect ? null : await spoolBands(read, options.spool, onBand);
  return {
    axes: form.axes,
    shape: [...form.shape],
    dtype: form.dtype,
    digest: spooled?.digest ?? null,
    pixels: spooled === null ? null : { file: spooled.file },
    channels,
    mpp,
    mppSource,
    pagesGuess: pagesGuess ?? null,
    layers,
    // A picture of it would take a look at every pixel.
    preview: null,
    notes: [...notes, ...(spooled === null ? [] : (read.image.lateNotes?.() ?? []))],
  };
}

/** Files of one process, told apart; what a killed process leaves is removed with the folder. */
let spooledCount = 0;

async function spoolBands(
  { image }: StreamedItem,
  spool: string,
  onBand: (bytes: number) => void,
): Promise<{ readonly file: string; readonly digest: string }> {
  const file = `large-${process.pid}-${spooledCount++}`;
  const writer = await createArrayFile(join(spool, file), image.form);
  try {
    for await (const band of image.bands()) {
      onBand(band.data.byteLength);
      await writer.write(band);
    }
    return { file, digest: await writer.finish() };
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}
