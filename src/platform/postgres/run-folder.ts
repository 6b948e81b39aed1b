/**
 * Where the sockets lie: in `<home>/run`, or in a short private folder below the system's temporary one when the path
 * is too long for a socket (107 bytes) or the account of PostgreSQL cannot enter the home.
 */

import { chmodSync, chownSync, lstatSync, mkdirSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FoundryError } from "#core/errors.ts";
import type { HomeLayout } from "../home.ts";
import { sha256 } from "../sha256.ts";
import { type Account, isReachable } from "./account.ts";

export interface RunFolder {
  /** Unix socket of the keeper. */
  readonly keeperSocket: string;
  /** Folder in which PostgreSQL puts its own, mode 0700, owned by the account that runs it. */
  readonly postgresFolder: string;
  /** The folder outside the home, to be removed when nothing runs any more; null when the sockets lie in the home. */
  readonly outside: string | null;
}

/** A socket address holds 108 bytes on Linux, 104 on macOS; the longest name below the folder has 18. */
const folderBytesMax = 80;

/** Port PostgreSQL forms its socket's name with; no network port is opened. */
export const postgresPort = 5432;

/** Creates the folders when missing. @throws FoundryError `home.database` when someone else owns the folder. */
export function openRunFolder(layout: HomeLayout, account: Account | null): RunFolder {
  const inHome =
    Buffer.byteLength(layout.run) <= folderBytesMax &&
    (account === null || isReachable(join(layout.run, "pg"), account));
  const folder = inHome ? layout.run : privateFolder(layout.root, account);
  const postgresFolder = join(folder, "pg");
  mkdirSync(postgresFolder, { recursive: true, mode: 0o700 });
  chmodSync(postgresFolder, 0o700);
  if (account !== null) chownSync(postgresFolder, account.uid, account.gid);
  return { keeperSocket: join(folder, "keeper.sock"), postgresFolder, outside: inHome ? null : folder };
}

/** Removes a folder outside the home. Only while holding the keeper's lock; what is not empty stays. */
export function closeRunFolder({ postgresFolder, outside }: RunFolder): void {
  if (outside === null) return;
  for (const folder of [postgresFolder, outside]) {
    try {
      rmdirSync(folder);
    } catch {
      // A program that starts just now may have put something there; it stays for the next keeper.
    }
  }
}

function privateFolder(home: string, account: Account | null): string {
  const folder = join(tmpdir(), `cellfoundry-${process.getuid?.() ?? 0}-${sha256(home).slice(0, 16)}`);
  // Others may enter (PostgreSQL's account must) but not look; what lies inside is 0700.
  const mode = account === null ? 0o700 : 0o711;
  mkdirSync(folder, { recursive: true, mode });
  const stats = lstatSync(folder);
  // The temporary folder is open to everyone: one made by another account would be a trap.
  if (!stats.isDirectory() || stats.uid !== process.getuid?.() || (stats.mode & 0o022) !== 0) {
    throw new FoundryError("home.database", {
      message: "The folder for the database's socket belongs to someone else.",
      hint: "Choose a data folder with a shorter path, or remove the foreign folder.",
      details: { folder },
    });
  }
  chmodSync(folder, mode);
  return folder;
}
