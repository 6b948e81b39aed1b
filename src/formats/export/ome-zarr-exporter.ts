/**
 * OME-Zarr 0.5: one hierarchy per image with its pyramid, its label images and all that is known of it.
 *
 * Standard metadata hold axes, scale, channels and facts of few objects; everything else stands under the attribute
 * `cellfoundry`, which other readers pass over. Objects in one table beside them,
 * because properties of 100,000 cells in JSON help nobody. OME-Zarr has no tracks of its own; a graph (GEFF) inside the
 * image, which names its label image, is how the programs that read both exchange them.
 */
import { canonicalJson } from "#core/canonical-json.ts";
import { writeOmeZarr } from "../pixels/zarr/write-ome-zarr.ts";
import { writeGeff } from "../tracks/geff/write-geff.ts";
import { zarrGroup } from "../tracks/geff/zarr-column.ts";
import type { Exporter, ExportFile, ExportItem, ExportLayer } from "./export-item.ts";
import { createFileNames } from "./file-names.ts";
import { imageFacts, itemLength, layerFolder, stackLabels } from "./item-parts.ts";
import { objectTable } from "./object-table.ts";
import { layerLineage } from "./tracked-item.ts";

/** Cells of one layer whose facts stand in the JSON of the label image; above, the table has them. */
const propertiesMax = 10_000;

export const omeZarrExporter: Exporter = {
  format: "ome-zarr",
  title: "OME-Zarr",
  explains: "One OME-Zarr 0.5 per image with label images, for napari, Fiji, QuPath, OMERO and Python.",
  drops: [],
  passes: 2,
  async *write(source, facts) {
    const nameOf = createFileNames();
    for await (const item of source.items()) yield* writeItem(item, `images/${nameOf(item.name)}.zarr`);
    yield { path: "objects.parquet", bytes: objectTable(source.items(), facts) };
  },
  loader: `# pip install zarr>=3 (or open the folder in napari, Fiji or QuPath)
import csv, json, pathlib

here = pathlib.Path(__file__).resolve().parent
rows = list(csv.DictReader(open(here / "splits.csv", newline="", encoding="utf-8")))


def describe(row):
    """Shape, channels and label images of one image, from the metadata alone."""
    root = here / row["path"]
    group = json.loads((root / "zarr.json").read_text())["attributes"]
    level = json.loads((root / "0" / "zarr.json").read_text())
    labels = root / "labels" / "zarr.json"
    names = json.loads(labels.read_text())["attributes"]["ome"]["labels"] if labels.exists() else []
    return level["shape"], level["data_type"], names, group["cellfoundry"]["metadata"]


for row in rows:
    print(row["split"] or "-", row["name"], *describe(row)[:3])

try:
    import zarr
except ImportError:
    print("Install zarr 3 to read the pixels.")
else:
    image = zarr.open_group(here / rows[0]["path"], mode="r")["0"][:]
    print("first image:", image.shape, image.dtype, "sum", int(image.sum()))
`,
};

async function* writeItem(item: ExportItem, folder: string): AsyncGenerator<ExportFile> {
  const image = await item.readImage();
  const { name, channels, mpp, zStepUm, frameIntervalS } = imageFacts(item);
  const labels = item.layers.map((layer) => ({
    name: layerFolder(layer),
    labels: stackLabels(item, layer),
    properties: propertiesOf(layer),
  }));
  const options = {
    name: name ?? "",
    channels: channels ?? [],
    mpp: mpp ?? null,
    zStepUm: zStepUm ?? null,
    frameIntervalS: frameIntervalS ?? null,
  };
  for await (const [key, bytes] of writeOmeZarr(image, labels, options)) {
    const path = `${folder}/${key}`;
    if (key === "zarr.json") yield { path, bytes: withFacts(bytes, item), itemName: item.name };
    else yield { path, bytes };
  }
  yield* writeTracks(item, folder);
}

/** A graph per layer that has links, in `tracks/`. */
function* writeTracks(item: ExportItem, folder: string): Generator<ExportFile> {
  const tracked = item.layers.filter(({ links }) => links.length > 0);
  if (tracked.length === 0) return;
  const { mpp = null, zStepUm = null, frameIntervalS = null } = imageFacts(item);
  for (const [key, bytes] of zarrGroup("tracks", 3)) yield { path: `${folder}/${key}`, bytes };
  for (const layer of tracked) {
    const name = layerFolder(layer);
    const parts = writeGeff(`tracks/${name}.geff`, layerLineage(layer), {
      zarrVersion: 3,
      mpp,
      zStepUm,
      frameIntervalS,
      depth: itemLength(item, "z") > 1,
      image: "../../0",
      labels: `../../labels/${name}/0`,
    });
    for (const [key, bytes] of parts) yield { path: `${folder}/${key}`, bytes };
  }
}

function propertiesOf({ objects }: ExportLayer) {
  if (objects.length > propertiesMax) return new Map<number, Readonly<Record<string, unknown>>>();
  return new Map(
    objects.map(({ label, uid, cellType, types, agentKind }) => [
      label,
      {
        uid,
        made_by: agentKind,
        ...(cellType === null ? {} : { cell_type: cellType }),
        ...(types === undefined ? {} : { cell_types: types }),
      },
    ]),
  );
}

/** The root's metadata with everything known of the image added. */
function withFacts(bytes: Uint8Array, item: ExportItem): Uint8Array {
  const group = JSON.parse(new TextDecoder().decode(bytes)) as { attributes: Record<string, unknown> };
  const { metadata, terms, buckets, group: key, role, source, arrayDigest, mpp } = item;
  group.attributes["cellfoundry"] = {
    name: item.name,
    metadata,
    terms,
    buckets,
    group: key,
    split: role,
    source,
    mpp,
    channels: item.channels,
    image_digest: arrayDigest,
    layers: item.layers.map((layer) => ({
      label_image: layerFolder(layer),
      compartment: layer.compartment,
      name: layer.name,
      truth: layer.truth,
      coverage: layer.coverage,
      root: layer.root,
    })),
  };
  return new TextEncoder().encode(JSON.stringify(JSON.parse(canonicalJson(group)), null, 1));
}
