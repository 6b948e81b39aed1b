/**
 * Checkpoint: everything needed to go on with a run as if it had never stopped, in one blob.
 *
 * A safetensors file: parameter vector and optimiser moments as tensors; configuration, steps done, curve and open sums as
 * JSON in its metadata. Randomness needs no state: it is a function of seed and step.
 */
import { canonicalJson } from "#core/canonical-json.ts";
import { FoundryError } from "#core/errors.ts";
import type { SegmentationConfig } from "./config.ts";
import type { CurvePoint, CurveSums } from "./curve.ts";
import { decodeTensors, encodeTensors } from "./safetensors.ts";

const FORMAT = "cellfoundry-checkpoint/1";

export interface OptimiserVectors {
  readonly theta: Float32Array;
  readonly firstMoment: Float32Array;
  readonly secondMoment: Float32Array;
}

export interface TrainingState extends OptimiserVectors {
  /** Steps done. */
  readonly step: number;
  readonly curve: readonly CurvePoint[];
  readonly sums: CurveSums;
}

const withoutTimes = (curve: readonly CurvePoint[]): object[] => curve.map(({ ms: _ms, ...point }) => point);

/** Bytes of a checkpoint; equal states give equal bytes. */
export function encodeCheckpoint(config: SegmentationConfig, state: TrainingState): Uint8Array<ArrayBuffer> {
  const vector = (data: Float32Array) => ({ shape: [data.length], data });
  return encodeTensors({
    tensors: new Map([
      ["theta", vector(state.theta)],
      ["firstMoment", vector(state.firstMoment)],
      ["secondMoment", vector(state.secondMoment)],
    ]),
    metadata: {
      format: FORMAT,
      config: canonicalJson(config),
      progress: canonicalJson({ step: state.step, curve: withoutTimes(state.curve), sums: state.sums }),
    },
  });
}

/**
 * Reads a checkpoint of a run with exactly this configuration.
 *
 * @param parameterCount length of each vector.
 * @throws FoundryError `model.invalid` for damaged bytes; `training.config` when it belongs to another configuration.
 */
export function decodeCheckpoint(
  bytes: Uint8Array,
  config: SegmentationConfig,
  parameterCount: number,
): TrainingState {
  const { tensors, metadata } = decodeTensors(bytes);
  const damaged = (what: string): FoundryError =>
    new FoundryError("model.invalid", {
      message: `The checkpoint is damaged: ${what}.`,
      hint: "Start the training again.",
    });
  if (metadata["format"] !== FORMAT) throw damaged("it is not a checkpoint of this program");
  if (metadata["config"] !== canonicalJson(config)) {
    throw new FoundryError("training.config", {
      message: "The checkpoint was made with another training configuration.",
      hint: "Resume with the configuration the run was started with, or start a new run.",
    });
  }
  const vector = (name: string): Float32Array => {
    const data = tensors.get(name)?.data;
    if (data === undefined || data.length !== parameterCount) throw damaged(`${name} has the wrong length`);
    return data;
  };
  const progress = JSON.parse(metadata["progress"] ?? "null") as Omit<
    TrainingState,
    keyof OptimiserVectors
  > | null;
  if (progress === null || !Number.isInteger(progress.step)) throw damaged("its progress is missing");
  return {
    theta: vector("theta"),
    firstMoment: vector("firstMoment"),
    secondMoment: vector("secondMoment"),
    step: progress.step,
    curve: progress.curve.map((point) => ({ ...point, ms: 0 })),
    sums: progress.sums,
  };
}
