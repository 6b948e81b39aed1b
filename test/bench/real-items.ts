/**
 * All real labelled images at hand as training items, straight from their files, in families by what a model is for.
 *
 * Nothing here chooses roles: benches that hold groups out do so fold by fold, so that each group is scored by a model
 * that has never seen it.
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { imageArray, labelImage } from "#core/array/index.ts";
import { openNpz, readImage, readLabels, sourceOfBytes } from "#formats/index.ts";
import type { SegmentationOverrides, TrainingItem } from "#nn/index.ts";
import { everyItem } from "./dsb2018-items.ts";

export interface Family {
  /** Configuration that the family needs. */
  readonly overrides: SegmentationOverrides;
  items(dataFolder: string): Promise<TrainingItem[]>;
}

export const families: Readonly<Record<string, Family>> = {
  /** Nuclei in fluorescence. */
  fluorescence: { overrides: {}, items: (folder) => everyItem(folder, "fluorescence") },
  /** Nuclei in fluorescence, histology and bright field. */
  nuclei: { overrides: {}, items: (folder) => everyItem(folder, "") },
  /** Whole cells in phase contrast. */
  phase: {
    overrides: {
      channels: [{ role: "phase", required: true }],
      compartments: ["wholeCell"],
    },
    items: async (folder) => [...(await usiigaci(folder)), ...(await c2c12(folder))],
  },
};

/** Pixel size of the microscope, µm, as the set's description says. */
const usiigaciMpp = { y: 0.8708, x: 0.8708 };

async function usiigaci(dataFolder: string): Promise<TrainingItem[]> {
  const folder = join(dataFolder, "usiigaci-phase", "train");
  const items: TrainingItem[] = [];
  for (const set of readdirSync(folder).sort()) {
    const path = join(folder, set);
    const { image } = await readImage(readFileSync(join(path, "raw.tif")), { name: `${set}.tif` });
    const labels = await readLabels(readFileSync(join(path, "instances_ids.png")), { name: `${set}.png` });
    items.push({
      id: set,
      group: set,
      image,
      labels: { wholeCell: labels },
      mpp: usiigaciMpp,
      kind: "phase",
    });
  }
  return items;
}

/** Ten frames of one film of small cells, far apart in time; the pixel size is not stated. */
async function c2c12(dataFolder: string): Promise<TrainingItem[]> {
  const name = "data_small.npz";
  const path = join(dataFolder, "phase-c2c12-timelapse", "cell_segmentation_data", name);
  const members = await openNpz(sourceOfBytes(readFileSync(path), name));
  const read = async (array: string) => {
    const found = await members.get(array)?.read();
    if (found === undefined || !("dtype" in found)) throw new Error(`${name} has no numbers "${array}".`);
    return found;
  };
  const [images, labels] = [await read("images"), await read("labels")];
  const [frames = 0, height = 0, width = 0] = images.shape;
  const size = height * width;
  return Array.from({ length: frames }, (_, t) => {
    const frame = ({ data }: typeof images) =>
      Float32Array.from({ length: size }, (_, i) => Number(data[t * size + i]));
    return {
      id: `c2c12-${t}`,
      group: "c2c12",
      image: imageArray("float32", "yx", [height, width], frame(images)),
      labels: { wholeCell: labelImage(height, width, frame(labels)) },
      mpp: null,
      kind: "phase",
    };
  });
}
