/**
 * One training step of the default U-Net (16-32-64-128 channels) against the same network in PyTorch, at three sizes.
 *
 * Both live through the whole run and take turns, ours first, then PyTorch, because a shared machine changes its speed
 * within minutes. Printed are medians, the ratio of each pair (PyTorch's time by ours: above 1 we are faster) and its
 * median, by the clock and by processor time. Without PyTorch only our own time is printed.
 *
 *   node test/bench/training-step.ts [--pairs 5] [--sizes 256x4,128x8,512x1] [--threads 2] [--steps 5] [--device cpu]
 */
import { type ChildProcess, spawn } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { rng } from "#core/rng.ts";
import type { Engine, Tensor } from "#nn/engine/engine.ts";
import { createOrtNodeEngine, type NodeDevice } from "#nn/engine/ort-node.ts";
import { initialParameters } from "#nn/layers/index.ts";
import { segmentationLayout } from "#nn/models/index.ts";
import { architectureOf, createStepRunner, defaultSegmentationConfig } from "#nn/training/index.ts";

const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "5" },
    sizes: { type: "string", default: "256x4,128x8,512x1" },
    threads: { type: "string", default: "2" },
    steps: { type: "string", default: "5" },
    device: { type: "string", default: "cpu" },
    python: { type: "string", default: "/usr/bin/python3" },
    standard: { type: "boolean", default: false },
  },
});
const pairs = Number(values.pairs);
const threads = Number(values.threads);
const steps = Number(values.steps);

interface Measured {
  readonly ms: number;
  readonly cpuMs: number;
}

interface Side {
  measure(): Promise<Measured>;
  close(): Promise<void>;
}

const median = (list: readonly number[]): number =>
  [...list].sort((a, b) => a - b)[list.length >> 1] ?? Number.NaN;

async function openOurs(engine: Engine, batchSize: number, cropSize: number): Promise<Side> {
  const config = defaultSegmentationConfig({ batchSize, cropSize });
  const layout = segmentationLayout(architectureOf(config));
  const random = rng(1, "benchmark");
  const map = (channels: number, draw: () => number): Tensor => ({
    shape: [batchSize, channels, cropSize, cropSize],
    data: Float32Array.from({ length: batchSize * channels * cropSize ** 2 }, draw),
  });
  const batch = {
    image: map(1, () => random.next()),
    targets: map(2, () => random.int(2)),
    weights: map(1, () => 1),
  };
  const zeros = (): Float32Array => new Float32Array(layout.total);
  const state = { theta: initialParameters(layout, rng(1)), firstMoment: zeros(), secondMoment: zeros() };
  const runner = await createStepRunner(engine, config, state);
  let step = 0;
  for (; step < 2; step++) await runner.step(batch, step);
  return {
    async measure() {
      const [before, used] = [performance.now(), process.cpuUsage()];
      for (let i = 0; i < steps; i++) await runner.step(batch, step++);
      const { user, system } = process.cpuUsage(used);
      return { ms: (performance.now() - before) / steps, cpuMs: (user + system) / 1000 / steps };
    },
    close: () => runner.release(),
  };
}

/** PyTorch in a process of its own that waits between its turns; null when there is none. */
async function openPeer(batchSize: number, cropSize: number): Promise<(Side & { about: string }) | null> {
  const script = fileURLToPath(new URL("torch_training_step.py", import.meta.url));
  const args = [script, ...[batchSize, cropSize, threads, steps].map(String)];
  const child: ChildProcess = spawn(values.python, args, { stdio: ["pipe", "pipe", "ignore"] });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  const gone = new Promise<null>((resolve) => {
    child.once("error", () => resolve(null));
  });
  const answer = async (): Promise<Record<string, unknown> | null> => {
    const line = await Promise.race([lines.next(), gone]);
    return line === null || line.done === true ? null : (JSON.parse(line.value) as Record<string, unknown>);
  };
  const about = await answer();
  if (about === null) return null;
  return {
    about: `PyTorch ${String(about["torch"])}`,
    async measure() {
      child.stdin?.write("measure\n");
      const found = await answer();
      if (found === null) throw new Error("PyTorch stopped");
      return { ms: Number(found["ms"]), cpuMs: Number(found["cpuMs"]) };
    },
    async close() {
      child.stdin?.end();
    },
  };
}

const list = (numbers: readonly number[], digits: number): string =>
  numbers.map((n) => n.toFixed(digits)).join(", ");

async function compare(engine: Engine, cropSize: number, batchSize: number): Promise<void> {
  const own = await openOurs(engine, batchSize, cropSize);
  const peer = await openPeer(batchSize, cropSize);
  const ours: Measured[] = [];
  const theirs: Measured[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    ours.push(await own.measure());
    if (peer !== null) theirs.push(await peer.measure());
  }
  await own.close();
  await peer?.close();
  console.log(`\n${cropSize}² x ${batchSize}`);
  for (const key of ["ms", "cpuMs"] as const) {
    const mine = ours.map((one) => one[key]);
    const what = key === "ms" ? "clock" : "processor";
    console.log(`  ${what}: ours ${median(mine).toFixed(0)} ms a step (${list(mine, 0)})`);
    if (peer === null) continue;
    const other = theirs.map((one) => one[key]);
    const ratios = other.map((ms, i) => ms / (mine[i] as number));
    console.log(
      `  ${what}: ${peer.about} ${median(other).toFixed(0)} ms (${list(other, 0)}); ratio, median of pairs: ${median(ratios).toFixed(2)}x (${list(ratios, 2)})`,
    );
  }
  if (peer === null) console.log("  PyTorch: not found");
}

const engine = await createOrtNodeEngine({
  threads,
  device: values.device as NodeDevice,
  channelBlocks: !values.standard,
});
console.log(
  `machine: ${cpus()[0]?.model.trim()}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}; ${engine.name} ${engine.device}; channel blocks of ${engine.channelBlock ?? "none"}`,
);
for (const size of values.sizes.split(",")) {
  const [side = 0, batch = 0] = size.split("x").map(Number);
  await compare(engine, side, batch);
}
