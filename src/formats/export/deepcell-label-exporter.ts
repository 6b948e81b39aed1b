/**
 * DeepCell Label: one project per image, for correction there.
 *
 * Features stand in DeepCell's order, whole cells before nuclei; a project with nuclei alone would be read as whole
 * cells, so it gets an empty first feature. Frames and focal planes at once are one project per focal plane.
 */
import { axisLength, type ImageArray } from "#core/array/index.ts";
import { writeProject } from "../collections/deepcell-label/write-project.ts";
import type { Exporter, ExportItem, ExportLayer } from "./export-item.ts";
import { createFileNames } from "./file-names.ts";
import { focalPlane, linksAmong } from "./item-parts.ts";

export const deepcellLabelExporter: Exporter = {
  format: "deepcell-label",
  title: "DeepCell Label projects",
  explains: "One zip per image, which label.deepcell.org opens.",
  drops: ["pixel size", "what frames are (time or depth)", "layers beyond whole cells and nuclei by name"],
  async *write(source) {
    const nameOf = createFileNames();
    for await (const item of source.items()) {
      const stem = nameOf(item.name);
      const image = await item.readImage();
      for (const { suffix, part, z } of partsOf(image)) {
        const bytes = writeProject({
          image: part,
          channelNames: item.channels.map(({ name }) => name),
          layers: featuresOf(item).map((layer) => features(layer, z)),
        });
        yield { path: `projects/${stem}${suffix}.zip`, bytes, itemName: item.name };
      }
    }
  },
  loader: `import io, json, pathlib, zipfile
import tifffile

here = pathlib.Path(__file__).resolve().parent
for path in sorted((here / "projects").glob("*.zip"))[:5]:
    with zipfile.ZipFile(path) as project:
        X = tifffile.imread(io.BytesIO(project.read("X.ome.tiff")))
        cells = json.loads(project.read("cells.json"))
        channels = json.loads(project.read("channels.json"))
    print(path.name, X.shape, X.dtype, channels, len(cells), "rows of cells")
`,
};

interface Part {
  readonly part: ImageArray;
  readonly suffix: string;
  /** Focal plane of the part when the image has frames too; null: all. */
  readonly z: number | null;
}

function partsOf(image: ImageArray): Part[] {
  const [frames, depth] = [axisLength(image, "t"), axisLength(image, "z")];
  if (frames === 1 || depth === 1) return [{ part: image, suffix: "", z: null }];
  return Array.from({ length: depth }, (_, z) => ({
    part: focalPlane(image, z),
    suffix: `_z${String(z).padStart(2, "0")}`,
    z,
  }));
}

/** Whole cells, nuclei, then the rest; null where a place must be kept. */
function featuresOf({ layers }: ExportItem): (ExportLayer | null)[] {
  if (layers.length === 0) return [];
  const main = (compartment: ExportLayer["compartment"]): ExportLayer | null =>
    layers.find((layer) => layer.compartment === compartment && layer.name === "") ?? null;
  const [cells, nuclei] = [main("wholeCell"), main("nuclear")];
  const rest = layers.filter((layer) => layer !== cells && layer !== nuclei);
  if (rest.length > 0) return [cells, nuclei, ...rest];
  return nuclei === null ? [cells] : [cells, nuclei];
}

function features(layer: ExportLayer | null, z: number | null) {
  if (layer === null) return { objects: [], links: [] };
  const chosen = z === null ? layer.objects : layer.objects.filter(({ shape }) => shape.z === z);
  const objects = chosen.map(({ label, shape, cellType }) => ({
    label,
    shape: z === null ? shape : { ...shape, z: 0 },
    ...(cellType === null ? {} : { cellType }),
  }));
  return { objects, links: linksAmong(layer, chosen) };
}
