/** TrackMate: the XML that it loads, with the movie as a hyperstack and exact labels beside it. */
import { shapeToPolygons } from "#core/labels/index.ts";
import { writeTrackMate } from "../tracks/trackmate/write-trackmate.ts";
import type { Exporter } from "./export-item.ts";
import { imageFacts, itemLength } from "./item-parts.ts";
import { layersOfItems } from "./per-layer.ts";
import { encodeText } from "./text-stream.ts";
import { layerLineage, movieLabelsTiff, movieTiff } from "./tracked-item.ts";

export const trackmateExporter: Exporter = {
  format: "trackmate",
  title: "TrackMate (XML)",
  explains: "Spots with outlines, tracks and divisions of each movie, for TrackMate in Fiji.",
  drops: ["cell types", "names of channels"],
  perLayer: true,
  async *write(source) {
    for await (const { item, layer, image, folder, stem } of layersOfItems(source)) {
      const { mpp = null, zStepUm = null, frameIntervalS = null } = imageFacts(item);
      const lineage = layerLineage(layer);
      const planes = new Map<number, number[]>();
      for (const [i, cell] of lineage.cellOf.entries()) planes.set(cell, [...(planes.get(cell) ?? []), i]);
      yield { path: `${folder}${stem}.tif`, bytes: movieTiff(item, image), itemName: item.name };
      yield { path: `${folder}${stem}_labels.tif`, bytes: movieLabelsTiff(item, layer) };
      const text = writeTrackMate({
        ...lineage,
        imageName: `${stem}.tif`,
        width: itemLength(item, "x"),
        height: itemLength(item, "y"),
        frameCount: itemLength(item, "t"),
        depth: itemLength(item, "z"),
        mpp,
        zStepUm,
        frameIntervalS,
        // One polygon is what a spot can have: cells in one piece, in one focal plane.
        outlineOf(cell) {
          const [at, ...others] = planes.get(cell) ?? [];
          if (at === undefined || others.length > 0) return null;
          const [part, ...more] = shapeToPolygons(layer.objects[at]!.shape);
          return part === undefined || more.length > 0 ? null : part.outer;
        },
      });
      yield { path: `${folder}${stem}.xml`, bytes: encodeText(text) };
    }
  },
  loader: `import pathlib
import xml.etree.ElementTree as ET
import tifffile

here = pathlib.Path(__file__).resolve().parent
for path in sorted(here.glob("*/*.xml"))[:5]:
    model = ET.parse(path).getroot().find("Model")
    spots = {int(s.get("ID")): s for s in model.iter("Spot")}
    edges = [(int(e.get("SPOT_SOURCE_ID")), int(e.get("SPOT_TARGET_ID"))) for e in model.iter("Edge")]
    labels = tifffile.imread(path.with_name(path.stem + "_labels.tif"))
    assert int(model.find("AllSpots").get("nspots")) == len(spots)
    assert all(a in spots and b in spots for a, b in edges)
    print(path.relative_to(here), labels.shape, labels.dtype, len(spots), "cells,", len(edges), "links")
`,
};
