/**
 * What a person may say about a prediction: pixel size, scale, channels, thresholds. Checked where it enters a job.
 */
import { FoundryError } from "#core/errors.ts";
import {
  type Compartment,
  type InputContract,
  type PostprocessingChanges,
  SCALE_MAX,
  SCALE_MIN,
  type ScaleRequest,
} from "#nn/index.ts";

export interface PredictSettings {
  /** Micrometres per pixel, in place of what the file says. */
  readonly mpp?: number;
  /** Model pixels per image pixel; "pixelSize": no estimate from the cells. Default "auto". */
  readonly scale?: ScaleRequest;
  /** Channel of the image for each input of the model, from 0; `null` for one it lacks. */
  readonly channels?: readonly (number | null)[];
  /** In place of the model's values, for every compartment. */
  readonly thresholds?: PredictThresholds;
}

export interface PredictThresholds {
  readonly foregroundThreshold?: number;
  readonly seedThreshold?: number;
  readonly seedProminence?: number;
  readonly areaPxMin?: number;
}

/** Bounds of thresholds; beyond them nothing or everything is a cell. */
const thresholdBounds: Readonly<Record<keyof PredictThresholds, readonly [low: number, high: number]>> = {
  foregroundThreshold: [0, 1],
  seedThreshold: [0, 1],
  seedProminence: [0, 1],
  areaPxMin: [0, 2 ** 24],
};

// Electron microscopes reach 0.0001 µm per pixel, slide overviews 100.
const MPP_MIN = 0.0001;
const MPP_MAX = 1000;

/** @throws FoundryError `request.invalid` naming the setting and its bounds. */
export function checkSettings(settings: PredictSettings): void {
  const { mpp, scale, channels, thresholds = {} } = settings;
  if (mpp !== undefined && !(mpp >= MPP_MIN && mpp <= MPP_MAX))
    throw refused(`a pixel size of ${mpp} µm`, `${MPP_MIN} to ${MPP_MAX}`);
  if (typeof scale === "number" && !(scale >= SCALE_MIN && scale <= SCALE_MAX))
    throw refused(`a scale of ${scale}`, `${SCALE_MIN} to ${SCALE_MAX}`);
  if (channels?.some((c) => c !== null && !(Number.isInteger(c) && c >= 0)) === true)
    throw refused("a channel that is no number from 0", "0, 1, 2 …");
  for (const [name, [low, high]] of Object.entries(thresholdBounds)) {
    const value = thresholds[name as keyof PredictThresholds];
    if (value !== undefined && !(value >= low && value <= high))
      throw refused(`${name} ${value}`, `${low} to ${high}`);
  }
}

function refused(what: string, bounds: string): FoundryError {
  return new FoundryError("request.invalid", {
    message: `The prediction was asked for with ${what}.`,
    hint: `Accepted: ${bounds}.`,
  });
}

/** The thresholds for every compartment of a model. */
export function changesFor(
  contract: Pick<InputContract, "compartments">,
  thresholds: PredictThresholds | undefined,
): PostprocessingChanges {
  if (thresholds === undefined) return {};
  const set = Object.fromEntries(Object.entries(thresholds).filter(([, value]) => value !== undefined));
  return Object.fromEntries(
    contract.compartments.map(({ compartment }): [Compartment, PredictThresholds] => [compartment, set]),
  );
}
