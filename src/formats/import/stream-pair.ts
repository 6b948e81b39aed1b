/** An image too large for memory with its label image, both in rows: labels become shapes as they come. */
import { labelImage } from "#core/array/index.ts";
import { createShapeCollector } from "#core/labels/index.ts";
import { sourceOfFile } from "../byte-source.ts";
import { fault } from "../fault.ts";
import { streamTiff } from "../pixels/tiff/stream-tiff.ts";
import type { StreamedImage } from "../streamed-image.ts";
import type { ImportFiles, ReadChoices, ReadObject, StreamedItem } from "./layout.ts";
import { goldLayer, type LabelSource } from "./read-pair.ts";
import { streamFile } from "./stream-file.ts";

const LABEL_MAX = 2 ** 31 - 1;

/** @returns `null` when the image is read whole. @throws FoundryError as `readPair`. */
export async function streamPair(
  files: ImportFiles,
  imagePath: string,
  labels: LabelSource | null,
  { choices = {}, tooLarge }: { readonly choices?: ReadChoices | undefined; readonly tooLarge: boolean },
): Promise<StreamedItem | null> {
  const image = await streamFile(files, imagePath, choices, tooLarge);
  if (image === null || labels === null) return image === null ? null : { image, layers: [], notes: [] };
  if (labels.kind !== "labelImage") {
    throw fault("format.pair", {
      file: imagePath,
      reason: "it is too large for one mask per object",
      remedy: "Give one label image beside it, where each object has its own number.",
    });
  }
  const objects = await streamLabels(files, labels.path, image);
  return { image, layers: [goldLayer("nuclear", objects)], notes: [] };
}

/** @throws FoundryError `format.pair` for labels of another size, `format.tiff`, `format.detect`. */
async function streamLabels(files: ImportFiles, path: string, image: StreamedImage): Promise<ReadObject[]> {
  const labels = await streamTiff(sourceOfFile(files, path), {});
  const [height, width] = image.form.shape.slice(-2) as [number, number];
  const [labelHeight, labelWidth] = labels.form.shape.slice(-2) as [number, number];
  const planes = image.form.axes.replace(/c?yx$/, "");
  if (labels.form.axes !== "yx" || planes !== "" || labelHeight !== height || labelWidth !== width) {
    throw fault("format.pair", {
      file: path,
      reason: `its shape [${labels.form.shape.join(", ")}] (${labels.form.axes}) does not fit the image of [${image.form.shape.join(", ")}] (${image.form.axes})`,
      remedy: "Give one plane of labels, as high and wide as its image of one frame and one focal plane.",
    });
  }
  const collector = createShapeCollector();
  for await (const { y0, rows, data } of labels.bands()) {
    const band = labelImage(rows, width);
    for (let i = 0; i < data.length; i++) {
      const value = data[i] as number;
      if (!(Number.isInteger(value) && value >= 0 && value <= LABEL_MAX)) throw noLabel(path, value, y0);
      band.data[i] = value;
    }
    collector.add(band);
  }
  return [...collector.finish()].map(([label, shape]) => ({ label, shape }));
}

function noLabel(file: string, value: number, y0: number) {
  return fault("format.tiff", {
    file,
    reason: `the value ${value} below row ${y0} is no label`,
    remedy: "Save the labels as a one-channel TIFF with 16 or 32 bits, where each object has its own number.",
  });
}
