/** A layer of a movie as a lineage with places, and its labels as one stack: what files of tracks are written from. */
import { type ImageArray, imageArray } from "#core/array/index.ts";
import { writeImageTiff } from "../pixels/tiff/write-image-tiff.ts";
import { type CellsOfObjects, cellsOfObjects } from "../tracks/cells-of-objects.ts";
import type { ExportItem, ExportLayer } from "./export-item.ts";
import { imageFacts, linksAmong, stackLabels } from "./item-parts.ts";

export function layerLineage(layer: ExportLayer): CellsOfObjects {
  return cellsOfObjects(layer.objects, linksAmong(layer, layer.objects));
}

// Kinds of number that ImageJ's own TIFF has.
const imageJTypes: ReadonlySet<string> = new Set(["uint8", "uint16", "float32"]);

/** A movie as one TIFF: a hyperstack of ImageJ, which TrackMate opens, or OME-TIFF where ImageJ has no such numbers. */
export function movieTiff(item: ExportItem, image: ImageArray): Uint8Array {
  const { name = "", channels = [], mpp = null, zStepUm = null, frameIntervalS = null } = imageFacts(item);
  const flavour = imageJTypes.has(image.dtype) ? "imagej" : "ome";
  return writeImageTiff(image, { name, channels, mpp, zStepUm, frameIntervalS, flavour });
}

/** Labels of the whole movie, a page per frame and focal plane: 16 bits, or 32 above 65,535. */
export function movieLabelsTiff(item: ExportItem, layer: ExportLayer): Uint8Array {
  const labels = stackLabels(item, layer);
  const highest = layer.objects.reduce((most, { label }) => Math.max(most, label), 0);
  if (highest > 65_535) return writeImageTiff(labels, { mpp: item.mpp });
  const { axes, shape, data } = labels;
  const narrow = imageArray("uint16", axes, shape, Uint16Array.from(data));
  return writeImageTiff(narrow, { mpp: item.mpp, flavour: "imagej" });
}
