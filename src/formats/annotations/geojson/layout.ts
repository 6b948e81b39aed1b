/**
 * Images with GeoJSON of QuPath beside them: `<name>.geojson` or `<name>.json` for `<name>.tif` (or `.ome.tif`, `.png`).
 *
 * Cells give two layers, their outline and their nucleus. Where a file holds detections or cells, its annotations are
 * regions drawn around them and are left out; alone, annotations are the objects. Objects whose kind the file does not
 * name count as annotations.
 */
import { axisLength } from "#core/array/index.ts";
import { type ObjectShape, shapeFromPolygons } from "#core/labels/index.ts";
import { sourceOfFile } from "../../byte-source.ts";
import { imagePaths, notImages } from "../../import/image-files.ts";
import type {
  ImportFiles,
  LayerCompartment,
  Layout,
  LayoutItem,
  LayoutPlan,
  ReadChoices,
  ReadItem,
  ReadLayer,
} from "../../import/layout.ts";
import { folderOf, joinPath } from "../../import/paths.ts";
import { objectLayer, type RawObject } from "../../object-layer.ts";
import { type PixelBudget, pixelBudget, polygonPixels, spendPixels } from "../../pixel-budget.ts";
import { readImage } from "../../read-image.ts";
import type { ReadImage } from "../../read-image-types.ts";
import { stemOf } from "../../sheet/join-sheet.ts";
import type { GeoFeature, Polygons } from "./geojson-feature.ts";
import { readGeoJson } from "./read-geojson.ts";

const PEEK_BYTES = 256 * 1024;
/** QuPath's kinds of objects that a program found, and those that only frame others. */
const COMPUTED = ["detection", "cell"];
const FRAMES = ["tile", "tma_core", "root"];

interface Found {
  readonly path: string;
  readonly layers: readonly LayerCompartment[];
}

export const geojsonLayout: Layout = {
  format: "geojson",
  title: "Images with GeoJSON (QuPath)",
  plan: planGeoJson,
  open: (files, choices = {}) => ({ read: (item) => readItem(files, item, choices) }),
};

async function planGeoJson(files: ImportFiles): Promise<LayoutPlan | null> {
  const images = await imagePaths(files);
  const imageOf = new Map<string, string>();
  for (const path of images) {
    // Both `a.tif.geojson` and `a.geojson` belong to a.tif; the first image of a stem counts.
    for (const key of [path, joinPath(folderOf(path), stemOf(path))]) {
      if (!imageOf.has(key.toLowerCase())) imageOf.set(key.toLowerCase(), path);
    }
  }
  const found = new Map<string, Found>();
  const ignored: { path: string; reason: string }[] = [];
  for (const { path, size } of files.entries) {
    if (!/\.(geo)?json$/i.test(path)) continue;
    const layers = await peek(files, path, size);
    if (layers === null) continue;
    const image = imageOf.get(path.replace(/\.(geo)?json$/i, "").toLowerCase());
    if (image === undefined) ignored.push({ path, reason: "it holds regions, but no image has its name" });
    else if (found.has(image))
      ignored.push({ path, reason: `${found.get(image)?.path} already holds the regions of ${image}` });
    else found.set(image, { path, layers });
  }
  if (found.size === 0) return null;
  const used = new Set([...[...found.values()].map(({ path }) => path), ...ignored.map(({ path }) => path)]);
  const items = images.map((path): LayoutItem => {
    const regions = found.get(path);
    return {
      name: stemOf(path),
      imagePath: path,
      locator: regions?.path ?? null,
      layers: regions?.layers ?? [],
      metadata: {},
      group: null,
      mpp: null,
    };
  });
  ignored.push(...notImages(files, images).filter(({ path }) => !used.has(path)));
  const notes = [
    "QuPath does not say what a detection is; regions without a nucleus are taken as whole cells.",
  ];
  return { items, ignored, notes, licence: null };
}

