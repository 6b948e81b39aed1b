// Brings node_modules up to the lockfile, once: a marker holds the digest of the lockfile that was installed.
// Plain JavaScript on any Node, because nothing is installed yet when it runs.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./find-node.mjs";

const marker = join(root, "node_modules", ".installed-lock");

/**
 * Installs what the lockfile says, unless this very lockfile is already installed; throws when npm fails.
 *
 * `npm install --no-save` and not `npm ci`: it takes versions and integrity from the lockfile too and leaves it as it
 * is, but does not insist on entries for optional binaries of platforms that a mirror does not carry.
 */
export function ensureInstalled(say = console.error) {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  if (existsSync(marker) && readFileSync(marker, "utf8") === lock) return;
  say("Installing packages (once, about a minute) …");
  const npm = process.env.npm_execpath;
  // The same npm that called us when there is one; its progress goes to the terminal.
  const [command, head] = npm === undefined ? ["npm", []] : [process.execPath, [npm]];
  const result = spawnSync(
    command,
    [...head, "install", "--no-save", "--loglevel=error", "--no-fund", "--no-audit"],
    {
      cwd: root,
      stdio: ["ignore", 2, 2],
    },
  );
  if (result.status !== 0)
    throw new Error("npm could not install; its message is above. Check the network and try again.");
  writeFileSync(marker, lock);
}
