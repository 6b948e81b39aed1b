/**
 * Lint step: reads every source below a folder and reports what breaks the arrows. Exit code 1 when anything does.
 *
 * Usage: node scripts/lint-arrows.ts [FOLDER]   (default: src)
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkArrows } from "./arrows.ts";

const folder = process.argv[2] ?? "src";
const sources = new Map<string, string>();
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
  const path = join(entry.parentPath, entry.name);
  sources.set(path.slice(folder.length + 1).replaceAll("\\", "/"), readFileSync(path, "utf8"));
}

const faults = checkArrows(sources);
for (const fault of faults) console.error(`${folder}/${fault.file}:${fault.line}  ${fault.message}`);
console.log(`${sources.size} files, ${faults.length} broken arrows`);
process.exitCode = faults.length === 0 ? 0 : 1;
