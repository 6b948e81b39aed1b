/**
 * What the rest of `nn` needs from a runtime: load an ONNX model, run it, and keep state between runs.
 *
 * Implementations: ort-node.ts (processor, WebGPU and CUDA in Node), ort-web.ts (WebAssembly, WebGPU in the browser).
 * Tensors are plain data; a session may reuse nothing of its inputs after `run` has resolved.
 */

/** Row-major array; axes are named by whoever names the tensor. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Runs the graph once. Throws `engine.failed` with the runtime's reason. */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

export interface SessionOptions {
  /** Threads inside one operator; default: the engine's own. Only the processor's engines heed it. */
  readonly threads?: number;
}

/** What numbers are computed on. Equal inputs give equal bytes on one "cpu"; elsewhere within tolerances. */
export type DeviceClass = "cpu" | "wasm" | "webgpu" | "cuda";

/** Inputs of a graph that live on: after each step, output `next[name]` becomes input `name`. */
export interface StateBinding {
  readonly initial: Readonly<Record<string, Tensor>>;
  readonly next: Readonly<Record<string, string>>;
}

/** A session whose state stays with the device from step to step. */
export interface StateSession {
  /** Runs the graph once on the state and the other inputs; resolves to the outputs that are not state. */
  step(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  /** Copies of the state by input name. On a graphics card this waits for the device: not for every step. */
  readState(): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

export interface Engine {
  readonly name: string;
  /** Where the numbers are computed, for people and records, e.g. "cpu". */
  readonly device: string;
  readonly deviceClass: DeviceClass;
  /**
   * Channels that the runtime's own convolution kernels take at once, when training graphs may be written in their layout
   * (docs/decisions/0021). Absent: training graphs use standard operators.
   */
  readonly channelBlock?: number;
  /** Throws `model.invalid` when the runtime refuses the bytes. */
  createSession(model: Uint8Array, options?: SessionOptions): Promise<Session>;
  /** As `createSession`, with state kept on the device. Absent: `openStateSession` keeps it in the program's memory. */
  createStateSession?(
    model: Uint8Array,
    state: StateBinding,
    options?: SessionOptions,
  ): Promise<StateSession>;
}
