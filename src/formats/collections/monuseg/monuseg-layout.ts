/**
 * MoNuSeg: H&E tiles of TCGA slides as TIFF with one Aperio XML of outlines each; `Tissue Images/` beside `Annotations/`
 * or both in one folder.
 *
 * Outlines overlap: the earlier region keeps the pixel. Groups are TCGA participants, the first 12 characters of the
 * file name. The organ is not filled in: the published table calls tiles of lung cohorts liver. Tiles of the earlier
 * Kumar set have the same names with other pixels, so duplicates are to be found by content, never by name.
 */
import { axisLength } from "#core/array/index.ts";
import { shapeFromRings } from "#core/labels/index.ts";
import { fault } from "../../fault.ts";
import { bareName } from "../../import/bare-name.ts";
import { readHead } from "../../import/files-by-head.ts";
import { groupKey } from "../../import/group-rules.ts";
import type { ImportFiles, Layout, LayoutItem, ReadItem } from "../../import/layout.ts";
import { fileOf, folderOf } from "../../import/paths.ts";
import { objectLayer } from "../../object-layer.ts";
import { pixelBudget, polygonPixels, spendPixels } from "../../pixel-budget.ts";
import { readImage } from "../../read-image.ts";
import { readAperioXml } from "./aperio-xml.ts";

const LICENCE = "CC-BY-NC-SA-4.0 (another source says CC-BY-NC-4.0; the stricter of the two is taken)";
// project-tissue source site-participant
const BARCODE = /^TCGA-([A-Z0-9]{2})-[A-Z0-9]{4}/;
// An outline of 2,000 nuclei takes 10 MB.
const XML_BYTES_MAX = 256 * 1024 * 1024;
// Enough for the root element.
const HEAD_BYTES = 4_096;

export const monusegLayout: Layout = {
  format: "monuseg",
  title: "MoNuSeg (Aperio XML)",
  async plan(files) {
    const pairs = await findPairs(files);
    if (pairs.length === 0) return null;
    const items = pairs.map(({ image, xml }) => tileItem(image, xml));
    const used = new Set(pairs.flatMap(({ image, xml }) => [image, xml]));
    const ignored = files.entries
      .filter(({ path }) => !used.has(path))
      .map(({ path }) => ({ path, reason: "it is not a tile with an Aperio annotation of its name" }));
    const known = items.filter(({ group }) => group !== null).length;
    const notes: string[] = [];
    if (known > 0)
      notes.push(
        "Organs are not filled in: the published table calls tiles of lung cohorts (TCGA-18, 21, 38, 49, 50) liver.",
      );
    if (known < items.length)
      notes.push(`${items.length - known} tiles have no TCGA barcode in their name; their donor is unknown.`);
    return { items, ignored, notes, licence: known > 0 ? LICENCE : null };
  },
  open: (files) => ({ read: (item) => readTile(files, item) }),
};

async function findPairs(files: ImportFiles): Promise<{ image: string; xml: string }[]> {
  const images = new Map<string, string[]>();
  for (const { path } of files.entries)
    if (/\.(tiff?|png)$/i.test(path))
      images.set(bareName(path), [...(images.get(bareName(path)) ?? []), path]);
  const pairs: { image: string; xml: string }[] = [];
  for (const { path, size } of files.entries) {
    if (!/\.xml$/i.test(path)) continue;
    const image = nearest(images.get(bareName(path)) ?? [], path);
    if (image !== null && (await isAperio(files, path, size))) pairs.push({ image, xml: path });
  }
  return pairs;
}

/** The image of that name in the same folder, else in a neighbouring one. */
function nearest(candidates: readonly string[], xml: string): string | null {
  const folder = folderOf(xml);
  return (
    candidates.find((path) => folderOf(path) === folder) ??
    candidates.find((path) => folderOf(folderOf(path)) === folderOf(folder)) ??
    null
  );
}

async function isAperio(files: ImportFiles, path: string, size: number): Promise<boolean> {
  if (size === 0 || size > XML_BYTES_MAX) return false;
  return (await readHead(files, { path, size }, HEAD_BYTES)).includes("<Annotations");
}

function tileItem(image: string, xml: string): LayoutItem {
  const name = bareName(image);
  const site = BARCODE.exec(name)?.[1];
  const folder = folderOf(image);
  const split = /test/i.test(folder) ? "test" : /train/i.test(folder) ? "train" : null;
  return {
    name,
    imagePath: image,
    locator: { image, xml },
    layers: ["nuclear"],
    metadata: {
      species: "human",
      modality: "brightfield",
      stain: "H&E",
      ...(site === undefined ? {} : { tissueSourceSite: site }),
      ...(split === null ? {} : { sourceSplit: split }),
    },
    group: groupKey("monuseg", { participant: site === undefined ? "" : name.slice(0, 12) }),
    mpp: null,
  };
}

async function readTile(files: ImportFiles, item: LayoutItem): Promise<ReadItem> {
  const { image: imagePath, xml } = item.locator as { image: string; xml: string };
  const image = await readImage(await files.read(imagePath), { name: imagePath });
  const bytes = await files.read(xml);
  if (bytes.length > XML_BYTES_MAX)
    throw fault("limit.bytes", {
      file: xml,
      reason: `it has ${bytes.length} bytes`,
      remedy: "Split the annotation.",
    });
  const { regions, micronsPerPixel } = readAperioXml(new TextDecoder().decode(bytes), fileOf(xml));
  const frame = { height: axisLength(image.image, "y"), width: axisLength(image.image, "x") };
  const budget = pixelBudget(frame);
  const shapes = regions.map(({ ring }) => {
    spendPixels(budget, polygonPixels([[ring]], frame), xml);
    return { shape: shapeFromRings([ring], frame) };
  });
  const { layer, notes } = objectLayer(shapes, { compartment: "nuclear", file: xml });
  return {
    image:
      image.mpp === null && micronsPerPixel !== null
        ? { ...image, mpp: { y: micronsPerPixel, x: micronsPerPixel } }
        : image,
    layers: [layer],
    notes,
  };
}
