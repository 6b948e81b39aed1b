/**
 * Cell-culture sets: NeurIPS CellSeg with images of several formats.
 */
import { writeLabelTiff, writePng, writeTiffStack } from "#formats/index.ts";
import { makeSyntheticCells } from "../synthetic-cells.ts";
import { layerOfLabels, type MadeDataset, type TrueImage } from "./truth.ts";

const SIDE = 40;

/** BMP, PNG and TIFF images with `_label.tiff` each, and one image without labels. */
export function makeNeuripsCellSeg({ seed }: { readonly seed: number | string }): MadeDataset {
  const files: Record<string, Uint8Array> = {};
  const images: TrueImage[] = [];
  for (const [i, extension] of ["bmp", "png", "tif", "png"].entries()) {
    const stem = `cell_0000${i + 1}`;
    const { labels, image } = makeSyntheticCells({ height: SIDE, width: SIDE, seed: `${seed}/${i}` });
    const grey = Uint8Array.from(image.data, (value) => value >> 8);
    files[`Training-labeled/images/${stem}.${extension}`] =
      extension === "bmp"
        ? writeGreyBmp(grey, SIDE, SIDE)
        : extension === "png"
          ? writePng({ height: SIDE, width: SIDE, channels: 1, data: grey })
          : writeTiffStack("uint16", SIDE, SIDE, [image.data]);
    if (i < 3) files[`Training-labeled/labels/${stem}_label.tiff`] = writeLabelTiff(labels);
    images.push({
      layers: i < 3 ? [layerOfLabels("wholeCell", labels)] : [],
      metadata: { sourceSplit: "train" },
    });
  }
  return { files, images };
}

/** Windows bitmap with 24 bits per pixel, rows from the bottom, padded to four bytes. */
function writeGreyBmp(grey: Uint8Array, height: number, width: number): Uint8Array {
  const rowBytes = Math.ceil((3 * width) / 4) * 4;
  const out = new Uint8Array(54 + rowBytes * height);
  const view = new DataView(out.buffer);
  out.set([0x42, 0x4d]);
  view.setUint32(2, out.length, true);
  view.setUint32(10, 54, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      out.fill(
        grey[y * width + x]!,
        54 + (height - 1 - y) * rowBytes + 3 * x,
        54 + (height - 1 - y) * rowBytes + 3 * x + 3,
      );
  return out;
}
