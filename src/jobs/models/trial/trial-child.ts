/**
 * The process in which a model from outside runs for the first time. Started by trial-run.ts.
 *
 * The runtime is a large native program; what a file makes it do (fill memory, run without end, crash) ends here and is
 * told by the parent. The process opens nothing but the model's file.
 */
import { readFile } from "node:fs/promises";
import { assert, errorToWire } from "#core/errors.ts";
import { createOrtNodeEngine } from "#nn/engine/ort-node.ts";
import { watchMemory } from "../../ingest/decoder/memory-watch.ts";
import type { TrialAnswer, TrialRequest, TrialStart } from "./protocol.ts";

async function run(start: TrialStart, { feeds }: TrialRequest): Promise<TrialAnswer> {
  const engine = await createOrtNodeEngine({ threads: start.threads });
  const session = await engine.createSession(new Uint8Array(await readFile(start.modelPath)));
  const began = performance.now();
  const outputs = await session.run(feeds);
  const seconds = (performance.now() - began) / 1000;
  const answer: TrialAnswer = {
    state: "done",
    outputs,
    outputNames: [...session.outputNames],
    seconds,
    residentBytes: process.memoryUsage.rss(),
  };
  await session.release();
  return answer;
}

const instructions = process.argv[2];
assert(instructions !== undefined && process.send !== undefined, "a trial is started by its parent");
const start = JSON.parse(instructions) as TrialStart;
watchMemory(start.memoryBytesMax);
process.on("message", (request: TrialRequest) => {
  run(start, request)
    .catch((error: unknown): TrialAnswer => ({ state: "failed", error: errorToWire(error) }))
    .then((answer) => process.send?.(answer, () => process.disconnect()));
});
process.on("disconnect", () => process.exit(0));
