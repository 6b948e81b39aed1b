/**
 * Histology sets: PanNuke with ids that restart per class, NuInsSeg with its many folders and ambiguous areas.
 */
import { type ObjectShape, objectShapesFromLabels } from "#core/labels/index.ts";
import { writeLabelTiff, writeNpy, writeNpyText, writePng } from "#formats/index.ts";
import { makeSyntheticCells } from "../synthetic-cells.ts";
import { channelsLast, layerOfLabels, type MadeDataset, type TrueImage } from "./truth.ts";

const pannukeClasses = ["Neoplastic", "Inflammatory", "Connective", "Dead", "Epithelial"] as const;

/** Folds as published: floats, six mask channels, the first id of every class is 1. */
export function makePanNuke({
  count,
  seed,
}: {
  readonly count: number;
  readonly seed: number | string;
}): MadeDataset {
  const side = 32;
  const pixels = side * side;
  const images = new Float64Array(count * pixels * 3);
  const masks = new Float64Array(count * pixels * 6);
  const truth: TrueImage[] = [];
  const organs = ["Breast", "Colon", "Adrenal_gland"];
  for (let i = 0; i < count; i++) {
    const { labels, image } = makeSyntheticCells({
      height: side,
      width: side,
      seed: `${seed}/${i}`,
      cellCount: 8,
      radiusPx: [2, 4],
    });
    const grey = Array.from(image.data, (value) => value >> 8);
    channelsLast([grey, grey.map((value) => 255 - value), grey], images, i * pixels * 3);
    const planes = Array.from({ length: 6 }, () => new Float64Array(pixels));
    const objects: { shape: ObjectShape; cellType: string }[] = [];
    const nextId = [1, 1, 1, 1, 1];
    for (const [label, shape] of objectShapesFromLabels(labels)) {
      const kind = label % 5;
      const id = nextId[kind]!++;
      for (const [at, value] of labels.data.entries()) if (value === label) planes[kind]![at] = id;
      objects.push({ shape, cellType: pannukeClasses[kind]! });
    }
    for (const [at, value] of labels.data.entries()) if (value === 0) planes[5]![at] = 1;
    channelsLast(planes, masks, i * pixels * 6);
    const organ = organs[i % 3]!;
    truth.push({ layers: [{ compartment: "nuclear", objects }], metadata: { organ, sourceSplit: "fold 1" } });
  }
  const files = {
    "Fold 1/images/fold1/images.npy": writeNpy("float64", [count, side, side, 3], images),
    "Fold 1/images/fold1/types.npy": writeNpyText(
      [count],
      truth.map(({ metadata }) => metadata["organ"]!),
    ),
    "Fold 1/masks/fold1/masks.npy": writeNpy("float64", [count, side, side, 6], masks),
    "Fold 1/images/fold1/by-nc-sa.md": new TextEncoder().encode("Attribution-NonCommercial-ShareAlike 4.0"),
  };
  return { files, images: truth };
}

/** Two organs of two species with two patches each; the second patch of the first has an ambiguous area. */
export function makeNuInsSeg({ seed }: { readonly seed: number | string }): MadeDataset {
  const side = 40;
  const files: Record<string, Uint8Array> = {};
  const images: TrueImage[] = [];
  for (const folder of ["human bladder", "mouse kidney"]) {
    for (const patch of [1, 2]) {
      const stem = `${folder.replace(" ", "_")}_0${patch}`;
      const { labels, image } = makeSyntheticCells({ height: side, width: side, seed: `${seed}/${stem}` });
      const rgb = new Uint8Array(side * side * 3);
      for (const [i, value] of image.data.entries()) rgb.set([255 - (value >> 8), 90, value >> 8], 3 * i);
      files[`${folder}/tissue images/${stem}.png`] = writePng({
        height: side,
        width: side,
        channels: 3,
        data: rgb,
      });
      files[`${folder}/label masks modify/${stem}.tif`] = writeLabelTiff(labels);
      // The unmodified masks have the old, unclean borders: reading them instead shows at once.
      files[`${folder}/label masks/${stem}.tif`] = writeLabelTiff({
        ...labels,
        data: labels.data.map((v, i) => (i % 7 === 0 ? 0 : v)),
      });
      files[`${folder}/distance maps/${stem}.tif`] = writeLabelTiff(labels);
      const vague = new Uint8Array(side * side);
      if (folder === "human bladder" && patch === 2) vague.fill(255, 0, 120);
      files[`${folder}/vague areas/mask binary/${stem}.png`] = writePng({
        height: side,
        width: side,
        channels: 1,
        data: vague,
      });
      const [species, organ] = folder.split(" ") as [string, string];
      images.push({ layers: [layerOfLabels("nuclear", labels)], metadata: { species, organ } });
    }
  }
  return { files, images };
}
