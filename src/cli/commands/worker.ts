/**
 * `worker`: runs jobs of the queue until its standard input closes or it is told to stop.
 *
 * The server starts it with a pipe as standard input, so a worker never outlives its server, however that ends. Heavy
 * jobs (training) get a process of their own, because the engine computes in the calling thread and predictions must
 * not wait for it.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { createLog, type Log } from "#platform/index.ts";
import { type Command, type CommandInput, numberOption, textOption, usageError } from "../command.ts";
import { applyEngineOptions, engineOptions } from "../engine-options.ts";

/** A process that ends by itself is started again after this pause, so that a fault at its start cannot spin. */
const RESTART_MS = 2_000;

const queueChoices = ["all", "light", "heavy"] as const;
type QueueChoice = (typeof queueChoices)[number];

export const workerCommand: Command = {
  usage: "worker [--queue NAME] [--lease-ms N] [--device NAME] [--threads N] [--home FOLDER]",
  about:
    "Runs jobs of the queue until standard input closes. `serve` starts one by itself; start more for more jobs at once.",
  examples: ["cellfoundry worker --queue heavy"],
  options: {
    queue: {
      type: "string",
      value: "NAME",
      help: `${queueChoices.join(", ")}; default all, in two processes`,
    },
    "lease-ms": {
      type: "string",
      value: "N",
      help: "How long a silent process keeps its job; default 30000",
    },
    ...engineOptions,
  },
  run,
};

async function run(input: CommandInput): Promise<undefined> {
  const queue = queueChoices.find((one) => one === (textOption(input, "queue") ?? "all"));
  if (queue === undefined) throw usageError(`--queue is one of ${queueChoices.join(", ")}.`, workerCommand);
  const leaseMs = numberOption(input, "lease-ms", { low: 500, high: 3_600_000, integer: true });
  await applyEngineOptions(input);
  const signal = AbortSignal.any([input.signal, inputClosed()]);
  const log = createLog((line) => process.stderr.write(line));
  const heavy = queue === "all" ? keepHeavyWorker(input, log, signal) : undefined;
  await work(input, { queue, leaseMs, log, signal });
  await heavy;
  // An open input would keep the process alive.
  process.stdin.destroy();
  return undefined;
}

async function work(
  input: CommandInput,
  options: {
    readonly queue: QueueChoice;
    readonly leaseMs: number | undefined;
    readonly log: Log;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const [{ openStore }, { openQueue, releaseSegmentationModels }] = await Promise.all([
    import("#store/index.ts"),
    import("#jobs/index.ts"),
  ]);
  const home = textOption(input, "home");
  const store = await openStore(home === undefined ? {} : { home });
  try {
    const queue = await openQueue(store, { role: "worker" });
    options.log.write("info", "worker ready", { queue: options.queue, pid: process.pid });
    await queue.work({
      signal: options.signal,
      queues: [options.queue === "heavy" ? "heavy" : "light"],
      ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
      onFault: (jobId, error) =>
        options.log.write("error", "a job met a fault of the program", {
          jobId,
          reason: error instanceof Error ? error.stack : String(error),
        }),
    });
    await queue.close();
    await releaseSegmentationModels();
  } finally {
    await store.close();
  }
}

/** Fires when whoever started this process is gone. A terminal does not count: there Ctrl-C is the way. */
function inputClosed(): AbortSignal {
  const controller = new AbortController();
  if (!process.stdin.isTTY) {
    const close = (): void => controller.abort();
    process.stdin.on("end", close).on("close", close).on("error", close).resume();
  }
  return controller.signal;
}

/** Keeps one process for heavy jobs alive until the signal fires, then waits for its end. */
async function keepHeavyWorker(input: CommandInput, log: Log, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const child = startHeavyWorker(input);
    const stop = (): void => {
      child.stdin?.end();
      child.kill("SIGTERM");
    };
    signal.addEventListener("abort", stop, { once: true });
    const code = await new Promise<number | string>((resolve) => {
      child.once("error", (error) => resolve(String(error)));
      child.once("exit", (exit, killed) => resolve(exit ?? killed ?? "unknown"));
    });
    signal.removeEventListener("abort", stop);
    if (signal.aborted) return;
    log.write("warn", "the worker for heavy jobs ended and is started again", { code });
    await new Promise((resolve) => setTimeout(resolve, RESTART_MS));
  }
}

function startHeavyWorker(input: CommandInput): ChildProcess {
  const passed = ["home", "lease-ms", ...Object.keys(engineOptions)].flatMap((name) => {
    const value = textOption(input, name);
    return value === undefined ? [] : [`--${name}`, value];
  });
  const main = process.argv[1] ?? "";
  return spawn(process.execPath, [...process.execArgv, main, "worker", "--queue", "heavy", ...passed], {
    stdio: ["pipe", "inherit", "inherit"],
  });
}
