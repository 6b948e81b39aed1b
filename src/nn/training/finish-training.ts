/**
 * From trained parameters to what is released: thresholds and confidence calibrated on the validation items, the range of
 * the training images, the inference graph with all of it inside.
 */
import type { DeepWatershedParams } from "#core/labels/index.ts";
import type { Compartment, CompartmentContract, InputContract, TrainingRange } from "../contract/index.ts";
import { createRangeCollector, joinRanges } from "../contract/index.ts";
import type { Engine, Session } from "../engine/engine.ts";
import type { HeadDesign } from "../heads/index.ts";
import { headDesign, isReleasable } from "../heads/index.ts";
import type { PredictedPlanes } from "../inference/index.ts";
import { confidenceSamples, fitConfidence, objectConfidence } from "../inference/index.ts";
import type { SegmentationConfig } from "./config.ts";
import type { ItemCache } from "./item-cache.ts";
import type { ItemFacts } from "./items.ts";
import { preparedSize } from "./items.ts";
import { inferenceModel } from "./release-model.ts";
import type { ValidationCase } from "./validation.ts";
import { calibrate, chooseValidationItems, itemsWithinPixels, predictCases } from "./validation.ts";

export interface FinishOptions {
  readonly engine: Engine;
  readonly config: SegmentationConfig;
  readonly theta: Float32Array;
  readonly contract: InputContract;
  /** Of the model that was trained on, if any. */
  readonly base?: InputContract | undefined;
  readonly train: { readonly facts: readonly ItemFacts[]; readonly items: ItemCache };
  readonly validation: { readonly facts: readonly ItemFacts[]; readonly items: ItemCache };
}

export interface FinishedModel {
  readonly onnx: Uint8Array;
  readonly contract: InputContract;
}

/** Released model of some parameters, as a session; so what is scored is what would be released. */
export async function withInferenceSession<T>(
  { engine, config, contract }: Pick<FinishOptions, "engine" | "config" | "contract">,
  theta: Float32Array,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await engine.createSession(await inferenceModel(engine, config, theta, contract));
  try {
    return await use(session);
  } finally {
    await session.release();
  }
}

// Calibration post-processes each item a dozen times; more items than this would change the thresholds by nothing.
const CALIBRATION_ITEMS_MAX = 64;

// Predictions of the items are held together while thresholds are tried: 12 bytes a pixel and compartment, 400 MB.
const CALIBRATION_PIXELS_MAX = 2 ** 25;

type CalibrationOptions = Pick<FinishOptions, "engine" | "config" | "theta" | "contract" | "validation">;

/** What the network answers for the validation items that thresholds are tried on. */
export async function calibrationCases(
  options: CalibrationOptions,
  itemsMax: number = CALIBRATION_ITEMS_MAX,
): Promise<ValidationCase[]> {
  const { config, contract, validation } = options;
  const head = headDesign(config.head);
  const chosen = chooseValidationItems(validation.facts, itemsMax);
  const sized = chosen.map((facts) => ({ id: facts.id, ...preparedSize(facts, contract) }));
  const pixelsMax = CALIBRATION_PIXELS_MAX / config.compartments.length;
  return withInferenceSession(options, options.theta, async (session) => {
    const cases: ValidationCase[] = [];
    for (const { id } of itemsWithinPixels(sized, pixelsMax)) {
      cases.push(...(await predictCases(session, await validation.items.get(id), head, contract)));
    }
    return cases;
  });
}

// A fine-tuning has minutes, and looks for thresholds once per trial.
const FITTING_ITEMS_MAX = 24;

/**
 * A base's contract with thresholds that fit images it has never learnt from: the cheapest thing that a few labelled images
 * teach, and on a new kind of images often the largest part of what they bring (docs/decisions/0053).
 *
 * @param options.theta  the base's; weights that have learnt from the items would flatter. `validation` holds the items.
 * Deterministic. Cost: a prediction and about a dozen post-processings of up to 24 items.
 */
export async function fitThresholds(options: CalibrationOptions): Promise<InputContract> {
  const { config, contract } = options;
  const head = headDesign(config.head);
  const cases = await calibrationCases(options, FITTING_ITEMS_MAX);
  return {
    ...contract,
    compartments: contract.compartments.map((one) => ({
      ...one,
      postprocessing: calibrate(
        cases.filter(({ compartment }) => compartment === one.compartment),
        head,
        one.postprocessing,
        "few",
      ),
    })),
  };
}

/** Points of a rising line from raw to calibrated confidence; null with too few objects to tell. */
function calibratedConfidence(
  cases: readonly ValidationCase[],
  head: HeadDesign,
  params: DeepWatershedParams,
): CompartmentContract["confidence"] {
  if (!isReleasable(head)) return null;
  const samples = cases.flatMap(({ maps: [innerDistance, foreground], labels, uncounted }) => {
    const planes = { innerDistance, foreground } as PredictedPlanes;
    const found = head.decode([planes.innerDistance, planes.foreground], params);
    return confidenceSamples(labels, found, objectConfidence(found, planes), uncounted);
  });
  return fitConfidence(samples);
}

// Statistics of more images than this change in the third digit only.
const RANGE_ITEMS_MAX = 128;

/** What the training images are like, from an even choice of them, one at a time. */
async function rangeOf({ contract, train }: FinishOptions): Promise<TrainingRange | null> {
  const collector = createRangeCollector(contract.channels.map(({ role }) => role));
  const first = contract.compartments[0]?.compartment as Compartment;
  for (const { id, mpp, modality, platform } of chooseValidationItems(train.facts, RANGE_ITEMS_MAX)) {
    const { planes, labels } = await train.items.get(id);
    const own = labels[first];
    if (own !== undefined) collector.add({ planes, labels: own, mpp, modality, platform });
  }
  return collector.finish();
}

/** Without validation images the base's is the best guess there is. */
function confidenceOf(
  base: InputContract | undefined,
  compartment: Compartment,
): CompartmentContract["confidence"] {
  return base?.compartments.find((one) => one.compartment === compartment)?.confidence ?? null;
}

/**
 * Calibrates and writes the released model. Deterministic in its arguments.
 *
 * @throws FoundryError as reading items does. Memory: predictions of some dozens of validation items.
 */
export async function finishTraining(options: FinishOptions): Promise<FinishedModel> {
  const { engine, config, theta, contract, base } = options;
  const head = headDesign(config.head);
  const cases = await calibrationCases(options);
  const compartments = contract.compartments.map((one): CompartmentContract => {
    const own = cases.filter(({ compartment }) => compartment === one.compartment);
    if (own.length === 0) return { ...one, confidence: confidenceOf(base, one.compartment) };
    const postprocessing = calibrate(own, head, one.postprocessing);
    return { ...one, postprocessing, confidence: calibratedConfidence(own, head, postprocessing) };
  });
  const seen = await rangeOf(options);
  const range = base === undefined ? seen : joinRanges(base.range, seen);
  const finished = { ...contract, compartments, range };
  return { contract: finished, onnx: await inferenceModel(engine, config, theta, finished) };
}
