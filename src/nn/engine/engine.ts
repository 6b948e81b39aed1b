/**
 * What the rest of `nn` needs from a runtime: load an ONNX model, run it.
 *
 * Implementations: ort-node.ts (server, command line). The browser brings its own, made of onnxruntime-web. Tensors
 * are plain data; a session may reuse nothing of its inputs after `run` has resolved.
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
  /** Threads inside one operator; default: the engine's own. */
  readonly threads?: number;
}

export interface Engine {
  readonly name: string;
  /** Where the numbers are computed, e.g. "cpu". */
  readonly device: string;
  /** Throws `model.invalid` when the runtime refuses the bytes. */
  createSession(model: Uint8Array, options?: SessionOptions): Promise<Session>;
}
