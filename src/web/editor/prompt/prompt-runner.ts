/**
 * The page's end of the prompt tool's network: a worker that loads runtime and model once and answers in turn.
 *
 * Nothing is loaded before the tool is chosen. What has been loaded works without the network. A worker that dies fails what
 * it was asked and is started again by the next question.
 */

import { errorFromWire, FoundryError, type WireError } from "#core/errors.ts";
import type { PrivateModel } from "../../predict/private-protocol.ts";

export type ToPromptWorker =
  | { readonly id: number; readonly kind: "load"; readonly model: PrivateModel }
  | { readonly id: number; readonly kind: "ask"; readonly planes: Float32Array };

export type FromPromptWorker =
  | { readonly id: number; readonly answer: Float32Array | null }
  | { readonly id: number; readonly error: WireError };

export interface PromptRunner {
  /** Loads, once; later calls wait for the same loading, or try again after a failure. */
  load(): Promise<void>;
  /** Planes of a view to the network's answer. @throws FoundryError as `load`, and `engine.failed`. */
  ask(planes: Float32Array): Promise<Float32Array>;
  close(): void;
}

interface Pending {
  readonly resolve: (answer: Float32Array | null) => void;
  readonly reject: (error: FoundryError) => void;
}

const died = (): FoundryError =>
  new FoundryError("engine.failed", {
    message: "The browser ended the network that outlines cells, most likely because memory ran out.",
    hint: "Close other tabs and click again, or draw with the brush.",
  });

const noModel = (): FoundryError =>
  new FoundryError("engine.unavailable", {
    message: "This server has no model that outlines the cell pointed at.",
    hint: "Draw with the brush, or ask whoever runs the server to add the models that ship with the program.",
  });

/** @param findModel  the model version to use; null when there is none. @param start  makes the worker. */
export function createPromptRunner(
  findModel: () => Promise<PrivateModel | null>,
  start: () => Worker = startWorker,
): PromptRunner {
  let worker: Worker | null = null;
  let loading: Promise<void> | null = null;
  let count = 0;
  const pending = new Map<number, Pending>();

  const end = (error: FoundryError): void => {
    worker?.terminate();
    worker = null;
    loading = null;
    for (const { reject } of [...pending.values()]) reject(error);
    pending.clear();
  };

  const open = (): Worker => {
    const opened = start();
    opened.onmessage = ({ data }: MessageEvent<FromPromptWorker>) => {
      const waiting = pending.get(data.id);
      pending.delete(data.id);
      if ("error" in data) waiting?.reject(errorFromWire(data.error));
      else waiting?.resolve(data.answer);
    };
    opened.onerror = () => {
      if (worker === opened) end(died());
    };
    return opened;
  };

  const send = (message: (id: number) => ToPromptWorker): Promise<Float32Array | null> => {
    worker ??= open();
    const to = worker;
    const id = ++count;
    return new Promise((resolve, reject) => {
      pending.set(id, { resolve, reject });
      to.postMessage(message(id));
    });
  };

  const load = (): Promise<void> => {
    loading ??= (async () => {
      const model = await findModel();
      if (model === null) throw noModel();
      await send((id) => ({ id, kind: "load", model }));
    })().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };

  return {
    load,
    async ask(planes) {
      await load();
      const answer = await send((id) => ({ id, kind: "ask", planes }));
      if (answer === null) throw died();
      return answer;
    },
    close: () =>
      end(
        new FoundryError("job.canceled", { message: "The image was closed before the cell was outlined." }),
      ),
  };
}

const startWorker = (): Worker =>
  new Worker(new URL("./prompt-worker.ts", import.meta.url), { type: "module", name: "prompt" });
