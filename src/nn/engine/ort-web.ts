/**
 * ONNX Runtime compiled to WebAssembly: on the processor ("wasm"), or on a graphics card through WebGPU.
 *
 * The engine of the browser; in Node it runs too, on the processor, where the native runtime does not fit the machine.
 * Which build of the runtime is loaded, and from which address, is the caller's business (`load`, `files`), so that
 * this file pulls nothing into a bundle and never names a remote address. A session blocks the thread it runs on:
 * callers put it into a worker.
 */
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-web";
import { FoundryError } from "#core/errors.ts";
import { encodeModel } from "../onnx/index.ts";
import type { Engine, Session, Tensor } from "./engine.ts";

type OrtWebRuntime = Pick<typeof import("onnxruntime-web"), "InferenceSession" | "Tensor" | "env">;

export interface OrtWebOptions {
  readonly device: "wasm" | "webgpu";
  /** Loads one build of the runtime; called once. */
  readonly load: () => Promise<OrtWebRuntime>;
  /** Absolute addresses of that build's two parts; default: beside the script, which suits Node only. */
  readonly files?: { readonly wasm: string; readonly mjs: string };
  /** Threads inside one operator, 1 or more. More than 1 needs shared memory (an isolated page). */
  readonly threads: number;
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function toOrt(runtime: OrtWebRuntime, name: string, tensor: Tensor): OrtTensor {
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

function wrapSession(runtime: OrtWebRuntime, session: InferenceSession): Session {
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(feeds) {
      const ortFeeds: Record<string, OrtTensor> = {};
      for (const [name, tensor] of Object.entries(feeds)) ortFeeds[name] = toOrt(runtime, name, tensor);
      try {
        const results = await session.run(ortFeeds);
        const outputs: Record<string, Tensor> = {};
        for (const [name, value] of Object.entries(results)) outputs[name] = fromOrt(name, value);
        return outputs;
      } catch (error) {
        if (error instanceof FoundryError) throw error;
        throw new FoundryError("engine.failed", {
          message: `The model could not be run: ${reason(error)}`,
          hint: "When memory is short, close other programs or crop the image.",
          cause: error,
        });
      }
    },
    async release() {
      await session.release();
    },
  };
}

// 1 + 2 in the smallest model there is: what fails with it is the runtime or the device, not somebody's model.
const probeModel = (): Uint8Array =>
  encodeModel({
    graphName: "probe",
    producer: "cellfoundry",
    documentation: "",
    opsets: { "": 17 },
    inputs: ["a", "b"].map((name) => ({ name, dtype: "float32" as const, shape: [1] })),
    outputs: [{ name: "sum", dtype: "float32", shape: [1] }],
    initialisers: [],
    nodes: [
      { operator: "Add", domain: "", name: "add", inputs: ["a", "b"], outputs: ["sum"], attributes: {} },
    ],
    metadata: {},
  });

const one = (value: number): Tensor => ({ shape: [1], data: Float32Array.of(value) });

function unavailable(device: string, cause: unknown): FoundryError {
  return new FoundryError("engine.unavailable", {
    message: `The neural-network runtime does not start on this device (${device}): ${reason(cause)}`,
    hint: "Use another device or another browser, or predict on the server.",
    cause,
  });
}

/**
 * The WebAssembly engine, tried out on its device before it is handed over.
 *
 * @throws FoundryError `engine.unavailable` when runtime or device do not work here.
 * The runtime's settings are one per thread of the program: the first engine of a thread decides files and threads.
 */
export async function createOrtWebEngine(options: OrtWebOptions): Promise<Engine> {
  const { device, files, threads } = options;
  try {
    const runtime = await options.load();
    runtime.env.wasm.numThreads = threads;
    if (files !== undefined) runtime.env.wasm.wasmPaths = { wasm: files.wasm, mjs: files.mjs };
    const probe = wrapSession(runtime, await startSession(runtime, probeModel(), device));
    const { sum } = await probe.run({ a: one(1), b: one(2) });
    await probe.release();
    if (sum?.data[0] !== 3) throw new Error("it does not add 1 and 2");
    return engineOf(runtime, device);
  } catch (error) {
    throw unavailable(device, error);
  }
}

const startSession = (runtime: OrtWebRuntime, model: Uint8Array, device: OrtWebOptions["device"]) =>
  runtime.InferenceSession.create(model, {
    executionProviders: [device],
    graphOptimizationLevel: "all",
    // Errors only: the runtime otherwise warns in the browser's console about operators it places itself.
    logSeverityLevel: 3,
  });

function engineOf(runtime: OrtWebRuntime, device: OrtWebOptions["device"]): Engine {
  return {
    name: "onnxruntime-web",
    device,
    deviceClass: device,
    async createSession(model) {
      try {
        return wrapSession(runtime, await startSession(runtime, model, device));
      } catch (error) {
        throw new FoundryError("model.invalid", {
          message: `The model file could not be loaded: ${reason(error)}`,
          hint: "The file may be cut short, or made for a newer runtime. Export or upload it again.",
          cause: error,
        });
      }
    },
  };
}
