/**
 * Which program made a result: package version, git commit when the checkout has one, digest of the lockfile.
 *
 * The commit is read from `.git` directly, so that no git program is needed on the machine.
 */

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { sha256 } from "./sha256.ts";

/** Folder that holds package.json. */
export const packageRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** `0.1.0` or `0.1.0+0123456789ab` when the commit is known. */
export function codeVersion(root: string = packageRoot): string {
  const commit = readCommit(root);
  return commit === null ? packageVersion(root) : `${packageVersion(root)}+${commit.slice(0, 12)}`;
}

/** Version in package.json. */
export function packageVersion(root: string = packageRoot): string {
  const parsed: unknown = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  if (typeof parsed === "object" && parsed !== null && "version" in parsed) return String(parsed.version);
  return "0.0.0";
}

/** SHA-256 of package-lock.json: the exact versions of everything that ran. Without a lockfile, of empty text. */
export function lockDigest(root: string = packageRoot): string {
  return sha256(readOptional(join(root, "package-lock.json")) ?? "");
}

function readOptional(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

function readCommit(root: string): string | null {
  const head = readOptional(join(root, ".git", "HEAD"))?.trim();
  if (head === undefined) return null;
  if (!head.startsWith("ref: ")) return isCommit(head) ? head : null;
  const name = head.slice("ref: ".length);
  const loose = readOptional(join(root, ".git", name))?.trim();
  if (loose !== undefined) return isCommit(loose) ? loose : null;
  const packed = readOptional(join(root, ".git", "packed-refs")) ?? "";
  const line = packed.split("\n").find((entry) => entry.endsWith(` ${name}`));
  const commit = line?.split(" ")[0];
  return commit !== undefined && isCommit(commit) ? commit : null;
}

const isCommit = (text: string): boolean => /^[0-9a-f]{40,64}$/.test(text);
