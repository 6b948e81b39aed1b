/**
 * How many steps fit into a time.
 */
import { FoundryError } from "#core/errors.ts";
import { rng } from "#core/rng.ts";
import type { Engine } from "../engine/engine.ts";
import { initialParameters } from "../layers/index.ts";
import { segmentationLayout } from "../models/index.ts";
import { createSampler, makeBatch, planCrops } from "./batch.ts";
import type { SegmentationConfig } from "./config.ts";
import { architectureOf } from "./config.ts";
import type { PreparedItem } from "./items.ts";
import { createStepRunner } from "./step-runner.ts";

// The first runs allocate memory; the median of the others is steady.
const WARMUP_RUNS = 2;
const MEASURED_RUNS = 5;

// Kept for loading, validation during the run, calibration and export at its end.
const RESERVED_SHARE = 0.15;

/** A made-up item of round cells: preparing its crops costs about what real ones cost. */
function syntheticItem(side: number, config: SegmentationConfig): PreparedItem {
  const data = new Float32Array(side * side);
  const labels = new Int32Array(side * side);
  const pitch = 24;
  const radius = 9;
  const perRow = Math.ceil(side / pitch);
  for (let y = 0, i = 0; y < side; y++) {
    for (let x = 0; x < side; x++, i++) {
      const [dy, dx] = [(y % pitch) - pitch / 2, (x % pitch) - pitch / 2];
      if (dy * dy + dx * dx > radius * radius) continue;
      labels[i] = 1 + Math.floor(y / pitch) * perRow + Math.floor(x / pitch);
      data[i] = 1;
    }
  }
  const size = { height: side, width: side };
  return {
    id: "synthetic",
    group: "synthetic",
    ...size,
    planes: config.channels.map(() => ({ dtype: "float32", ...size, data })),
    present: config.channels.map(() => true),
    labels: Object.fromEntries(
      config.compartments.map((name) => [name, { dtype: "int32", ...size, data: labels } as const]),
    ),
  };
}

/**
 * Steps that fit into `minutes` on this machine, now; at least 1.
 *
 * Measures a few real steps, so two calls differ: the caller stores the number in the configuration, and the run is
 * reproducible from there.
 *
 * @throws FoundryError `training.config` when `minutes` is not above 0.
 */
export async function estimateSteps(
  engine: Engine,
  config: SegmentationConfig,
  minutes: number,
): Promise<number> {
  if (!(minutes > 0 && minutes <= 60 * 24 * 30)) {
    throw new FoundryError("training.config", {
      message: `A training time of ${minutes} minutes is not possible.`,
    });
  }
  const layout = segmentationLayout(architectureOf(config));
  const item = syntheticItem(config.cropSize * 2, config);
  const { height, width } = item;
  const sampler = createSampler(
    [{ id: item.id, group: item.group, height, width, mpp: null }],
    config.groupPower,
  );
  const zeros = (): Float32Array => new Float32Array(layout.total);
  const theta = initialParameters(layout, rng(config.seed, "parameters"));
  const state = { theta, firstMoment: zeros(), secondMoment: zeros() };
  const runner = await createStepRunner(engine, config, state);
  const times: number[] = [];
  for (let run = 0; run < WARMUP_RUNS + MEASURED_RUNS; run++) {
    const before = performance.now();
    const plans = planCrops(sampler, config, { mpp: null }, run);
    await runner.step(
      makeBatch(plans, () => item, config),
      run,
    );
    if (run >= WARMUP_RUNS) times.push(performance.now() - before);
  }
  await runner.release();
  const median = times.sort((a, b) => a - b)[times.length >> 1] as number;
  return Math.max(1, Math.floor((minutes * 60_000 * (1 - RESERVED_SHARE)) / median));
}
