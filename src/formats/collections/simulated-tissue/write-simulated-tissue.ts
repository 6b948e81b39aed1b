/**
 * Simulated tissue as files that anyone can open: an OME-TIFF of two channels, a label TIFF for nuclei and one for cells,
 * and one list that says which belong together, with every parameter.
 */
import { type ImageArray, imageArray } from "#core/array/index.ts";
import type { SimulatedTissue, TissueMetadata } from "#core/tissue/index.ts";
import { writeImageTiff } from "../../pixels/tiff/write-image-tiff.ts";
import { writeLabelTiff } from "../../pixels/tiff/write-label-tiff.ts";

/** Name of the list; by it the importer knows the folder. */
export const tissueListName = "simulated-tissue.json";

/** What the list says of one image. */
export interface TissueEntry {
  readonly name: string;
  /** Paths from the folder of the list. */
  readonly image: string;
  readonly nuclei: string;
  readonly cells: string;
  readonly metadata: TissueMetadata;
}

export interface TissueFile {
  /** From the folder of the list. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The three files of one image, and its entry. @param name  without extension, as a file name. */
export function writeSimulatedTissue(
  tissue: SimulatedTissue,
  name: string,
): { readonly entry: TissueEntry; readonly files: readonly TissueFile[] } {
  const { metadata } = tissue;
  const entry: TissueEntry = {
    name,
    image: `images/${name}.ome.tif`,
    nuclei: `nuclei/${name}.tif`,
    cells: `cells/${name}.tif`,
    metadata,
  };
  const { mpp, channels } = metadata;
  const description = { source: "simulated tissue", truth: "synthetic", seed: String(metadata.seed) };
  return {
    entry,
    files: [
      { path: entry.image, bytes: writeImageTiff(stack(tissue), { name, mpp, channels }) },
      { path: entry.nuclei, bytes: writeLabelTiff(tissue.nuclei, { mpp, description }) },
      { path: entry.cells, bytes: writeLabelTiff(tissue.cells, { mpp, description }) },
    ],
  };
}

function stack({ planes }: SimulatedTissue): ImageArray {
  const [first] = planes;
  const { dtype, height, width } = first!.data;
  const image = imageArray(dtype, "cyx", [planes.length, height, width]);
  planes.forEach(({ data }, c) => {
    image.data.set(data.data, c * height * width);
  });
  return image;
}

/** The list as JSON; write it last, so that a folder with a list is complete. */
export function writeTissueList(entries: readonly TissueEntry[]): string {
  const list = { format: "simulated-tissue", version: 1, licence: "CC0-1.0", images: entries };
  return `${JSON.stringify(list, null, 1)}\n`;
}
