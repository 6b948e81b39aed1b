/** The real `serve` command as a child process, for tests that use it as people do and for tests that kill it. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";

/** Far above what a start takes, also on a machine that does other things. */
const startMsMax = 120_000;

const main = join(import.meta.dirname, "..", "src", "cli", "main.ts");

export interface RunningServe {
  /** The server itself: the launcher is left out, so that a kill meets it and nothing else. */
  readonly child: ChildProcess;
  readonly url: string;
  readonly signInUrl: string;
  /** From the start of the process to its line that people may come. */
  readonly startMs: number;
  /** What it said on standard error so far. */
  said(): string;
}

/** Starts the command and waits for its answer. @throws with its words when it ends before. */
export async function startServe(home: string, args: readonly string[] = []): Promise<RunningServe> {
  const began = performance.now();
  const words = [main, "serve", "--home", home, "--json", ...args];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let err = "";
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const late = setTimeout(() => child.kill("SIGKILL"), startMsMax);
  for await (const chunk of child.stdout) {
    out += chunk;
    if (out.trimEnd().endsWith("}")) break;
  }
  clearTimeout(late);
  if (!out.includes('"url"')) throw new Error(`the server did not start: ${out}${err}`);
  const facts = JSON.parse(out) as { url: string; signInUrl: string };
  return { child, ...facts, startMs: Math.round(performance.now() - began), said: () => err };
}

/** Runs another command to its end. */
export function runCommand(args: readonly string[]): {
  status: number | null;
  stdout: string;
  stderr: string;
} {
  return spawnSync(process.execPath, [main, ...args], { encoding: "utf8" });
}

/** Lines `pid command` of processes that name the folder. */
export function processesOf(folder: string): string[] {
  const { stdout } = spawnSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" });
  return stdout
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.includes(folder));
}
