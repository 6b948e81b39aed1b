/** What runs in the thread of engine-thread.ts: one engine, asked over the thread's port. */
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "#core/errors.ts";
import type { EngineChoice } from "#nn/engine/open-engine.ts";
import { openEngine } from "#nn/engine/open-engine.ts";
import { serveEngine } from "#nn/index.ts";

const port = parentPort;
assert(port !== null, "this program runs in a thread");
serveEngine(() => openEngine(workerData as EngineChoice), {
  post: (message) => port.postMessage(message),
  listen: (listener) => {
    port.on("message", listener);
  },
});
