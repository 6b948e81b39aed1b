/** StarDist: `{train,val,test}/{images,masks}/<name>.tif`, one such set per kind of outline. */
import type { Exporter } from "./export-item.ts";
import { roleFolder } from "./item-parts.ts";
import { planesOfItems } from "./per-layer.ts";
import { labelsTiff, planeTiff } from "./write-pictures.ts";

export const stardistExporter: Exporter = {
  format: "stardist",
  title: "StarDist folders",
  explains: "Folders images and masks with equal names, for StarDist and most training scripts.",
  drops: ["tracks", "cell types", "time and depth (a picture per plane)"],
  perLayer: true,
  async *write(source) {
    for await (const { item, layer, image, folder, plane, name } of planesOfItems(source)) {
      const base = `${folder}${roleFolder(item.role)}`;
      yield { path: `${base}/images/${name}.tif`, bytes: planeTiff(item, image, plane), itemName: item.name };
      yield { path: `${base}/masks/${name}.tif`, bytes: labelsTiff(item, layer, plane) };
    }
  },
  loader: `import pathlib
import tifffile

here = pathlib.Path(__file__).resolve().parent
for layer in sorted(path for path in here.iterdir() if path.is_dir()):
    for split in ("train", "val", "test"):
        names = sorted(path.name for path in (layer / split / "images").glob("*.tif"))
        X = [tifffile.imread(layer / split / "images" / name) for name in names]
        Y = [tifffile.imread(layer / split / "masks" / name) for name in names]
        assert all(x.shape[-2:] == y.shape for x, y in zip(X, Y))
        print(layer.name, split, len(X), "images", sum(len(set(y.ravel())) - (y.min() == 0) for y in Y), "cells")
`,
};
