/**
 * Chooses the engine of a Node process.
 *
 * "auto" is CUDA where a user has installed it, else the processor, else WebAssembly where the native runtime does not load.
 * WebGPU has to be asked for: a graphics chip beside the processor may well be slower than it, and only the processor
 * repeats a run to the byte.
 */
import { isFoundryError } from "#core/errors.ts";
import type { Engine } from "./engine.ts";
import type { NodeDevice } from "./ort-node.ts";
import { createOrtNodeEngine, cudaIsInstalled } from "./ort-node.ts";
import { createOrtWebEngine } from "./ort-web.ts";

export interface EngineChoice {
  readonly device: "auto" | NodeDevice | "wasm";
  /** Threads inside one operator; default: the engine's own. */
  readonly threads?: number | undefined;
}

const inWebAssembly = (threads = 1): Promise<Engine> =>
  createOrtWebEngine({ device: "wasm", threads, load: () => import("onnxruntime-web") });

/** @throws FoundryError `engine.unavailable` when the device does not work here; "auto" tries the next one instead. */
export async function openEngine({ device, threads }: EngineChoice): Promise<Engine> {
  const native = (one: NodeDevice): Promise<Engine> =>
    createOrtNodeEngine({ device: one, ...(threads === undefined ? {} : { threads }) });
  if (device === "wasm") return inWebAssembly(threads);
  if (device !== "auto") return native(device);
  for (const attempt of cudaIsInstalled() ? (["cuda", "cpu"] as const) : (["cpu"] as const)) {
    try {
      return await native(attempt);
    } catch (error) {
      if (!isFoundryError(error, "engine.unavailable")) throw error;
    }
  }
  return inWebAssembly(threads);
}
