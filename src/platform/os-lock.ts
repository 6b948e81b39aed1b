/**
 * A lock that the operating system gives back by itself when its holder dies, however it dies.
 *
 * Node has no call for file locks. SQLite, which is part of Node, has: opening an (empty) database file exclusively
 * takes an fcntl lock on it. A lock file with a process id would need guesses about stale ids; this needs none.
 */

import { DatabaseSync } from "node:sqlite";

export interface OsLock {
  release(): void;
}

/**
 * Takes the lock on a file, which is created when missing and stays empty.
 *
 * @returns `null` when another process (or another part of this one) has it. Never waits.
 */
export function takeOsLock(path: string): OsLock | null {
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (isBusy(error)) return null;
    throw error;
  }
  return { release: () => database.close() };
}

function isBusy(error: unknown): boolean {
  // 5 is SQLITE_BUSY.
  return error instanceof Error && "errcode" in error && error.errcode === 5;
}
