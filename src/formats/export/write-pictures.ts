/** The picture files that several formats share: one plane as OME-TIFF, its labels as TIFF. */

import type { ImageArray } from "#core/array/index.ts";
import { writeImageTiff } from "../pixels/tiff/write-image-tiff.ts";
import { writeLabelTiff } from "../pixels/tiff/write-label-tiff.ts";
import type { ExportItem, ExportLayer } from "./export-item.ts";
import { type ItemPlane, imageFacts, planeImage, planeLabels } from "./item-parts.ts";

/** One plane with all its channels, lossless, with pixel size and names of channels. */
export function planeTiff(item: ExportItem, image: ImageArray, plane: ItemPlane): Uint8Array {
  const { name, channels, mpp } = imageFacts(item);
  return writeImageTiff(planeImage(image, plane), {
    name: `${name}${plane.suffix}`,
    channels: channels ?? [],
    mpp: mpp ?? null,
  });
}

/** Labels of one plane: 16 bits, or 32 above 65,535. */
export function labelsTiff(item: ExportItem, layer: ExportLayer, plane: ItemPlane): Uint8Array {
  return writeLabelTiff(planeLabels(item, layer, plane), {
    mpp: item.mpp,
    description: { layerRoot: layer.root, compartment: layer.compartment },
  });
}
