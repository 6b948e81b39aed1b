/**
 * Ends this process when it takes more memory than it may, whatever it is busy with.
 *
 * V8's own limits do not count array buffers, which is where pixels live, and a hostile file keeps the main thread busy;
 * so a second thread looks at the resident size and sends a signal that nothing handles. The same thread sees when the
 * parent process is gone. The limit lies in shared memory, because it grows with the files that are being read.
 */

import { Worker } from "node:worker_threads";
import { memorySignal } from "./protocol.ts";

/** Memory that a busy program can fill in this time is what the process may be over its limit. */
const LOOK_MS = 20;

const MIB = 2 ** 20;

export interface MemoryWatch {
  /** Sets the limit; bytes. */
  allow(bytes: number): void;
}

/** Looks at memory and parent; plain JavaScript, because it runs from text. */
const program = `
const { workerData } = require("node:worker_threads");
const limit = new Int32Array(workerData.limit);
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
  if (process.memoryUsage.rss() > Atomics.load(limit, 0) * ${MIB}) process.kill(process.pid, workerData.signal);
}, ${LOOK_MS});
`;

export function watchMemory(bytes: number): MemoryWatch {
  const limit = new SharedArrayBuffer(4);
  const view = new Int32Array(limit);
  const allow = (most: number): void => {
    Atomics.store(view, 0, Math.ceil(most / MIB));
  };
  allow(bytes);
  const thread = new Worker(program, {
    eval: true,
    workerData: { limit, signal: memorySignal },
    // The thread holds nothing; small heaps keep it cheap.
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4, stackSizeMb: 1 },
    execArgv: [],
  });
  thread.unref();
  return { allow };
}
