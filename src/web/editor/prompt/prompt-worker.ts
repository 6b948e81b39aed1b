/**
 * The worker of the prompt tool: runtime and model from our own server, one small network, one question after another.
 *
 * On the processor: a view is so small that a graphics card would spend longer on the way there and back.
 */
/// <reference lib="webworker" />
import { errorToWire, FoundryError, isFoundryError, type WireError } from "#core/errors.ts";
import { openPromptModel, type PromptModel } from "#nn/prompt/index.ts";
import { startProcessor } from "../../predict/private-device.ts";
import { loadModelFile } from "../../predict/private-model-store.ts";
import type { FromPromptWorker, ToPromptWorker } from "./prompt-runner.ts";

const scope = self as unknown as {
  postMessage(message: FromPromptWorker, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<ToPromptWorker>) => void) | null;
};

let model: PromptModel | null = null;

async function answer(message: ToPromptWorker): Promise<Float32Array | null> {
  if (message.kind === "load") {
    const { bytes } = await loadModelFile(message.model, () => undefined);
    const { engine } = await startProcessor(null);
    model = await openPromptModel(engine, bytes);
    return null;
  }
  if (model === null) throw new FoundryError("engine.failed", { message: "The model is not loaded." });
  return model.ask(message.planes);
}

function wireOf(error: unknown): WireError {
  if (isFoundryError(error)) return errorToWire(error);
  return {
    code: "engine.failed",
    message: `The cell could not be outlined: ${error instanceof Error ? error.message : String(error)}`,
    hint: "Click again, or draw with the brush.",
  };
}

// One after the other: a session of the runtime answers one question at a time.
let last: Promise<unknown> = Promise.resolve();

scope.onmessage = ({ data }) => {
  const { id } = data;
  last = last
    .then(() => answer(data))
    .then(
      (value) => scope.postMessage({ id, answer: value }),
      (error: unknown) => scope.postMessage({ id, error: wireOf(error) }),
    );
};
