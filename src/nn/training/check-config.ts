/**
 * Checks a training configuration, from a person or from a stored run, before anything is computed.
 */

import { FoundryError } from "#core/errors.ts";
import { channelRoles } from "#core/ontology/index.ts";
import { compartmentOrder } from "../contract/index.ts";
import { headDesign, headNames } from "../heads/index.ts";
import { strideOf } from "../models/index.ts";
import { assertAugmentConfig } from "./augment-config.ts";
import type { SegmentationConfig } from "./config.ts";

// The first layer would outgrow the rest of the network; the widest panels of multiplexed imaging have 60 channels.
const CHANNELS_MAX = 64;

const refuse = (message: string, details: Record<string, unknown>): FoundryError =>
  new FoundryError("training.config", {
    message,
    details,
    hint: "Correct the training configuration and start again.",
  });

/** Allowed range of each number; the upper ends keep memory and time of one step within an ordinary machine. */
const ranges: Readonly<Record<string, readonly [number, number, "integer" | "real"]>> = {
  decoderConvolutions: [1, 2, "integer"],
  cropSize: [8, 2048, "integer"],
  batchSize: [1, 256, "integer"],
  steps: [1, 10_000_000, "integer"],
  learningRate: [1e-8, 1, "real"],
  warmupSteps: [0, 1_000_000, "integer"],
  weightDecay: [0, 10, "real"],
  clipNorm: [1e-6, 1e6, "real"],
  seed: [0, 2 ** 53 - 1, "integer"],
  percentileLow: [0, 100, "real"],
  percentileHigh: [0, 100, "real"],
  groupPower: [0, 1, "real"],
  untouchedWeight: [0, 1, "real"],
  recordEvery: [1, 1_000_000, "integer"],
  validateEvery: [1, 10_000_000, "integer"],
  validationItemsMax: [1, 100_000, "integer"],
  checkpointEvery: [1, 10_000_000, "integer"],
};

function assertNumbers(config: SegmentationConfig): void {
  for (const [name, [low, high, kind]] of Object.entries(ranges)) {
    const value: unknown = config[name as keyof SegmentationConfig];
    const fits = typeof value === "number" && value >= low && value <= high;
    if (fits && (kind === "real" || Number.isInteger(value))) continue;
    throw refuse(
      `${name} is ${String(value)}; it must be ${kind === "integer" ? "a whole number" : "a number"} from ${low} to ${high}.`,
      { name, value },
    );
  }
  if (config.percentileLow >= config.percentileHigh)
    throw refuse("percentileLow must lie below percentileHigh.", {});
}

/** What goes in and what comes out. */
function assertEnds({ channels, compartments, head }: SegmentationConfig): void {
  const isChannel = (channel: unknown): boolean => {
    const { role, required } = (channel ?? {}) as Record<string, unknown>;
    return (channelRoles as readonly unknown[]).includes(role) && typeof required === "boolean";
  };
  if (!Array.isArray(channels) || channels.length > CHANNELS_MAX || !channels.every(isChannel)) {
    throw refuse(
      `channels must be a list of at most ${CHANNELS_MAX} roles with whether each is required; roles are ${channelRoles.join(", ")}.`,
      { channels },
    );
  }
  if (!channels.some(({ required }) => required)) throw refuse("No channel is required.", { channels });
  const sorted = compartmentOrder.filter((name) => compartments?.includes(name));
  if (sorted.length === 0 || sorted.length > 2 || sorted.join() !== compartments.join()) {
    throw refuse(`compartments must be one or two of ${compartmentOrder.join(", ")}, in this order.`, {
      compartments,
    });
  }
  if (!headNames.includes(head)) {
    throw refuse(`head is ${JSON.stringify(head)}; it must be one of ${headNames.join(", ")}.`, { head });
  }
}

function assertTrunk({ widths, pool, skip, cropSize }: SegmentationConfig): void {
  const isWidth = (w: unknown): boolean => Number.isInteger(w) && Number(w) >= 1 && Number(w) <= 2048;
  if (!Array.isArray(widths) || widths.length < 1 || widths.length > 7 || !widths.every(isWidth)) {
    throw refuse("widths must be 1 to 7 whole numbers from 1 to 2048.", { widths });
  }
  if (pool !== "average" && pool !== "max") throw refuse('pool must be "average" or "max".', { pool });
  if (skip !== "add" && skip !== "concatenate")
    throw refuse('skip must be "add" or "concatenate".', { skip });
  const stride = strideOf({ widths });
  if (cropSize % stride === 0) return;
  throw refuse(`cropSize ${cropSize} is no multiple of the network's stride ${stride}.`, {
    cropSize,
    stride,
  });
}

function assertChoiceOfItems({
  balance,
  unknownPixelSize,
  cellDiameterPx,
  simulatedShare = 0,
  fitThresholds = false,
}: SegmentationConfig): void {
  if (typeof fitThresholds !== "boolean")
    throw refuse("fitThresholds must be true or false.", { fitThresholds });
  if (!(simulatedShare >= 0 && simulatedShare <= 0.9))
    throw refuse("simulatedShare must lie within 0 and 0.9.", { simulatedShare });
  // Runs of before this setting have none.
  if (typeof cellDiameterPx === "number" && !(cellDiameterPx >= 4 && cellDiameterPx <= 200))
    throw refuse("cellDiameterPx must be null or lie within 4 and 200.", { cellDiameterPx });
  if (!Array.isArray(balance?.fields) || balance.fields.some((field) => typeof field !== "string"))
    throw refuse("balance.fields must be a list of metadata fields.", { balance });
  if (!(balance.cap >= 1 && balance.cap <= 1000))
    throw refuse("balance.cap must lie within 1 and 1000.", { balance });
  if (unknownPixelSize !== "refuse" && unknownPixelSize !== "fromCells")
    throw refuse('unknownPixelSize must be "refuse" or "fromCells".', { unknownPixelSize });
}

/** A blur wider than this leaves nothing of a cell; all other thresholds are shares. */
const smoothingPxMax = 10;

/** They come from a command line too. */
function assertThresholds({ thresholds, compartments, head }: SegmentationConfig): void {
  if (thresholds === undefined) return;
  const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const tuned: readonly string[] = headDesign(head).tuned;
  const known: readonly string[] = compartments;
  const fits = ([name, value]: readonly [string, unknown]): boolean =>
    tuned.includes(name) &&
    typeof value === "number" &&
    value >= 0 &&
    value <= (name === "smoothingPx" ? smoothingPxMax : 1);
  const right =
    isRecord(thresholds) &&
    Object.entries(thresholds).every(
      ([compartment, own]) => known.includes(compartment) && isRecord(own) && Object.entries(own).every(fits),
    );
  if (!right)
    throw refuse(
      `thresholds must hold, for a compartment of the model, some of ${tuned.join(", ")}: each within 0 and 1, smoothingPx up to ${smoothingPxMax}.`,
      { thresholds },
    );
}

/** @throws FoundryError `training.config` naming the first value that is out of range. */
export function assertConfig(config: SegmentationConfig): void {
  assertNumbers(config);
  assertEnds(config);
  assertTrunk(config);
  assertAugmentConfig(config.augment);
  assertChoiceOfItems(config);
  assertThresholds(config);
}
