/**
 * Chooses the engine of a Node process.
 *
 * "auto" is CUDA where a user has installed it, else the processor, else WebAssembly where the native runtime does not load.
 * WebGPU has to be asked for: a graphics chip beside the processor may well be slower than it, and only the processor
 * repeats a run to the byte.
 */
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { isFoundryError } from "#core/errors.ts";
import type { Engine } from "./engine.ts";
import type { NodeDevice } from "./ort-node.ts";
import { createOrtNodeEngine } from "./ort-node.ts";
import { createOrtWebEngine } from "./ort-web.ts";

export const deviceChoices = ["auto", "cpu", "webgpu", "cuda", "wasm"] as const;
export type DeviceChoice = (typeof deviceChoices)[number];

export interface EngineChoice {
  readonly device: DeviceChoice;
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

/** Whether somebody put CUDA's part beside the native runtime; asking the runtime would print an error where not. */
function cudaIsInstalled(): boolean {
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
