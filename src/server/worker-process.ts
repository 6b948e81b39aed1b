/**
 * Worker processes of a running server: started with it, started again when they crash, gone when it is gone.
 *
 * A worker holds the reading end of a pipe as its standard input. The pipe closes when this process ends in whatever
 * way, kill -9 included, and the worker stops by itself: nothing is left running.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Log, packageRoot } from "#platform/index.ts";

export interface WorkerOptions {
  readonly home: string;
  readonly databaseUrl: string | undefined;
  readonly log: Log;
}

export interface WorkerProcess {
  /** Process id, or undefined between a crash and the restart. */
  readonly pid: number | undefined;
  /** Asks the worker to give its jobs back and waits until it is gone. */
  stop(): Promise<void>;
}

/** A worker that dies at once, again and again, is broken: wait longer each time, up to this. */
const restartMsMax = 10_000;
const restartMsMin = 500;

/** Alive this long, a worker counts as sound and the next restart is quick again. */
const soundMs = 60_000;

/** A stopping worker gives its jobs back within seconds; a native computation may take longer to notice. */
const stopMs = 10_000;

/** Starts `cellfoundry worker` and keeps it running until `stop`. */
export function startWorkerProcess(options: WorkerOptions): WorkerProcess {
  let stopping = false;
  let child: ChildProcess | undefined;
  let restartMs = restartMsMin;
  let timer: NodeJS.Timeout | undefined;

  const start = (): void => {
    const startedAt = performance.now();
    const started = spawnWorker(options);
    child = started;
    const ended = (how: string): void => {
      if (child !== started) return;
      child = undefined;
      if (stopping) return;
      const alive = performance.now() - startedAt;
      restartMs = alive > soundMs ? restartMsMin : Math.min(restartMsMax, restartMs * 2);
      options.log.write("warn", "the worker ended and is started again", { how, aliveMs: Math.round(alive) });
      timer = setTimeout(start, restartMs);
    };
    started.on("exit", (code, signal) => ended(signal ?? `code ${code}`));
    started.on("error", (error) => ended(error.message));
  };
  start();

  return {
    get pid() {
      return child?.pid;
    },
    async stop() {
      stopping = true;
      clearTimeout(timer);
      const last = child;
      if (last === undefined || last.exitCode !== null || last.signalCode !== null) return;
      const gone = once(last, "exit");
      last.kill("SIGTERM");
      last.stdin?.end();
      const cut = setTimeout(() => last.kill("SIGKILL"), stopMs);
      await gone;
      clearTimeout(cut);
    },
  };
}

/** Workers log lines of JSON; anything else is the runtime complaining, which is worth a warning. */
function relay(line: string, log: Log): void {
  const parsed = parseLine(line);
  if (parsed === undefined) {
    log.write("warn", line.slice(0, 500), { from: "worker" });
    return;
  }
  const { level, message, at: _at, ...facts } = parsed;
  const known = logLevels.find((one) => one === level) ?? "warn";
  log.write(known, String(message), { from: "worker", ...facts });
}

const logLevels = ["debug", "info", "warn", "error"] as const;

function parseLine(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function spawnWorker({ home, databaseUrl, log }: WorkerOptions): ChildProcess {
  const main = join(packageRoot, "src", "cli", "main.ts");
  const env = databaseUrl === undefined ? process.env : { ...process.env, DATABASE_URL: databaseUrl };
  const child = spawn(process.execPath, [...process.execArgv, main, "worker", "--home", home], {
    env,
    stdio: ["pipe", "ignore", "pipe"],
  });
  createInterface({ input: child.stderr }).on("line", (line) => relay(line, log));
  // The other end closing is how a worker's death shows here; it is handled by "exit".
  child.stdin.on("error", () => undefined);
  return child;
}
