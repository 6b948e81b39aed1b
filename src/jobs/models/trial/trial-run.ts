/**
 * Runs a model once in a process of bounded memory and time.
 *
 * nn/onnx/check-graph has made sure that what a run needs follows from the size of its input, so a model that behaves
 * here behaves in every later run of the same size.
 */
import { fork } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { errorFromWire, FoundryError } from "#core/errors.ts";
import type { Tensor } from "#nn/index.ts";
import { memorySignal } from "../../ingest/decoder/protocol.ts";
import type { TrialAnswer, TrialStart } from "./protocol.ts";

/** What a run of 512 x 512 may take: a U-Net needs 0.2 GiB, the largest transformers for cells 3 GiB. */
const MEMORY_BYTES_MAX = 4 * 2 ** 30;

/** A tile that takes longer on two cores is of no use for images; a slow, busy machine is allowed for. */
const TIME_MS_MAX = 120_000;

/** Half of a small machine, so that the server answers meanwhile. */
const THREADS = 2;

const childPath = fileURLToPath(new URL("./trial-child.ts", import.meta.url));

export interface TrialOptions {
  /** Folder for the model's file while it runs. */
  readonly tempFolder: string;
  readonly memoryBytesMax?: number;
  readonly timeMsMax?: number;
}

export type TrialResult = Extract<TrialAnswer, { readonly state: "done" }>;

/**
 * @throws FoundryError `model.invalid` when the runtime refuses the file or it crashes, `engine.failed` when the run fails,
 *         `limit.memory`, `limit.time`.
 */
export async function trialRun(
  onnx: Uint8Array,
  feeds: Readonly<Record<string, Tensor>>,
  options: TrialOptions,
): Promise<TrialResult> {
  const folder = await mkdtemp(join(options.tempFolder, "trial-"));
  try {
    const modelPath = join(folder, "model.onnx");
    await writeFile(modelPath, onnx, { mode: 0o600 });
    const memoryBytesMax = options.memoryBytesMax ?? MEMORY_BYTES_MAX;
    return await inChild(
      { modelPath, memoryBytesMax, threads: THREADS },
      feeds,
      options.timeMsMax ?? TIME_MS_MAX,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function inChild(
  start: TrialStart,
  feeds: Readonly<Record<string, Tensor>>,
  timeMsMax: number,
): Promise<TrialResult> {
  return new Promise((resolve, reject) => {
    const child = fork(childPath, [JSON.stringify(start)], {
      serialization: "advanced",
      execArgv: ["--max-old-space-size=512", "--disable-warning=ExperimentalWarning"],
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    let tooSlow = false;
    const timer = setTimeout(() => {
      tooSlow = true;
      child.kill("SIGKILL");
    }, timeMsMax);
    child.on("message", (message) => {
      clearTimeout(timer);
      const answer = message as TrialAnswer;
      if (answer.state === "done") resolve(answer);
      else reject(errorFromWire(answer.error));
    });
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      clearTimeout(timer);
      // After an answer this changes nothing: a promise is settled once.
      reject(tooSlow ? tookTooLong(timeMsMax) : ended(code, signal, start.memoryBytesMax));
    });
    child.send({ feeds }, () => undefined);
  });
}

function tookTooLong(timeMsMax: number): FoundryError {
  return new FoundryError("limit.time", {
    message: `The trial run of the model took longer than ${Math.round(timeMsMax / 1000)} seconds and was stopped.`,
    hint: "Use a smaller network, or one that takes smaller tiles.",
  });
}

function ended(code: number | null, signal: NodeJS.Signals | null, memoryBytesMax: number): FoundryError {
  if (signal === memorySignal || signal === "SIGKILL") {
    return new FoundryError("limit.memory", {
      message: `The trial run of the model took more than ${(memoryBytesMax / 2 ** 30).toFixed(1)} GiB of memory and was stopped.`,
      hint: "Use a smaller network, or one that takes smaller tiles.",
    });
  }
  return new FoundryError("model.invalid", {
    message: "The runtime crashed in the trial run of the model; nothing else was affected.",
    hint: "The file is probably damaged; export it again.",
    details: { code, signal },
  });
}
