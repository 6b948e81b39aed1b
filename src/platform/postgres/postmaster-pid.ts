/**
 * What `postmaster.pid` says, and whether to believe it.
 *
 * The file outlives a crash, and its process id may since have gone to someone else (in a container almost surely);
 * PostgreSQL would then refuse to start. The working folder of a real postmaster is its data folder: that decides.
 */

import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** Process id of the postmaster that runs on this data folder, or `null`. */
export function findPostmaster(dataFolder: string): number | null {
  const pid = Number.parseInt(readLines(dataFolder)[0] ?? "", 10);
  if (!Number.isSafeInteger(pid) || pid <= 1 || !isAlive(pid)) return null;
  return worksIn(pid, dataFolder) ? pid : null;
}

/** Whether that postmaster accepts connections. */
export function isPostmasterReady(dataFolder: string, pid: number): boolean {
  const lines = readLines(dataFolder);
  // Line 1 is the process id, line 8 the state, padded with blanks.
  return Number.parseInt(lines[0] ?? "", 10) === pid && lines[7]?.trim() === "ready";
}

/** Call only when `findPostmaster` found none, and while holding the keeper's lock. */
export function removeStalePidFile(dataFolder: string): void {
  rmSync(join(dataFolder, "postmaster.pid"), { force: true });
}

/** Whether a process of that id exists, whoever owns it. A zombie counts as ended. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  if (process.platform !== "linux") return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3) === "Z";
  } catch {
    return true;
  }
}

function readLines(dataFolder: string): string[] {
  try {
    return readFileSync(join(dataFolder, "postmaster.pid"), "utf8").split("\n");
  } catch {
    return [];
  }
}

function worksIn(pid: number, dataFolder: string): boolean {
  // Elsewhere there is no such look-up; PostgreSQL's own check has to do.
  if (process.platform !== "linux") return true;
  try {
    const [theirs, ours] = [statSync(`/proc/${pid}/cwd`), statSync(dataFolder)];
    return theirs.dev === ours.dev && theirs.ino === ours.ino;
  } catch {
    // Not ours to look at, so not a process of our account.
    return false;
  }
}
