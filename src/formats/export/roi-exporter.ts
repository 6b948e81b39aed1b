/** ImageJ: a TIFF and the regions of its cells as `<name>_RoiSet.zip`; stacks and movies stay whole. */
import { writeRoiSet } from "../annotations/roi/write-roi.ts";
import { writeImageTiff } from "../pixels/tiff/write-image-tiff.ts";
import type { Exporter, ExportItem } from "./export-item.ts";
import { imageFacts, itemLength } from "./item-parts.ts";
import { layersOfItems } from "./per-layer.ts";

/** Kinds of numbers that plain ImageJ has; others leave as OME-TIFF, which Fiji reads. */
const imageJTypes: readonly ExportItem["dtype"][] = ["uint8", "uint16", "float32"];

export const roiExporter: Exporter = {
  format: "imagej-roi",
  title: "ImageJ regions",
  explains: "TIFF images with one region per cell for the ROI manager of ImageJ and Fiji.",
  drops: ["tracks", "cell types", "numbers of cells (counted anew)"],
  keepsOverlaps: true,
  perLayer: true,
  async *write(source) {
    for await (const { item, layer, image, folder, stem } of layersOfItems(source)) {
      const flavour = imageJTypes.includes(item.dtype) ? "imagej" : "ome";
      const path = `${folder}${stem}`;
      const bytes = writeImageTiff(image, { ...imageFacts(item), flavour });
      yield { path: `${path}.tif`, bytes, itemName: item.name };
      const isStack = itemLength(item, "t") * itemLength(item, "z") > 1;
      const regions = layer.objects.map(({ shape, label }) => ({ shape, name: String(label) }));
      if (regions.length > 0) yield { path: `${path}_RoiSet.zip`, bytes: writeRoiSet(regions, isStack) };
    }
  },
  loader: `import pathlib, struct, zipfile
import tifffile

here = pathlib.Path(__file__).resolve().parent
for path in sorted(here.glob("*/*_RoiSet.zip"))[:5]:
    image = tifffile.imread(str(path).replace("_RoiSet.zip", ".tif"))
    with zipfile.ZipFile(path) as archive:
        boxes = [struct.unpack(">4h", archive.read(name)[8:16]) for name in archive.namelist()]
    print(path.relative_to(here), image.shape, image.dtype, len(boxes), "regions, the first at", boxes[0])
`,
};
