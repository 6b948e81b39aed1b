// Builds the web application when its sources have changed since the last build; a second start skips it.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findNode, root } from "./find-node.mjs";

/** What goes into the browser's bundle. */
const inputs = [
  "src/web",
  "src/core",
  "src/formats",
  "src/nn",
  "src/api",
  "vite.config.ts",
  "package-lock.json",
];
const marker = join(root, "dist", "web", ".sources");

/** Builds into dist/web unless the sources are those of the last build; throws when the build fails. */
export function ensureWebBuilt(say = console.error) {
  const digest = digestOf(inputs);
  if (existsSync(marker) && readFileSync(marker, "utf8") === digest) return;
  say("Building the web pages …");
  const vite = join(root, "node_modules", "vite", "bin", "vite.js");
  const result = spawnSync(findNode() ?? process.execPath, [vite, "build", "--logLevel", "warn"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (result.status !== 0) throw new Error("The web pages could not be built; the reason is above.");
  mkdirSync(join(root, "dist", "web"), { recursive: true });
  writeFileSync(marker, digest);
}

function digestOf(paths) {
  const hash = createHash("sha256");
  for (const path of paths.flatMap((input) => filesBelow(input)).sort()) {
    hash
      .update(path)
      .update("\0")
      .update(readFileSync(join(root, path)))
      .update("\0");
  }
  return hash.digest("hex");
}

function filesBelow(input) {
  const full = join(root, input);
  if (!existsSync(full)) return [];
  if (/\.\w+$/.test(input)) return [input];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length));
}
