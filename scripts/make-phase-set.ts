/**
 * Whole cells in phase contrast, as a folder that `cellfoundry import` takes: images, label images and a sheet.
 *
 * Two sources (see the notes beside them): Usiigaci (MIT), each image a group of its own, and ten frames of a C2C12 film
 * (CC BY 4.0), one group, whose pixel size is not stated. The shipped model of cells in phase contrast is trained on them.
 *
 * Usage: node scripts/make-phase-set.ts DATA OUT, DATA with the folders usiigaci-phase and phase-c2c12-timelapse.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LabelImage } from "../src/core/array/index.ts";
import { writeImageTiff, writeLabelTiff } from "../src/formats/index.ts";
import { families } from "../test/bench/real-items.ts";

const [data, out] = process.argv.slice(2);
if (data === undefined || out === undefined)
  throw new Error("Usage: node scripts/make-phase-set.ts DATA OUT");
for (const folder of ["images", "labels"]) mkdirSync(join(out, folder), { recursive: true });

const licences: Readonly<Record<string, string>> = { c2c12: "CC-BY-4.0" };
const lines = ["name,group,kind,modality,mpp,licence"];
for (const { id, group, image, labels, mpp } of (await families["phase"]?.items(data)) ?? []) {
  writeFileSync(join(out, "images", `${id}.tif`), writeImageTiff(image));
  writeFileSync(join(out, "labels", `${id}.tif`), writeLabelTiff(labels.wholeCell as LabelImage));
  const licence = licences[group] ?? "MIT";
  lines.push([`${id}.tif`, group, "phase", "phase contrast microscopy", mpp?.x ?? "", licence].join(","));
}
writeFileSync(join(out, "sheet.csv"), `${lines.join("\n")}\n`);
console.log(`${lines.length - 1} images`);
