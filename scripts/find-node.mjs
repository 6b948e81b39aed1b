// Finds a Node that runs TypeScript: the caller's own when it is new enough, else the one npm installed here.
// Plain JavaScript, because it must itself run on an old Node and before anything is installed.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** Type stripping without a flag came with 22.18; the project is tested on 24. */
const majorMin = 24;

/** @returns {string | undefined} path of a Node executable of at least `majorMin` */
export function findNode() {
  if (Number(process.versions.node.split(".")[0]) >= majorMin) return process.execPath;
  const windows = process.platform === "win32";
  const packages = [
    `node-${process.platform}-${process.arch}`,
    `node-bin-${process.platform}-${process.arch}`,
  ];
  return packages
    .map((name) => join(root, "node_modules", name, "bin", windows ? "node.exe" : "node"))
    .find((path) => existsSync(path));
}
