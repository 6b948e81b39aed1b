/**
 * BBBC039 and folders like it: `images/<name>.tif` with coloured `masks/<name>.png`, and lists of names in
 * `metadata/training.txt`, `validation.txt` and `test.txt`.
 */
import { objectShapesFromLabels } from "#core/labels/index.ts";
import type {
  ImportFiles,
  Layout,
  LayoutItem,
  LayoutPlan,
  ReadItem,
  ReadLayer,
} from "../../import/layout.ts";
import { pairsLayout } from "../../import/pairs.ts";
import { fileOf } from "../../import/paths.ts";
import { labelsOf } from "../../import/plain-item.ts";
import { assertPair } from "../../pair.ts";
import { readImage } from "../../read-image.ts";
import { stemOf } from "../../sheet/join-sheet.ts";
import { readColouredLabels } from "./coloured-labels.ts";

const SPLITS: Readonly<Record<string, string>> = {
  "training.txt": "train",
  "validation.txt": "validation",
  "test.txt": "test",
};
// 200 names of 40 characters, with room.
const LIST_BYTES_MAX = 1024 * 1024;
const HEADER_BYTES = 33;

export const bbbc039Layout: Layout = {
  format: "bbbc039",
  title: "Images with coloured masks (BBBC039)",
  plan: planColoured,
  open: (files) => ({ read: (item) => readItem(files, item) }),
};

async function planColoured(files: ImportFiles): Promise<LayoutPlan | null> {
  const plan = await pairsLayout.plan(files);
  if (plan === null) return null;
  const labelled = plan.items.flatMap((item) => labelsPath(item) ?? []);
  if (labelled.length === 0 || !(await isColourPng(files, labelled[0] as string))) return null;
  const splitOf = await readSplits(files);
  const items = plan.items.map((item) => {
    const split = splitOf.get(stemOf(item.imagePath));
    return split === undefined ? item : { ...item, metadata: { ...item.metadata, sourceSplit: split } };
  });
  const notes = [...plan.notes, "Each connected piece of one colour in the masks is taken as one nucleus."];
  return { ...plan, items, notes };
}

function labelsPath(item: LayoutItem): string | null {
  const labels = labelsOf(item);
  return labels?.kind === "labelImage" ? labels.path : null;
}

async function isColourPng(files: ImportFiles, path: string): Promise<boolean> {
  const head =
    files.readRange === undefined ? await files.read(path) : await files.readRange(path, 0, HEADER_BYTES);
  const isPng = [0x89, 0x50, 0x4e, 0x47].every((byte, i) => head[i] === byte);
  // Depth and colour type of the header: RGB or RGBA with 8 bits.
  return isPng && head[24] === 8 && (head[25] === 2 || head[25] === 6);
}

async function readSplits(files: ImportFiles): Promise<Map<string, string>> {
  const splitOf = new Map<string, string>();
  for (const { path, size } of files.entries) {
    const split = SPLITS[fileOf(path).toLowerCase()];
    if (split === undefined || size > LIST_BYTES_MAX) continue;
    for (const line of new TextDecoder().decode(await files.read(path)).split(/\r?\n/)) {
      if (line.trim() !== "") splitOf.set(stemOf(line.trim()), split);
    }
  }
  return splitOf;
}

async function readItem(files: ImportFiles, item: LayoutItem): Promise<ReadItem> {
  const image = await readImage(await files.read(item.imagePath), { name: item.imagePath });
  const path = labelsPath(item);
  if (path === null) return { image, layers: [], notes: [] };
  const labels = readColouredLabels(await files.read(path), { name: path });
  assertPair(image.image, item.imagePath, labels, path);
  const objects = [...objectShapesFromLabels(labels)].map(([label, shape]) => ({ label, shape }));
  const layer: ReadLayer = {
    compartment: "nuclear",
    name: "",
    truth: "gold",
    coverage: "exhaustive",
    objects,
    links: [],
  };
  return { image, layers: [layer], notes: [] };
}
