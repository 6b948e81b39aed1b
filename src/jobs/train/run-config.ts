/**
 * From "how long" to a complete training configuration, once, before the first step.
 *
 * A budget in minutes is measured into steps on this machine and then forgotten: the run stores steps, so it can be
 * repeated to the byte anywhere and any time.
 */

import { FoundryError } from "#core/errors.ts";
import { describedArchitecture } from "#nn/architectures.ts";
import {
  defaultSegmentationConfig,
  type Engine,
  estimateSteps,
  foundSettings,
  type SegmentationConfig,
  type SegmentationOverrides,
} from "#nn/index.ts";
import type { TrainParams } from "../job.ts";

/** Points at which a run of any length is scored, so that a short one has a curve too. */
const VALIDATIONS = 6;

/** Scoring more often than this many steps would cost more than training. */
const VALIDATE_EVERY = { least: 10, most: 250 };

/** Validation images grow with the run, so that scoring keeps to a small share of its time. */
const STEPS_PER_VALIDATION_ITEM = 60;
const VALIDATION_ITEMS = { least: 4, most: 24 };

/** From good weights, with an optimiser that knows nothing yet, the rate for random weights would undo what was learnt. */
const FINE_TUNING_RATE = 5e-4;

/** Steps that a crash may cost: a few dozen seconds on an ordinary machine. */
const CHECKPOINT_EVERY = 100;

/**
 * @param ofBase  settings that the base of a fine-tuning fixes.
 * @throws FoundryError `training.config` when neither or both of minutes and steps are given, or a value is out of range.
 */
export async function resolveConfig(
  engine: Engine,
  params: TrainParams,
  ofBase: SegmentationOverrides = {},
): Promise<SegmentationConfig> {
  const overrides = { ...ofBase, ...overridesOf(params) };
  const steps = await resolveSteps(engine, params, overrides);
  return defaultSegmentationConfig({ ...schedule(steps), ...overrides, steps });
}

async function resolveSteps(
  engine: Engine,
  params: TrainParams,
  overrides: SegmentationOverrides,
): Promise<number> {
  const { minutes, steps } = params;
  if ((minutes === undefined) === (steps === undefined)) {
    throw new FoundryError("training.config", {
      message: "A training takes either a time in minutes or a number of steps.",
      hint: "Give exactly one of the two.",
    });
  }
  if (steps !== undefined) return steps;
  return estimateSteps(engine, defaultSegmentationConfig(overrides), minutes ?? 0);
}

/** @throws FoundryError `training.config` for an unknown architecture, and for one beside a base. */
export function assertArchitecture({
  architecture,
  baseModelVersionId,
}: Pick<TrainParams, "architecture" | "baseModelVersionId">): void {
  if (architecture === undefined) return;
  describedArchitecture(architecture);
  if (baseModelVersionId === undefined) return;
  throw new FoundryError("training.config", {
    message: "A model that starts from another has its network.",
    hint: "Leave the architecture out, or start from random weights.",
  });
}

/** Names are checked here, values by `defaultSegmentationConfig`. */
function overridesOf(params: TrainParams): SegmentationOverrides {
  // Thresholds have no value that is meant when nobody gives one.
  const known = [...Object.keys(defaultSegmentationConfig()), "thresholds"].filter(
    (name) => name !== "steps" && name !== "seed",
  );
  const unknown = Object.keys(params.config ?? {}).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new FoundryError("training.config", {
      message: `The training configuration has no setting "${unknown}".`,
      hint: `The settings are ${known.join(", ")}.`,
    });
  }
  const fineTuning = params.baseModelVersionId !== undefined;
  assertArchitecture(params);
  return {
    ...(params.architecture === undefined ? {} : { architecture: params.architecture }),
    ...(fineTuning ? { learningRate: FINE_TUNING_RATE } : {}),
    ...(params.config as SegmentationOverrides | undefined),
    seed: params.seed,
  };
}

/** The configuration of a fine-tuning with what was found for it. */
export function withFound(
  config: SegmentationConfig,
  found: Parameters<typeof foundSettings>[0],
): SegmentationConfig {
  return defaultSegmentationConfig({ ...config, ...schedule(found.steps), ...foundSettings(found) });
}

/** What depends on the length of the run. */
function schedule(steps: number): SegmentationOverrides {
  return {
    warmupSteps: Math.min(50, Math.floor(steps / 10)),
    recordEvery: Math.min(10, Math.max(1, Math.floor(steps / 20))),
    validateEvery: clamp(Math.ceil(steps / VALIDATIONS), VALIDATE_EVERY),
    validationItemsMax: clamp(Math.floor(steps / STEPS_PER_VALIDATION_ITEM), VALIDATION_ITEMS),
    checkpointEvery: CHECKPOINT_EVERY,
  };
}

function clamp(value: number, range: { readonly least: number; readonly most: number }): number {
  return Math.min(range.most, Math.max(range.least, value));
}