/** Layers a file will give, by its beginning; `null` when it is no GeoJSON. */
async function peek(
  files: ImportFiles,
  path: string,
  size: number,
): Promise<readonly LayerCompartment[] | null> {
  const head = await sourceOfFile(files, path).read(0, Math.min(size, PEEK_BYTES));
  const text = new TextDecoder("latin1").decode(head);
  if (!/^[^[{]{0,8}[[{]/.test(text) || !/"type"\s*:\s*"(?:FeatureCollection|Feature)"/.test(text))
    return null;
  return /"nucleusGeometry"\s*:\s*\{/.test(text) ? ["wholeCell", "nuclear"] : ["wholeCell"];
}

async function readItem(
  files: ImportFiles,
  item: LayoutItem,
  { keepOverlaps }: ReadChoices,
): Promise<ReadItem> {
  const image = await readImage(await files.read(item.imagePath), { name: item.imagePath });
  const path = item.locator as string | null;
  if (path === null || item.layers.length === 0) return { image, layers: [], notes: [] };
  const features = await readGeoJson(sourceOfFile(files, path));
  const { chosen, notes } = chooseObjects(features, path);
  const planes = axisLength(image.image, "t") * axisLength(image.image, "z");
  const budget = pixelBudget(
    { height: axisLength(image.image, "y"), width: axisLength(image.image, "x") },
    planes,
  );
  const layers: ReadLayer[] = [];
  const outlines = chosen.map((feature) => rawObject(feature, feature.polygons, image, budget, path));
  const cells = objectLayer(outlines, { compartment: "wholeCell", file: path, keepOverlaps });
  layers.push(cells.layer);
  notes.push(...cells.notes);
  const withNucleus = chosen.filter(({ nucleus }) => nucleus !== null);
  if (withNucleus.length > 0) {
    const raw = withNucleus.map((feature) => rawObject(feature, feature.nucleus, image, budget, path));
    const nuclei = objectLayer(raw, { compartment: "nuclear", file: `${path} (nuclei)`, keepOverlaps });
    layers.push(nuclei.layer);
    notes.push(...nuclei.notes);
  }
  return {
    image,
    layers: layers.filter(
      ({ compartment }) => item.layers.includes(compartment) || compartment === "nuclear",
    ),
    notes,
  };
}

function chooseObjects(
  features: readonly GeoFeature[],
  path: string,
): { chosen: GeoFeature[]; notes: string[] } {
  const notes: string[] = [];
  const areas = features.filter(({ polygons }) => polygons !== null);
  if (areas.length < features.length)
    notes.push(`${path}: ${features.length - areas.length} points or lines have no area and were left out.`);
  const computed = areas.filter(({ objectType }) => COMPUTED.includes(objectType));
  const drawn = areas.filter(
    ({ objectType }) => !COMPUTED.includes(objectType) && !FRAMES.includes(objectType),
  );
  const frames = areas.length - computed.length - drawn.length;
  if (frames > 0) notes.push(`${path}: ${frames} tiles or cores were left out.`);
  if (computed.length === 0) return { chosen: drawn, notes };
  if (drawn.length > 0)
    notes.push(
      `${path}: ${drawn.length} annotations around the ${computed.length} detections were left out.`,
    );
  return { chosen: computed, notes };
}

function rawObject(
  feature: GeoFeature,
  polygons: Polygons | null,
  { image }: ReadImage,
  budget: PixelBudget,
  file: string,
): RawObject {
  const within = (at: number, axis: "t" | "z") => Math.min(at, axisLength(image, axis) - 1);
  const frame = {
    height: axisLength(image, "y"),
    width: axisLength(image, "x"),
    t: within(feature.plane.t, "t"),
    z: within(feature.plane.z, "z"),
  };
  let shape: ObjectShape | null = null;
  if (polygons !== null) {
    spendPixels(budget, polygonPixels(polygons, frame), file);
    shape = shapeFromPolygons(polygons, frame);
  }
  return {
    shape,
    ...(feature.objectType === "annotation" ? { manual: true } : {}),
    ...(feature.classification === "" ? {} : { cellType: feature.classification }),
  };
}
