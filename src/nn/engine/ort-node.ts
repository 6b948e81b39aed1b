/**
 * ONNX Runtime on the CPU inside Node.
 *
 * The only file of `nn` that touches a Node package; imported by path (`#nn/engine/ort-node.ts`) so that the browser
 * never sees it. All graph optimisations on, one operator at a time: with fixed threads the same run gives the same
 * bytes. The binding's `run` blocks the calling thread, so long work belongs in a worker process.
 */
import { availableParallelism } from "node:os";
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { FoundryError } from "#core/errors.ts";
import { probeChannelBlock } from "./channel-block.ts";
import type { Engine, Session, SessionOptions, Tensor } from "./engine.ts";

// More threads than this slow small networks down, and leave nothing for the rest of the server.
const MAX_DEFAULT_THREADS = 8;

export interface OrtNodeOptions extends SessionOptions {
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

function toOrt(runtime: Runtime, name: string, tensor: Tensor): OrtTensor {
  const count = tensor.shape.reduce((a, b) => a * b, 1);
  if (count !== tensor.data.length) {
    throw new FoundryError("array.shapeMismatch", {
      message: `Input "${name}" has shape [${tensor.shape.join(", ")}] but ${tensor.data.length} values.`,
    });
  }
  return tensor.data instanceof Float32Array
    ? new runtime.Tensor("float32", tensor.data, tensor.shape)
    : new runtime.Tensor("int64", tensor.data, tensor.shape);
}

function fromOrt(name: string, value: OrtTensor): Tensor {
  if (value.data instanceof Float32Array || value.data instanceof BigInt64Array) {
    return { shape: value.dims, data: value.data };
  }
  throw new FoundryError("model.invalid", {
    message: `Output "${name}" of the model has element type ${value.type}; float32 or int64 is expected.`,
  });
}

function wrapSession(runtime: Runtime, session: InferenceSession): Session {
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(feeds) {
      const ortFeeds: Record<string, OrtTensor> = {};
      for (const [name, tensor] of Object.entries(feeds)) ortFeeds[name] = toOrt(runtime, name, tensor);
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

/**
 * The CPU engine.
 *
 * @throws FoundryError `engine.unavailable` when the runtime does not load on this machine.
 * @param options.threads threads inside one operator, 1 or more; default: the machine's cores, at most 8.
 * Deterministic: for one machine, one number of threads and one model, equal inputs give equal bytes.
 */
export async function createOrtNodeEngine(options: OrtNodeOptions = {}): Promise<Engine> {
  const runtime = await loadRuntime();
  const threads = options.threads ?? Math.min(availableParallelism(), MAX_DEFAULT_THREADS);
  const createSession: Engine["createSession"] = async (model, sessionOptions = {}) => {
    try {
      const session = await runtime.InferenceSession.create(model, {
        executionProviders: ["cpu"],
        graphOptimizationLevel: "all",
        executionMode: "sequential",
        intraOpNumThreads: sessionOptions.threads ?? threads,
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
      });
      return wrapSession(runtime, session);
    } catch (error) {
      throw new FoundryError("model.invalid", {
        message: `The model file could not be loaded: ${reason(error)}`,
        hint: "The file may be cut short, or made for a newer runtime. Export or upload it again.",
        cause: error,
      });
    }
  };
  const channelBlock = await probeChannelBlock(createSession);
  return {
    name: "onnxruntime-node",
    device: "cpu",
    deviceClass: "cpu",
    ...(channelBlock === undefined ? {} : { channelBlock }),
    createSession,
  };
}
