/**
 * Makes `samples/` from the 2018 Data Science Bowl images in `../shared/data/dsb2018` (CC0).
 *
 * 24 fluorescence images with labels from six groups that look different from each other, and 3 further images of the
 * same groups without labels. Pixels and labels are unchanged; grey images stored as RGBA become 8-bit grey PNG. The
 * choice is by rule (first identifiers in order), and running the script twice gives the same bytes.
 *
 *   node scripts/make-samples.ts [source folder]
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  parseSheet,
  readImage,
  readLabels,
  type SheetRow,
  writeLabelTiff,
  writePng,
} from "../src/formats/index.ts";

const project = join(import.meta.dirname, "..");
const source = process.argv[2] ?? join(project, "../shared/data/dsb2018");
const target = join(project, "samples");

/**
 * Images with labels per group, and images without from the rest of the group. All groups are ones that the shipped
 * model `nuclei-fluorescence@1.0.0` was not trained on (see its card), so that what it does to the samples is honest.
 */
const CHOICE = [
  { group: "f256.07", labelled: 10, unseen: 2 },
  { group: "f256.03", labelled: 5, unseen: 1 },
  { group: "f520.04", labelled: 3, unseen: 0 },
  { group: "f520.05", labelled: 2, unseen: 0 },
  { group: "f320.01", labelled: 2, unseen: 0 },
  { group: "f520.01", labelled: 2, unseen: 0 },
] as const;

const SHORT_ID = 8; // first digits of the identifier; distinct among the chosen images, checked below

interface Chosen {
  readonly row: SheetRow;
  readonly group: string;
  readonly labelled: boolean;
}

function choose(): Chosen[] {
  const { rows } = parseSheet(readFileSync(join(source, "index.csv"), "utf8"), { name: "index.csv" });
  return CHOICE.flatMap(({ group, labelled, unseen }) => {
    const members = rows
      .filter((row) => row.values["group"] === group)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    if (members.length < labelled + unseen) throw new Error(`${group} has only ${members.length} images`);
    return members.slice(0, labelled + unseen).map((row, i) => ({ row, group, labelled: i < labelled }));
  });
}

async function greyPng(id: string): Promise<Uint8Array> {
  const path = join(source, "stage1_train", id, "images", `${id}.png`);
  const { image } = await readImage(readFileSync(path), { name: `${id}.png` });
  const [height, width] = image.shape;
  if (image.axes !== "yx" || !(image.data instanceof Uint8Array))
    throw new Error(`${id} is not a grey 8-bit image`);
  return writePng({ height: height!, width: width!, channels: 1, data: image.data });
}

async function labelTiff(id: string): Promise<Uint8Array> {
  const labels = await readLabels(readFileSync(join(source, "labels", `${id}.tif`)), { name: `${id}.tif` });
  return writeLabelTiff(labels, {
    description: {
      source: "Data Science Bowl 2018 stage1_train, corrected masks",
      sourceId: id,
      licence: "CC0-1.0",
    },
  });
}

async function main(): Promise<void> {
  const chosen = choose();
  const shortIds = new Set(chosen.map(({ row }) => row.name.slice(0, SHORT_ID)));
  if (shortIds.size !== chosen.length) throw new Error("short identifiers are not distinct");
  for (const folder of ["nuclei/images", "nuclei/labels", "unseen"]) {
    rmSync(join(target, folder), { recursive: true, force: true });
    mkdirSync(join(target, folder), { recursive: true });
  }
  const lines = ["name,group,kind,modality,source_id"];
  let bytes = 0;
  const put = (path: string, content: Uint8Array | string): void => {
    writeFileSync(join(target, path), content);
    bytes += content.length;
  };
  for (const { row, group, labelled } of chosen) {
    const id = row.name;
    const shortId = id.slice(0, SHORT_ID);
    put(labelled ? `nuclei/images/${shortId}.png` : `unseen/${shortId}.png`, await greyPng(id));
    if (!labelled) continue;
    put(`nuclei/labels/${shortId}.tif`, await labelTiff(id));
    lines.push([`${shortId}.png`, group, row.values["kind"] ?? "", "fluorescence", id].join(","));
  }
  put("nuclei/sheet.csv", `${lines.join("\n")}\n`);
  console.log(
    `${lines.length - 1} images with labels, ${chosen.length - lines.length + 1} without, ${(bytes / 1e6).toFixed(2)} MB`,
  );
}

await main();
