/**
 * GEFF: one Zarr hierarchy per movie and layer with graph, labels and pixels side by side, as the specification
 * recommends.
 *
 * Zarr version 2, which the specification recommends while not all programs read version 3; OME-Zarr exports carry the
 * same graph in version 3.
 */
import type { ImageArray } from "#core/array/index.ts";
import { zarrArray } from "../pixels/zarr/zarr-array.ts";
import { writeGeff } from "../tracks/geff/write-geff.ts";
import { zarrGroup } from "../tracks/geff/zarr-column.ts";
import type { Exporter, ExportFile, ExportItem, ExportLayer } from "./export-item.ts";
import { imageFacts, itemLength, stackLabels } from "./item-parts.ts";
import { layersOfItems } from "./per-layer.ts";
import { layerLineage } from "./tracked-item.ts";

/** Names within a hierarchy. */
const graph = "tracks.geff";
const image = "raw";
const labels = "segmentation";

export const geffExporter: Exporter = {
  format: "geff",
  title: "GEFF (tracks as a graph)",
  explains:
    "Tracks and divisions as a graph with labels and pixels, for napari, Mastodon, inTRACKtive and Python.",
  drops: ["cell types", "names of channels"],
  perLayer: true,
  async *write(source) {
    for await (const { item, layer, image: pixels, folder, stem } of layersOfItems(source))
      yield* hierarchy(item, layer, pixels, `${folder}${stem}.zarr`);
  },
  loader: `import gzip, json, pathlib
import numpy as np

here = pathlib.Path(__file__).resolve().parent


def column(folder):
    """One array of the graph; pip install geff reads all of it into networkx."""
    facts = json.loads((folder / ".zarray").read_text())
    flat = [gzip.decompress((folder / name).read_bytes()) for name in sorted(
        (path.name for path in folder.iterdir() if path.name[0] != "."), key=lambda name: int(name.split(".")[0]))]
    values = np.frombuffer(b"".join(flat), facts["dtype"]).reshape([-1, *facts["shape"][1:]])
    return values[: facts["shape"][0]]


for path in sorted(here.glob("*/*.zarr/tracks.geff"))[:5]:
    geff = json.loads((path / ".zattrs").read_text())["geff"]
    nodes, edges = column(path / "nodes/ids"), column(path / "edges/ids")
    assert np.isin(edges, nodes).all()
    t = column(path / "nodes/props/t/values")
    print(path.relative_to(here), geff["geff_version"], len(nodes), "cells in", len(np.unique(t)), "frames,", len(edges), "links")
`,
};

async function* hierarchy(
  item: ExportItem,
  layer: ExportLayer,
  pixels: ImageArray,
  folder: string,
): AsyncGenerator<ExportFile> {
  const { mpp = null, zStepUm = null, frameIntervalS = null } = imageFacts(item);
  for (const [key, bytes] of zarrGroup("", 2)) yield { path: `${folder}/${key}`, bytes, itemName: item.name };
  yield* arrayFiles(`${folder}/${image}`, pixels);
  yield* arrayFiles(`${folder}/${labels}`, stackLabels(item, layer));
  const parts = writeGeff(graph, layerLineage(layer), {
    zarrVersion: 2,
    mpp,
    zStepUm,
    frameIntervalS,
    depth: itemLength(item, "z") > 1,
    image: `../${image}`,
    labels: `../${labels}`,
  });
  for (const [key, bytes] of parts) yield { path: `${folder}/${key}`, bytes };
}

function* arrayFiles(folder: string, array: ImageArray): Generator<ExportFile> {
  const store = zarrArray(array, 2);
  for (const key of store.keys()) yield { path: `${folder}/${key}`, bytes: store.get(key)! };
}
