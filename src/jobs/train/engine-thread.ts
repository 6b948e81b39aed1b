/**
 * The engine of a training, in a thread of its own.
 *
 * A native run blocks the thread that asked for it. With the engine behind a thread, the job's own thread reads images,
 * prepares the next batch and keeps the job's lease while the network computes. The bytes of a run are the same with and
 * without it (engine-thread.integration.test.ts).
 */
import { Worker } from "node:worker_threads";
import { FoundryError } from "#core/errors.ts";
import type { EngineChoice } from "#nn/engine/open-engine.ts";
import { type Engine, remoteEngine } from "#nn/index.ts";

/** Lends an engine in a thread to `use`, and ends the thread afterwards. @throws what opening the engine or `use` throws. */
export async function withEngineThread<T>(
  choice: EngineChoice,
  use: (engine: Engine) => Promise<T>,
): Promise<T> {
  const thread = new Worker(new URL("engine-thread-program.ts", import.meta.url), { workerData: choice });
  try {
    const engine = await remoteEngine(
      {
        post: (message) => thread.postMessage(message),
        listen: (listener) => {
          thread.on("message", listener);
        },
      },
      (fail) => {
        const gone = (cause: unknown): void =>
          fail(
            new FoundryError("engine.failed", {
              message: `The thread of the neural-network runtime ended: ${String(cause)}`,
              hint: "When memory is short, train with smaller crops or a smaller batch.",
            }),
          );
        thread.once("error", gone);
        thread.once("exit", (code) => gone(`exit ${code}`));
      },
    );
    return await use(engine);
  } finally {
    await thread.terminate();
  }
}
