/** Cellpose: image, `_masks.tif` for training, `_seg.npy` for its window, which also keeps who drew each cell. */
import { writeCellposeSeg } from "../annotations/cellpose/write-seg.ts";
import type { Exporter } from "./export-item.ts";
import { planeLabels, roleFolder } from "./item-parts.ts";
import { planesOfItems } from "./per-layer.ts";
import { labelsTiff, planeTiff } from "./write-pictures.ts";

export const cellposeExporter: Exporter = {
  format: "cellpose",
  title: "Cellpose folder",
  explains:
    "Images with masks in folders train, val and test, one set per kind of outline, for Cellpose and its window.",
  drops: ["tracks", "cell types", "numbers of cells (counted anew)", "time and depth (a picture per plane)"],
  perLayer: true,
  async *write(source) {
    for await (const { item, layer, image, folder, plane, name } of planesOfItems(source)) {
      const path = `${folder}${roleFolder(item.role)}/${name}`;
      const byPerson = new Map(layer.objects.map(({ label, agentKind }) => [label, agentKind !== "model"]));
      yield { path: `${path}.tif`, bytes: planeTiff(item, image, plane), itemName: item.name };
      yield { path: `${path}_masks.tif`, bytes: labelsTiff(item, layer, plane) };
      const isManual = (label: number): boolean => byPerson.get(label) !== false;
      const seg = writeCellposeSeg(planeLabels(item, layer, plane), { imageName: `${name}.tif`, isManual });
      yield { path: `${path}_seg.npy`, bytes: seg };
    }
  },
  loader: `# Training: cellpose --train --dir nuclear/train --test_dir nuclear/test --mask_filter _masks
import pathlib
import numpy as np
import tifffile

here = pathlib.Path(__file__).resolve().parent
for path in sorted(here.glob("*/*/*_masks.tif"))[:5]:
    name = path.name[: -len("_masks.tif")]
    image = tifffile.imread(path.with_name(name + ".tif"))
    masks = tifffile.imread(path)
    seg = np.load(path.with_name(name + "_seg.npy"), allow_pickle=True).item()
    assert seg["masks"].shape == masks.shape == image.shape[-2:]
    assert seg["masks"].max() == len(np.unique(masks[masks > 0])) == len(seg["ismanual"])
    print(path.relative_to(here), image.shape, image.dtype, seg["masks"].max(), "cells")
`,
};
