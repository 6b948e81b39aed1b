/**
 * One training step of the default U-Net (16-32-64-128 channels, batch 4 of 256 x 256) against the same network in PyTorch.
 *
 * Runs both alternately, because a shared machine changes its speed within minutes, and prints medians, their ratio pair by
 * pair, and the machine. The PyTorch side is any script that prints "torch step ms N" (first argument or
 * CELLFOUNDRY_TORCH_PEER); without one, or without PyTorch, only our own time is printed.
 *
 *   node test/bench/training-step.ts [path/to/torch_step.py] [rounds]
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { rng } from "#core/rng.ts";
import type { Tensor } from "#nn/engine/engine.ts";
import { createOrtNodeEngine } from "#nn/engine/ort-node.ts";
import { initialParameters } from "#nn/layers/index.ts";
import { segmentationLayout } from "#nn/models/index.ts";
import { architectureOf, createStepSession, defaultSegmentationConfig, runStep } from "#nn/training/index.ts";

const THREADS = 2;
// The peer measures eight steps after two of warm-up; so do we.
const WARMUP_STEPS = 2;
const MEASURED_STEPS = 8;

const config = defaultSegmentationConfig({ batchSize: 4, cropSize: 256 });
const layout = segmentationLayout(architectureOf(config));

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

function randomBatch(): { image: Tensor; targets: Tensor; weights: Tensor } {
  const random = rng(1, "benchmark");
  const { batchSize: n, cropSize: s } = config;
  const map = (channels: number, draw: () => number): Tensor => ({
    shape: [n, channels, s, s],
    data: Float32Array.from({ length: n * channels * s * s }, draw),
  });
  return {
    image: map(1, () => random.next()),
    targets: map(2, () => random.int(2)),
    weights: map(1, () => 1),
  };
}

/** Mean milliseconds of one step. */
async function measureOurs(): Promise<number> {
  const engine = await createOrtNodeEngine({ threads: THREADS });
  const session = await createStepSession(engine, config);
  const batch = randomBatch();
  const zeros = (): Float32Array => new Float32Array(layout.total);
  let state = { theta: initialParameters(layout, rng(1)), firstMoment: zeros(), secondMoment: zeros() };
  let total = 0;
  for (let step = 0; step < WARMUP_STEPS + MEASURED_STEPS; step++) {
    const before = performance.now();
    state = await runStep(session, config, state, batch, step);
    if (step >= WARMUP_STEPS) total += performance.now() - before;
  }
  await session.release();
  return total / MEASURED_STEPS;
}

/** Mean milliseconds of one PyTorch step, or `null` without script or PyTorch. */
function measurePeer(script: string | undefined): number | null {
  if (script === undefined || !existsSync(script)) return null;
  for (const python of ["/usr/bin/python3", "python3"]) {
    try {
      const text = execFileSync(python, [script], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
      const found = /torch step ms ([\d.]+)/.exec(text);
      if (found?.[1] !== undefined) return Number(found[1]);
    } catch {
      // This interpreter has no PyTorch; the next one may.
    }
  }
  return null;
}

const script = process.argv[2] ?? process.env["CELLFOUNDRY_TORCH_PEER"];
const rounds = Number(process.argv[3] ?? 5);
const ours: number[] = [];
const peers: number[] = [];
for (let round = 0; round < rounds; round++) {
  ours.push(await measureOurs());
  const peer = measurePeer(script);
  if (peer !== null) peers.push(peer);
}

console.log(
  `machine: ${cpus()[0]?.model.trim()}, ${cpus().length} cores; ${THREADS} threads; ${layout.total} parameters`,
);
console.log(
  `ours: median ${median(ours).toFixed(0)} ms a step (${ours.map((ms) => ms.toFixed(0)).join(", ")})`,
);
if (peers.length === rounds) {
  const ratios = peers.map((peer, i) => peer / (ours[i] as number));
  console.log(
    `PyTorch: median ${median(peers).toFixed(0)} ms a step (${peers.map((ms) => ms.toFixed(0)).join(", ")})`,
  );
  console.log(
    `speed relative to PyTorch, median of pairs: ${median(ratios).toFixed(2)}x (${ratios.map((r) => r.toFixed(2)).join(", ")})`,
  );
} else {
  console.log("PyTorch: not measured (no script given, or no PyTorch found)");
}
