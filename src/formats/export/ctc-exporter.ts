/**
 * Cell Tracking Challenge: every image a sequence `01` in a folder of its own, its frames, gold segmentation, and gold
 * tracking where all cells are labelled.
 *
 * The format shows one channel: the one that shows the outlined compartment. Its markers are the layer that an import
 * called so, else the outlines themselves.
 */
import { channelPlane, type ImageArray, imageArray } from "#core/array/index.ts";
import { writeCtc } from "../collections/ctc/write-ctc.ts";
import { writeTiffStack } from "../pixels/tiff/write-tiff-stack.ts";
import type { Exporter, ExportFile, ExportItem, ExportLayer } from "./export-item.ts";
import { createFileNames } from "./file-names.ts";
import { channelFor, imageFacts, itemLength, layerFolder, linksAmong } from "./item-parts.ts";
import { planeTiff } from "./write-pictures.ts";

/** Name that the importer of this format gives to markers. */
const markersName = "tracking markers";

export const ctcExporter: Exporter = {
  format: "ctc",
  title: "Cell Tracking Challenge",
  explains: "Frames, masks per frame and the table of tracks, for tracking programs and their scores.",
  drops: [
    "further channels",
    "cell types",
    "gaps in tracks (the cell goes on as a daughter)",
    "names of cells",
  ],
  perLayer: true,
  async *write(source) {
    const nameOf = createFileNames();
    for await (const item of source.items()) {
      const stem = nameOf(item.name);
      const outlines = item.layers.filter(({ name }) => name !== markersName);
      if (outlines.length === 0) continue;
      const image = await item.readImage();
      for (const layer of outlines) yield* sequenceFiles(item, image, layer, stem);
    }
  },
  loader: `import pathlib
import numpy as np
import tifffile

here = pathlib.Path(__file__).resolve().parent
for sequence in sorted(here.glob("*/*/01"))[:5]:
    frames = np.stack([tifffile.imread(path) for path in sorted(sequence.glob("t*.tif"))])
    masks = np.stack([tifffile.imread(path) for path in sorted((sequence.parent / "01_GT/SEG").glob("man_seg*.tif"))])
    assert frames.shape == masks.shape
    table = sequence.parent / "01_GT/TRA/man_track.txt"
    tracks = [tuple(map(int, line.split())) for line in table.read_text().splitlines()] if table.exists() else []
    print(sequence.relative_to(here), frames.shape, frames.dtype, len(tracks), "tracks")
`,
};

async function* sequenceFiles(
  item: ExportItem,
  image: ImageArray,
  layer: ExportLayer,
  stem: string,
): AsyncGenerator<ExportFile> {
  const base = `${layerFolder(layer)}/${stem}`;
  const [frames, depth] = [itemLength(item, "t"), itemLength(item, "z")];
  const digits = Math.max(3, String(frames - 1).length);
  const channel = channelFor(item, layer.compartment);
  for (let t = 0; t < frames; t++) {
    const path = `${base}/01/t${String(t).padStart(digits, "0")}.tif`;
    const bytes = frameTiff(item, image, { t, channel, depth });
    yield t === 0 ? { path, bytes, itemName: item.name } : { path, bytes };
  }
  const size = { height: itemLength(item, "y"), width: itemLength(item, "x"), depth, mpp: item.mpp };
  const movieOf = (one: ExportLayer) => ({
    ...size,
    frameCount: frames,
    objects: one.objects,
    links: linksAmong(one, one.objects),
  });
  const segmentation = writeCtc({ ...movieOf(layer), links: [] }, { kind: "goldSegmentation" });
  for (const { path, bytes } of segmentation.files) yield { path: `${base}/${path}`, bytes };
  const markers =
    item.layers.find((one) => one.name === markersName && one.compartment === layer.compartment) ?? layer;
  if (markers === layer && layer.coverage !== "exhaustive" && layer.links.length === 0) return;
  for (const { path, bytes } of writeCtc(movieOf(markers), { kind: "goldTracking" }).files)
    yield { path: `${base}/${path}`, bytes };
}

function frameTiff(
  item: ExportItem,
  image: ImageArray,
  { t, channel, depth }: { readonly t: number; readonly channel: number; readonly depth: number },
): Uint8Array {
  const planes = Array.from({ length: depth }, (_, z) => channelPlane(image, { t, z, c: channel }));
  const [first] = planes as [(typeof planes)[number]];
  const { dtype, height, width } = first;
  if (depth > 1)
    return writeTiffStack(
      dtype,
      height,
      width,
      planes.map(({ data }) => data),
      { mpp: item.mpp },
    );
  const { channels = [] } = imageFacts(item);
  const plane = imageArray(dtype, "yx", [height, width], first.data);
  const named = {
    ...item,
    channels: item.channels.slice(channel, channel + 1),
    shape: [height, width],
    axes: "yx",
  };
  return channels.length === 0
    ? planeTiff({ ...named, channels: [] }, plane, { t: 0, z: 0, suffix: "" })
    : planeTiff(named, plane, { t: 0, z: 0, suffix: "" });
}
