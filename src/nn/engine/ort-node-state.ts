/**
 * State that stays in the runtime between steps, in Node.
 *
 * On the processor the state lives in two sets of buffers that take turns as input and output, so nothing is allocated or
 * copied from step to step. On a graphics card the outputs stay there and become inputs. They come back through a graph that
 * only copies, because this runtime's own download ends the process.
 */
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { FoundryError } from "#core/errors.ts";
import { encodeModel } from "../onnx/index.ts";
import type { StateBinding, StateSession, Tensor } from "./engine.ts";
import { fromOrt, toOrt } from "./ort-tensors.ts";

type Runtime = typeof import("onnxruntime-node");
type OrtTensors = Record<string, OrtTensor>;

const failed = (error: unknown): FoundryError =>
  error instanceof FoundryError
    ? error
    : new FoundryError("engine.failed", {
        message: `The training step could not be run: ${error instanceof Error ? error.message : String(error)}`,
        cause: error,
      });

const ortTensors = (runtime: Runtime, tensors: Readonly<Record<string, Tensor>>): OrtTensors =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, toOrt(runtime.Tensor, name, tensor)]),
  );

const plainTensors = (tensors: OrtTensors, names: readonly string[]): Record<string, Tensor> =>
  Object.fromEntries(names.map((name) => [name, fromOrt(name, tensors[name] as OrtTensor)]));

/** Two buffers per state tensor; the session writes into the one that is not its input. */
export function stateOnProcessor(
  runtime: Runtime,
  session: InferenceSession,
  { initial, next }: StateBinding,
): StateSession {
  const copies = (): OrtTensors =>
    ortTensors(
      runtime,
      Object.fromEntries(
        Object.entries(initial).map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
      ),
    );
  let current = copies();
  let spare = copies();
  const kept = new Set(Object.values(next));
  const others = session.outputNames.filter((name) => !kept.has(name));
  return {
    async step(feeds) {
      try {
        const fetches: Record<string, OrtTensor | null> = Object.fromEntries(
          others.map((name) => [name, null]),
        );
        for (const [input, output] of Object.entries(next)) fetches[output] = spare[input] as OrtTensor;
        const results = await session.run({ ...ortTensors(runtime, feeds), ...current }, fetches);
        [current, spare] = [spare, current];
        return plainTensors(results as OrtTensors, others);
      } catch (error) {
        throw failed(error);
      }
    },
    async readState() {
      const tensors = plainTensors(current, Object.keys(initial));
      return Object.fromEntries(
        Object.entries(tensors).map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
      );
    },
    release: () => session.release(),
  };
}

/** A graph that copies its inputs "x" to outputs "copy.x". */
export function copyingModel(initial: StateBinding["initial"]): Uint8Array {
  const entries = Object.entries(initial);
  const info = (name: string, { shape }: Tensor) => ({ name, dtype: "float32", shape }) as const;
  return encodeModel({
    graphName: "state",
    producer: "Cell Foundry",
    documentation: "",
    opsets: { "": 17 },
    inputs: entries.map(([name, tensor]) => info(name, tensor)),
    outputs: entries.map(([name, tensor]) => info(`copy.${name}`, tensor)),
    initialisers: [],
    nodes: entries.map(([name]) => ({
      operator: "Identity",
      domain: "",
      name: `copy_${name}`,
      inputs: [name],
      outputs: [`copy.${name}`],
      attributes: {},
    })),
    metadata: {},
  });
}

/** `session` leaves the outputs of `next` on the device; `reader` is a session of `copyingModel`. */
export function stateOnDevice(
  runtime: Runtime,
  session: InferenceSession,
  reader: InferenceSession,
  { initial, next }: StateBinding,
): StateSession {
  let current = ortTensors(runtime, initial);
  const kept = new Set(Object.values(next));
  const others = session.outputNames.filter((name) => !kept.has(name));
  const free = (tensors: OrtTensors): void => {
    for (const tensor of Object.values(tensors)) if (tensor.location !== "cpu") tensor.dispose();
  };
  return {
    async step(feeds) {
      try {
        const results = (await session.run({ ...ortTensors(runtime, feeds), ...current })) as OrtTensors;
        free(current);
        current = Object.fromEntries(
          Object.entries(next).map(([input, output]) => [input, results[output] as OrtTensor]),
        );
        return plainTensors(results, others);
      } catch (error) {
        throw failed(error);
      }
    },
    async readState() {
      const copies = (await reader.run(current)) as OrtTensors;
      return Object.fromEntries(
        Object.keys(initial).map((name) => [name, fromOrt(name, copies[`copy.${name}`] as OrtTensor)]),
      );
    },
    async release() {
      free(current);
      await reader.release();
      await session.release();
    },
  };
}
