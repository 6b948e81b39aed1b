/**
 * Which device a prediction in the browser uses, and the runtime for it.
 *
 * Three builds of the runtime are files of our own pages, loaded only when one is needed: for the processor; for
 * WebGPU in browsers whose WebAssembly can wait for the card (JSPI), and a larger one for those whose cannot. A graphics
 * card that the browser only pretends to have (software) is slower than the processor and is not chosen by itself.
 */

import asyncifyMjs from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url";
import asyncifyWasm from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url";
import jspiMjs from "onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url";
import jspiWasm from "onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url";
import plainMjs from "onnxruntime-web/ort-wasm-simd-threaded.mjs?url";
import plainWasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import { isFoundryError } from "#core/errors.ts";
import { createOrtWebEngine, type OrtWebOptions } from "#nn/engine/ort-web.ts";
import type { Engine } from "#nn/index.ts";
import type { DeviceChoice, DeviceFacts } from "./private-protocol.ts";

// More threads than this slow small networks down, as on the server.
const THREADS_MAX = 8;

export interface PrivateEngine {
  readonly engine: Engine;
  readonly facts: DeviceFacts;
}

/** The part of WebGPU that is asked here; the types of the whole are not needed. */
interface GpuAdapter {
  readonly info?: {
    readonly vendor: string;
    readonly architecture: string;
    readonly isFallbackAdapter?: boolean;
  };
  readonly isFallbackAdapter?: boolean;
}
interface Gpu {
  requestAdapter(): Promise<GpuAdapter | null>;
}

const absolute = (url: string): string => new URL(url, self.location.href).href;
const filesOf = (wasm: string, mjs: string) => ({ wasm: absolute(wasm), mjs: absolute(mjs) });

function buildFor(device: "webgpu" | "wasm"): Pick<OrtWebOptions, "load" | "files"> {
  if (device === "wasm") {
    return { load: () => import("onnxruntime-web/wasm"), files: filesOf(plainWasm, plainMjs) };
  }
  return "Suspending" in WebAssembly
    ? { load: () => import("onnxruntime-web/jspi"), files: filesOf(jspiWasm, jspiMjs) }
    : { load: () => import("onnxruntime-web/webgpu"), files: filesOf(asyncifyWasm, asyncifyMjs) };
}

async function findAdapter(): Promise<GpuAdapter | null> {
  const { gpu } = navigator as Navigator & { readonly gpu?: Gpu };
  return (await gpu?.requestAdapter().catch(() => null)) ?? null;
}

const isSoftware = ({ info, isFallbackAdapter }: GpuAdapter): boolean =>
  isFallbackAdapter === true ||
  info?.isFallbackAdapter === true ||
  /swiftshader|llvmpipe|lavapipe|basic render/i.test(`${info?.vendor} ${info?.architecture}`);

const nameOf = (adapter: GpuAdapter): string =>
  [adapter.info?.vendor ?? "", adapter.info?.architecture ?? ""].filter((part) => part !== "").join(" ");

/** Threads that the page may use: one unless it is isolated from other pages, because threads share memory. */
function threadsHere(): number {
  return self.crossOriginIsolated ? Math.min(THREADS_MAX, Math.max(1, navigator.hardwareConcurrency)) : 1;
}

/** The engine on the processor. @param refusal why no graphics card is used although one was asked for. */
export async function startProcessor(refusal: string | null): Promise<PrivateEngine> {
  const threads = threadsHere();
  const engine = await createOrtWebEngine({ device: "wasm", threads, ...buildFor("wasm") });
  return {
    engine,
    facts: { device: "wasm", threads, isolated: self.crossOriginIsolated, adapter: "", refusal },
  };
}

/**
 * The engine for a choice. When the graphics card does not work, the processor takes over and the facts say why.
 *
 * @throws FoundryError `engine.unavailable` when not even the processor's build starts.
 */
export async function startEngine(choice: DeviceChoice): Promise<PrivateEngine> {
  if (choice === "wasm") return startProcessor(null);
  const adapter = await findAdapter();
  if (adapter === null) {
    return startProcessor(choice === "webgpu" ? "This browser offers no WebGPU on this computer." : null);
  }
  if (choice === "automatic" && isSoftware(adapter)) return startProcessor(null);
  try {
    // What does not fit the card runs on the processor, on one thread.
    const engine = await createOrtWebEngine({ device: "webgpu", threads: 1, ...buildFor("webgpu") });
    const facts = { device: "webgpu", threads: 1, isolated: self.crossOriginIsolated } as const;
    return { engine, facts: { ...facts, adapter: nameOf(adapter), refusal: null } };
  } catch (error) {
    return startProcessor(isFoundryError(error) ? error.message : "WebGPU could not be started.");
  }
}
