/**
 * ONNX Runtime inside Node: on the processor, on a graphics card through WebGPU, or through CUDA where that is installed.
 *
 * With ort-node-state.ts the only file of `nn` that touches a Node package; imported by path (`#nn/engine/ort-node.ts`)
 * so that the browser never sees it. On the processor one operator runs at a time: with fixed threads the same run gives
 * the same bytes. The binding's `run` blocks the calling thread, so long work belongs in a worker process.
 */
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus } from "node:os";
import { basename, dirname, join } from "node:path";
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { FoundryError } from "#core/errors.ts";
import { probeChannelBlock } from "./channel-block.ts";
import type { Engine, Session, SessionOptions, StateBinding, Tensor } from "./engine.ts";
import { copyingModel, stateOnDevice, stateOnProcessor } from "./ort-node-state.ts";
import { fromOrt, toOrt } from "./ort-tensors.ts";
import { stateInMemory } from "./state-session.ts";

// More threads than this slow small networks down, and leave nothing for the rest of the server.
const MAX_DEFAULT_THREADS = 8;

export type NodeDevice = "cpu" | "webgpu" | "cuda";

export interface OrtNodeOptions extends SessionOptions {
  /** Default: the processor. */
  readonly device?: NodeDevice;
  /** False: training graphs of standard operators on the processor too, as on other devices. Default: true. */
  readonly channelBlocks?: boolean;
  /** Writes the runtime's own profile of every session to `<prefix>_<time>.json`; for measuring only. */
  readonly profilePrefix?: string;
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

type Runtime = typeof import("onnxruntime-node");

/** Loads the native package only when an engine is asked for, so that a machine it does not fit gets a clear error. */
async function loadRuntime(): Promise<Runtime> {
  try {
    return await import("onnxruntime-node");
  } catch (error) {
    throw new FoundryError("engine.unavailable", {
      message: `The neural-network runtime could not be started: ${reason(error)}`,
      hint: "Run the installation again on this machine; the runtime has one build per operating system and processor.",
      cause: error,
    });
  }
}

function wrapSession(runtime: Runtime, session: InferenceSession): Session {
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(feeds) {
      const ortFeeds: Record<string, OrtTensor> = {};
      for (const [name, tensor] of Object.entries(feeds))
        ortFeeds[name] = toOrt(runtime.Tensor, name, tensor);
      try {
        const results = await session.run(ortFeeds);
        const outputs: Record<string, Tensor> = {};
        for (const [name, value] of Object.entries(results))
          outputs[name] = fromOrt(name, value as OrtTensor);
        return outputs;
      } catch (error) {
        if (error instanceof FoundryError) throw error;
        throw new FoundryError("engine.failed", {
          message: `The model could not be run: ${reason(error)}`,
          cause: error,
        });
      }
    },
    async release() {
      await session.release();
    },
  };
}

type SessionSettings = InferenceSession.SessionOptions;

/** Settings of a session; graphics cards want none of the processor's. */
function settingsOf(device: NodeDevice, threads: number, options: OrtNodeOptions): SessionSettings {
  return {
    executionProviders: device === "cpu" ? ["cpu"] : [device, "cpu"],
    graphOptimizationLevel: "all",
    executionMode: "sequential",
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableCpuMemArena: true,
    enableMemPattern: true,
    // Errors only: the runtime otherwise warns about graphs it optimises, on the terminal of the user.
    logSeverityLevel: 3,
    // Idle threads sleep instead of spinning: the worker shares its cores with server and database, and with
    // spinning a training step burnt 30 % more CPU time on a busy machine.
    extra: { session: { intra_op: { allow_spinning: "0" } } },
    ...(options.profilePrefix === undefined
      ? {}
      : { enableProfiling: true, profileFilePrefix: options.profilePrefix }),
  };
}

const refused = (error: unknown): FoundryError =>
  new FoundryError("model.invalid", {
    message: `The model file could not be loaded: ${reason(error)}`,
    hint: "The file may be cut short, or made for a newer runtime. Export or upload it again.",
    cause: error,
  });

/**
 * The engine of one device.
 *
 * @throws FoundryError `engine.unavailable` when the runtime does not load on this machine, or the device is not there.
 * @param options.threads threads inside one operator, 1 or more; default: the machine's cores, at most 8.
 * Deterministic on the processor: for one machine, one number of threads and one model, equal inputs give equal bytes.
 */
export async function createOrtNodeEngine(options: OrtNodeOptions = {}): Promise<Engine> {
  const runtime = await loadRuntime();
  const { device = "cpu", channelBlocks = true } = options;
  const threads = options.threads ?? Math.min(availableParallelism(), MAX_DEFAULT_THREADS);
  const create = async (model: Uint8Array, session: SessionOptions, more: SessionSettings = {}) => {
    try {
      const settings = settingsOf(device, session.threads ?? threads, options);
      return await runtime.InferenceSession.create(model, { ...settings, ...more });
    } catch (error) {
      throw refused(error);
    }
  };
  const createSession: Engine["createSession"] = async (model, session = {}) =>
    wrapSession(runtime, await create(model, session));
  if (device !== "cpu") {
    await assertDevice(createSession, device);
    return {
      name: "onnxruntime-node",
      device,
      deviceClass: device,
      createSession,
      async createStateSession(model, binding, session = {}) {
        // Only WebGPU's buffers are known to this binding as tensors.
        if (device !== "webgpu") return stateInMemory(await createSession(model, session), binding);
        const outputs = Object.values(binding.next);
        const preferredOutputLocation = Object.fromEntries(
          outputs.map((name) => [name, "gpu-buffer" as const]),
        );
        const stepper = await create(model, session, { preferredOutputLocation });
        return stateOnDevice(runtime, stepper, await create(copyingModel(binding.initial), session), binding);
      },
    };
  }
  const channelBlock = channelBlocks ? await probeChannelBlock(createSession) : undefined;
  return {
    name: "onnxruntime-node",
    device: `cpu, ${cpus()[0]?.model.trim() ?? "unknown processor"}, ${threads} ${threads === 1 ? "thread" : "threads"}`,
    deviceClass: "cpu",
    ...(channelBlock === undefined ? {} : { channelBlock }),
    createSession,
    createStateSession: async (model: Uint8Array, binding: StateBinding, session: SessionOptions = {}) =>
      stateOnProcessor(runtime, await create(model, session), binding),
  };
}

/** Runs the smallest graph there is on the device. */
async function assertDevice(createSession: Engine["createSession"], device: NodeDevice): Promise<void> {
  try {
    const one: Tensor = { shape: [1], data: Float32Array.of(1) };
    const session = await createSession(copyingModel({ one }));
    const outputs = await session.run({ one });
    await session.release();
    if (outputs["copy.one"]?.data[0] !== 1) throw new Error("it gives wrong numbers");
  } catch (error) {
    throw new FoundryError("engine.unavailable", {
      message: `The device "${device}" does not work on this machine: ${reason(error)}`,
      hint: `Use the device "cpu", or see docs/models.md for what "${device}" needs.`,
      cause: error,
    });
  }
}

/** Whether somebody put CUDA's part beside the native runtime; asking the runtime would print an error where not. */
export function cudaIsInstalled(): boolean {
  try {
    const main = createRequire(import.meta.url).resolve("onnxruntime-node");
    const binaries = join(dirname(main), "..", "bin");
    const files = readdirSync(binaries, { recursive: true, encoding: "utf8" });
    return files.some((file) => basename(file).includes("onnxruntime_providers_cuda"));
  } catch {
    // The native runtime is not there at all: the next attempt says so.
    return false;
  }
}
