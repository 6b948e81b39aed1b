/** Tables of tracks: one row per cell and frame, with the movie and exact labels beside it. */

import { writeTrackCsv } from "../tracks/track-csv/write-track-csv.ts";
import type { Exporter } from "./export-item.ts";
import { layersOfItems } from "./per-layer.ts";
import { encodeText } from "./text-stream.ts";
import { layerLineage, movieLabelsTiff, movieTiff } from "./tracked-item.ts";

export const trackCsvExporter: Exporter = {
  format: "track-csv",
  title: "Tables of tracks (CSV)",
  explains:
    "A row per cell and frame with track, parent, place and size, for spreadsheets, R, pandas and napari.",
  drops: ["cell types", "names of channels", "whether an only daughter after a gap divided"],
  perLayer: true,
  async *write(source) {
    for await (const { item, layer, image, folder, stem } of layersOfItems(source)) {
      yield { path: `${folder}${stem}.tif`, bytes: movieTiff(item, image), itemName: item.name };
      yield { path: `${folder}${stem}_labels.tif`, bytes: movieLabelsTiff(item, layer) };
      const text = writeTrackCsv(layerLineage(layer), { mpp: item.mpp });
      yield { path: `${folder}${stem}_tracks.csv`, bytes: encodeText(text) };
    }
  },
  loader: `import csv, pathlib
import tifffile

here = pathlib.Path(__file__).resolve().parent
for path in sorted(here.glob("*/*_tracks.csv"))[:5]:
    rows = list(csv.DictReader(open(path, newline="")))
    labels = tifffile.imread(path.with_name(path.name.replace("_tracks.csv", "_labels.tif")))
    tracks = {row["track_id"] for row in rows}
    assert all(row["parent_track_id"] in tracks | {""} for row in rows)
    print(path.relative_to(here), labels.shape, labels.dtype, len(rows), "cells in", len(tracks), "tracks")
`,
};
