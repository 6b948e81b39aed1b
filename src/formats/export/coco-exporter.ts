/**
 * COCO: one picture per plane, one file of annotations per role with run-length masks, exact for every shape.
 *
 * The category is the cell's type below what is outlined ("mitotic" below "nucleus"); untyped cells are plain
 * "nucleus", "cell" or "cytoplasm". A second layer of a compartment lists the image again, as LIVECell does.
 */
import type { CocoObject, CocoSource } from "../annotations/coco/write-coco.ts";
import { streamCoco } from "../annotations/coco/write-coco.ts";
import type {
  Exporter,
  ExportFacts,
  ExportItem,
  ExportLayer,
  ExportRole,
  ExportSource,
} from "./export-item.ts";
import { createFileNames } from "./file-names.ts";
import { itemLength, objectsOfPlane, planesOf } from "./item-parts.ts";
import { encodeText } from "./text-stream.ts";
import { planeTiff } from "./write-pictures.ts";

const outlines: Readonly<Record<ExportLayer["compartment"], string>> = {
  nuclear: "nucleus",
  wholeCell: "cell",
  cytoplasm: "cytoplasm",
};

export const cocoExporter: Exporter = {
  format: "coco",
  title: "COCO",
  explains:
    "Pictures and JSON with one mask per cell, for detection frameworks (Detectron2, MMDetection, torchvision).",
  drops: ["tracks", "time and depth (a picture per plane)", "names of further layers"],
  keepsOverlaps: true,
  passes: 2,
  async *write(source, facts) {
    const nameOf = createFileNames();
    const stems = new Map<string, string>();
    const roles = new Set<ExportRole | null>();
    for await (const item of source.items()) {
      const stem = nameOf(item.name);
      stems.set(item.name, stem);
      roles.add(item.role);
      const image = await item.readImage();
      for (const plane of planesOf(item)) {
        const path = `${folderOf(item.role)}/${stem}${plane.suffix}.tif`;
        yield { path, bytes: planeTiff(item, image, plane), itemName: item.name };
      }
    }
    for (const role of [...roles].sort()) {
      const images = cocoSources(itemsOfRole(source, role), stems);
      yield {
        path: `annotations/${role ?? "all"}.json`,
        bytes: encodeText(streamCoco(images, optionsOf(facts))),
      };
    }
  },
  loader: `import json, pathlib
import numpy as np
import tifffile

here = pathlib.Path(__file__).resolve().parent


def decode(rle):
    """COCO's packed run lengths as a boolean mask."""
    counts, runs, at = rle["counts"].encode(), [], 0
    while at < len(counts):
        value, shift, more = 0, 0, True
        while more:
            code = counts[at] - 48
            value |= (code & 31) << shift
            more = bool(code & 32)
            at += 1
            shift += 5
            if not more and code & 16:
                value |= -1 << shift
        runs.append(value + (runs[-2] if len(runs) > 2 else 0))
    flat = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return flat.reshape(rle["size"], order="F")


for file in sorted((here / "annotations").glob("*.json")):
    data = json.loads(file.read_text())
    folder = here / "images" / file.stem
    cells = {}
    for annotation in data["annotations"]:
        cells.setdefault(annotation["image_id"], []).append(annotation)
    print(file.stem, len(data["images"]), "images", len(data["annotations"]), "cells")
    for entry in data["images"][:1]:
        image = tifffile.imread(folder / entry["file_name"])
        labels = np.zeros((entry["height"], entry["width"]), np.int32)
        for value, annotation in enumerate(cells.get(entry["id"], []), 1):
            mask = decode(annotation["segmentation"])
            assert mask.sum() == annotation["area"]
            labels[mask] = value
        print(entry["file_name"], image.shape, image.dtype, labels.max(), "labels")
`,
};

const folderOf = (role: ExportRole | null): string => `images/${role ?? "all"}`;

async function* itemsOfRole(source: ExportSource, role: ExportRole | null): AsyncGenerator<ExportItem> {
  for await (const item of role === null ? source.items() : source.items(role))
    if (item.role === role) yield item;
}

async function* cocoSources(
  items: AsyncIterable<ExportItem>,
  stems: ReadonlyMap<string, string>,
): AsyncGenerator<CocoSource> {
  for await (const item of items) {
    const [height, width] = [itemLength(item, "y"), itemLength(item, "x")];
    for (const plane of planesOf(item)) {
      const fileName = `${stems.get(item.name)}${plane.suffix}.tif`;
      for (const layers of listings(item)) {
        const objects = layers.flatMap((layer) =>
          objectsOfPlane(layer, plane).map((object): CocoObject => {
            const outline = outlines[layer.compartment];
            return {
              shape: object.shape,
              category: object.cellType ?? outline,
              supercategory: object.cellType === null ? "" : outline,
              facts: {
                uid: object.uid,
                made_by: object.agentKind,
                ...(object.types === undefined
                  ? {}
                  : {
                      cell_type_terms: object.types.map(({ term }) => term).join("; "),
                      cell_type_by: object.types.map(({ by }) => by).join("; "),
                    }),
              },
            };
          }),
        );
        yield { fileName, height, width, objects };
      }
    }
  }
}

/** Layers of each listing of an image: all main ones together, then each further one. */
function listings({ layers }: ExportItem): ExportLayer[][] {
  const main = layers.filter(({ name }) => name === "");
  return [main, ...layers.filter(({ name }) => name !== "").map((layer) => [layer])];
}

function optionsOf(facts: ExportFacts) {
  return {
    info: {
      description: facts.name,
      version: facts.version ?? "",
      digest: facts.digest ?? "",
      contributor: facts.creators.join(", "),
      date_created: facts.datePublished,
      url: facts.url,
    },
    licence: { name: facts.licence.expression, url: "" },
  };
}
