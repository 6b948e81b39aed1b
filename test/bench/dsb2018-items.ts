/**
 * The Data Science Bowl subsets as training items, straight from their files, with the roles of their groups.
 *
 * Groups are clusters of appearance. Which ones test, validate and train is fixed here, so that whatever is chosen by
 * validation (a head, a width, an augmentation) has never seen a test group: `itemsOf` refuses to hand those out.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readImage, readLabels } from "#formats/index.ts";
import type { TrainingItem } from "#nn/index.ts";

/** The test groups of the shipped model's data set, and one of histology. */
const testGroups: readonly string[] = ["f256.07", "f520.01", "f520.05", "he320.06"];

/** Small dense nuclei, large ones, few images of a camera of its own, histology: where models differ. */
const validationGroups: readonly string[] = ["f256.03", "f320.01", "f520.04", "he320.08"];

export type BenchRole = "train" | "validation";

interface Row {
  readonly id: string;
  readonly kind: string;
  readonly group: string;
  readonly imagePath: string;
  readonly labelPath: string;
}

function rowsOf(dataFolder: string, subset: string, imagePath: (id: string) => string): Row[] {
  const folder = join(dataFolder, subset);
  const [head = "", ...lines] = readFileSync(join(folder, "index.csv"), "utf8").trim().split(/\r?\n/);
  const at = (name: string): number => head.split(",").indexOf(name);
  return lines.map((line) => {
    const cells = line.split(",");
    const id = cells[at("id")] as string;
    return {
      id,
      kind: cells[at("kind")] as string,
      group: cells[at("appearance_cluster")] as string,
      imagePath: join(folder, imagePath(id)),
      labelPath: join(folder, "labels", `${id}.tif`),
    };
  });
}

/** Rows of both subsets whose kind holds the given part. */
function rowsOfKinds(dataFolder: string, kinds: string): Row[] {
  return [
    ...rowsOf(dataFolder, "dsb2018", (id) => `stage1_train/${id}/images/${id}.png`),
    ...rowsOf(dataFolder, "dsb2018-more", (id) => `images/${id}.png`),
  ].filter(({ kind }) => kind.includes(kinds));
}

async function readRows(rows: readonly Row[]): Promise<TrainingItem[]> {
  const items: TrainingItem[] = [];
  for (const { id, group, kind, imagePath, labelPath } of rows) {
    const { image } = await readImage(readFileSync(imagePath), { name: `${id}.png` });
    const labels = await readLabels(readFileSync(labelPath), { name: `${id}.tif` });
    items.push({ id, group, image, labels: { nuclear: labels }, mpp: null, kind });
  }
  return items.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * Items of a role in memory, by id.
 *
 * @param kinds  a part of the kind's name, such as "fluorescence"; "" for all.
 */
export function itemsOf(dataFolder: string, role: BenchRole, kinds: string): Promise<TrainingItem[]> {
  const roleOf = (group: string): string =>
    testGroups.includes(group) ? "test" : validationGroups.includes(group) ? "validation" : "train";
  return readRows(rowsOfKinds(dataFolder, kinds).filter(({ group }) => roleOf(group) === role));
}

/** Items of all groups, for benches that hold out each group in its turn. */
export function everyItem(dataFolder: string, kinds: string): Promise<TrainingItem[]> {
  return readRows(rowsOfKinds(dataFolder, kinds));
}
