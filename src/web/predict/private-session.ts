/**
 * The page's end of private mode: starts the worker when it is first needed, asks it, ends it to cancel.
 */
import { errorFromWire, FoundryError } from "#core/errors.ts";
import type { FromWorker, PrivateProgress, QuestionName, Questions, ToWorker } from "./private-protocol.ts";

export interface PrivateSession {
  /**
   * Asks the worker. A new question while one runs cancels the running one.
   *
   * @throws FoundryError of the worker; `job.canceled` after `cancel`; `engine.failed` when the worker dies.
   */
  ask<Name extends QuestionName>(
    question: Name,
    ask: Questions[Name]["ask"],
    onProgress?: (progress: PrivateProgress) => void,
  ): Promise<Questions[Name]["answer"]>;
  /** Stops at once, whatever the worker is doing, and frees its memory. The image must be read again. */
  cancel(): void;
}

interface Pending {
  readonly id: number;
  readonly resolve: (answer: never) => void;
  readonly reject: (error: FoundryError) => void;
  readonly onProgress: ((progress: PrivateProgress) => void) | undefined;
}

const canceled = (): FoundryError =>
  new FoundryError("job.canceled", { message: "The prediction was cancelled." });

const died = (): FoundryError =>
  new FoundryError("engine.failed", {
    message: "The browser ended the prediction, most likely because memory ran out.",
    hint: "Close other tabs, crop the image, or predict on the server.",
  });

/** @param start makes the worker; a parameter for tests. */
export function createPrivateSession(start: () => Worker = startWorker): PrivateSession {
  let worker: Worker | null = null;
  let pending: Pending | null = null;
  let count = 0;

  const end = (error: FoundryError) => {
    worker?.terminate();
    worker = null;
    const left = pending;
    pending = null;
    left?.reject(error);
  };

  const hear = (message: FromWorker) => {
    if (pending === null || message.id !== pending.id) return;
    if (message.kind === "progress") {
      pending.onProgress?.(message.progress);
      return;
    }
    const { resolve, reject } = pending;
    pending = null;
    if (message.kind === "answer") resolve(message.answer as never);
    else reject(errorFromWire(message.error));
  };

  const open = (): Worker => {
    const opened = start();
    opened.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (worker === opened) hear(data);
    };
    opened.onerror = () => {
      if (worker === opened) end(died());
    };
    return opened;
  };

  return {
    ask(question, ask, onProgress) {
      if (pending !== null) end(canceled());
      worker ??= open();
      count += 1;
      const id = count;
      const message = { id, question, ask } as ToWorker;
      const to = worker;
      return new Promise((resolve, reject) => {
        pending = { id, resolve: resolve as (answer: never) => void, reject, onProgress };
        to.postMessage(message);
      });
    },
    cancel: () => end(canceled()),
  };
}

const startWorker = (): Worker =>
  new Worker(new URL("./private-worker.ts", import.meta.url), { type: "module", name: "private-prediction" });
