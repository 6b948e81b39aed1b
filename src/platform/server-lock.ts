/** One server per embedded data folder: two would run every job and clean-up twice. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FoundryError } from "#core/errors.ts";
import type { HomeLayout } from "./home.ts";
import { type OsLock, takeOsLock } from "./os-lock.ts";

/**
 * Takes the place of the server; the lock ends with the process.
 *
 * @throws FoundryError `home.locked` naming the process that has it.
 */
export function takeServerLock(layout: HomeLayout): OsLock {
  const note = join(layout.run, "server.pid");
  const lock = takeOsLock(join(layout.run, "server.lock"));
  if (lock !== null) {
    writeFileSync(note, `${process.pid}\n`);
    return lock;
  }
  const pid = readPid(note);
  throw new FoundryError("home.locked", {
    message: `This data folder is already served by ${pid === null ? "another process" : `process ${pid}`}.`,
    hint: "Use that server, stop it first, or choose another folder with CELLFOUNDRY_HOME.",
    details: pid === null ? {} : { pid },
  });
}

function readPid(path: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(path, "utf8"), 10);
    return Number.isSafeInteger(pid) ? pid : null;
  } catch {
    return null;
  }
}
