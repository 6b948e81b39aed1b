/** GeoJSON for QuPath: an OME-TIFF and its outlines under one name; stacks and movies stay whole. */
import { writeGeoJson } from "../annotations/geojson/write-geojson.ts";
import { writeImageTiff } from "../pixels/tiff/write-image-tiff.ts";
import type { Exporter } from "./export-item.ts";
import { imageFacts } from "./item-parts.ts";
import { layersOfItems } from "./per-layer.ts";
import { encodeText } from "./text-stream.ts";

export const geojsonExporter: Exporter = {
  format: "geojson",
  title: "GeoJSON (QuPath)",
  explains:
    "OME-TIFF images with outlines as polygons along pixel edges, which QuPath opens by drag and drop.",
  drops: ["tracks", "numbers of cells (counted anew)"],
  keepsOverlaps: true,
  perLayer: true,
  async *write(source) {
    for await (const { item, layer, image, folder, stem } of layersOfItems(source)) {
      const path = `${folder}${stem}`;
      yield { path: `${path}.ome.tif`, bytes: writeImageTiff(image, imageFacts(item)), itemName: item.name };
      const objects = layer.objects.map(({ shape, cellType, types }) => ({
        shape,
        ...(cellType === null ? {} : { cellType }),
        ...(types === undefined ? {} : { types }),
      }));
      yield { path: `${path}.geojson`, bytes: encodeText(writeGeoJson(objects)) };
    }
  },
  loader: `import json, pathlib
import tifffile

here = pathlib.Path(__file__).resolve().parent
for path in sorted(here.glob("*/*.geojson"))[:5]:
    features = json.loads(path.read_text())["features"]
    image = tifffile.imread(str(path).replace(".geojson", ".ome.tif"))
    print(path.relative_to(here), image.shape, image.dtype, len(features), "cells")
`,
};
