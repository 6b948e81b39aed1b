/** Which processes use a data folder, read from /proc: tests assert that nothing is left running. */

import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface HomeUser {
  readonly pid: number;
  readonly command: string;
}

/** Keeper and PostgreSQL processes of a home. Linux only; elsewhere empty. */
export function homeUse(home: string): HomeUser[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isSafeInteger(pid) && pid !== process.pid)
    .flatMap((pid) => {
      const command = read(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"))
        .replaceAll("\0", " ")
        .trim();
      const folder = read(() => readlinkSync(`/proc/${pid}/cwd`));
      const isKeeper = command.includes("keeper.ts") && command.includes(home);
      return isKeeper || folder.startsWith(home) ? [{ pid, command }] : [];
    });
}

function read(look: () => string): string {
  try {
    return look();
  } catch {
    return "";
  }
}

/** Polls until `condition` holds; fails after 20 s naming what was waited for. */
export async function waitFor(
  condition: () => boolean | Promise<boolean>,
  what: string,
  msMax = 20_000,
): Promise<void> {
  const deadline = Date.now() + msMax;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
