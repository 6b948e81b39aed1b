/**
 * Writes a made-up data set to a folder: `node src/testing/datasets/make.ts FORMAT FOLDER [SEED]`; `all` writes each
 * into a folder of its own.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { madeDatasets } from "./index.ts";

const [format, folder, seed = "1"] = process.argv.slice(2);
const names = Object.keys(madeDatasets);
if (folder === undefined || format === undefined || (format !== "all" && !names.includes(format))) {
  console.error(`usage: make.ts FORMAT FOLDER [SEED]\nformats: all ${names.join(" ")}`);
  process.exit(2);
}
for (const name of format === "all" ? names : [format]) {
  const { files } = madeDatasets[name]!(seed);
  for (const [path, bytes] of Object.entries(files)) {
    const place = join(folder, format === "all" ? name : "", path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, bytes);
  }
  console.log(`${name}: ${Object.keys(files).length} files`);
}
