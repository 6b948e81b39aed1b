/**
 * Under which account PostgreSQL runs: ours, or an unprivileged one when we are root (it refuses root).
 *
 * An existing cluster keeps its owner, so that it opens again whatever accounts are added later.
 */

import { readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { FoundryError } from "#core/errors.ts";

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** In order of preference; every Linux has at least `nobody`. */
const accountNames = ["postgres", "nobody"];

/** `null` means: as we are. @param cluster  folder of the cluster, which may not exist yet. */
export function postgresAccount(cluster: string): Account | null {
  if (process.getuid?.() !== 0) return null;
  const owner = ownerOf(cluster);
  if (owner !== null && owner.uid !== 0) return owner;
  const accounts = readAccounts();
  for (const name of accountNames) {
    const account = accounts.get(name);
    if (account !== undefined) return account;
  }
  throw new FoundryError("home.database", {
    message:
      "PostgreSQL does not run as root, and this system has no account `postgres` or `nobody` to run it under.",
    hint: "Start the program as an ordinary user, or set DATABASE_URL.",
  });
}

/** Whether an account may enter all folders above a path, by their permission bits. */
export function isReachable(path: string, account: Account): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { uid, gid, mode } = statSync(folder);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

function ownerOf(path: string): Account | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? null : { uid: stats.uid, gid: stats.gid };
}

function readAccounts(): Map<string, Account> {
  const accounts = new Map<string, Account>();
  for (const line of readFileSync("/etc/passwd", "utf8").split("\n")) {
    const [name, , uid, gid] = line.split(":");
    if (name === undefined || uid === undefined || gid === undefined) continue;
    accounts.set(name, { uid: Number(uid), gid: Number(gid) });
  }
  return accounts;
}
