/**
 * Checks a contract that came from outside, field by field: a stored one, a shipped one, one in an imported file.
 */
import { FoundryError } from "#core/errors.ts";
import { channelRoles } from "#core/ontology/index.ts";
import { compartmentOrder } from "./compartment.ts";
import type { CompartmentContract, InputContract } from "./input-contract.ts";

// Beyond this the first layer would outgrow the rest of the network; the widest panels of multiplexed imaging have 60.
const CHANNELS_MAX = 64;

// A line through more points than this says nothing that one through 64 does not.
const KNOTS_MAX = 1024;

type Loose<T> = { readonly [K in keyof T]?: unknown };

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

const isWhole = (value: unknown, low: number, high: number): boolean =>
  Number.isInteger(value) && Number(value) >= low && Number(value) <= high;

const postprocessingNumbers = [
  "foregroundThreshold",
  "seedThreshold",
  "seedProminence",
  "seedDistancePx",
  "smoothingPx",
  "areaPxMin",
  "holePxMax",
] as const;

function faultOfChannels(channels: unknown): string | null {
  if (!isList(channels) || channels.length === 0) return "it names no channels";
  if (channels.length > CHANNELS_MAX) return `it names more than ${CHANNELS_MAX} channels`;
  const roles = channels.map((channel) => fields(channel)["role"]);
  const odd = roles.find((role) => !(channelRoles as readonly unknown[]).includes(role));
  if (odd !== undefined) return `${JSON.stringify(odd)} is not the role of a channel`;
  if (channels.some((channel) => typeof fields(channel)["required"] !== "boolean"))
    return "it does not say which channels are required";
  if (!channels.some((channel) => fields(channel)["required"] === true)) return "it requires no channel";
  return null;
}

function faultOfConfidence(confidence: unknown): string | null {
  if (confidence === null) return null;
  const { knots } = fields(confidence);
  if (!isList(knots) || knots.length === 0 || knots.length > KNOTS_MAX) return "confidence has no knots";
  let last = -Infinity;
  for (const knot of knots) {
    if (!isList(knot) || knot.length !== 2 || !knot.every(isNumber)) return "a knot is not a pair of numbers";
    if ((knot[0] as number) < last) return "the knots of confidence are not in order";
    last = knot[0] as number;
  }
  return null;
}

function faultOfCompartment(one: Loose<CompartmentContract>): string | null {
  if (!(compartmentOrder as readonly unknown[]).includes(one.compartment)) {
    return `${JSON.stringify(one.compartment)} is not a compartment`;
  }
  const { innerDistance, foreground } = fields(one.outputs);
  if (!isText(innerDistance) || !isText(foreground)) return `outputs of ${one.compartment} are not named`;
  const { seedless, foregroundMeanMin, ...numbers } = fields(one.postprocessing);
  const absent = postprocessingNumbers.find((name) => !isNumber(numbers[name]));
  if (absent !== undefined) return `postprocessing.${absent} is missing`;
  // Models of before this threshold have none.
  if (foregroundMeanMin !== undefined && !isNumber(foregroundMeanMin))
    return "postprocessing.foregroundMeanMin is no number";
  if (seedless !== "keep" && seedless !== "drop") return "postprocessing.seedless is neither keep nor drop";
  return faultOfConfidence(one.confidence);
}

function faultOfCompartments(compartments: unknown): string | null {
  if (!isList(compartments) || compartments.length === 0) return "it names no compartments";
  for (const one of compartments) {
    const fault = faultOfCompartment(fields(one));
    if (fault !== null) return fault;
  }
  const names = compartments.map((one) => fields(one)["compartment"]);
  return new Set(names).size === names.length ? null : "it names a compartment twice";
}

function faultOfGeometry({ stride, receptiveRadiusPx, mpp }: Loose<InputContract>): string | null {
  if (!isWhole(stride, 1, 1024)) return "stride is not 1 to 1024";
  // A reach of ten thousand pixels would make every tile the whole image.
  if (!isWhole(receptiveRadiusPx, 0, 10_000)) return "receptiveRadiusPx is not 0 to 10000";
  const { y, x } = fields(mpp);
  if (mpp !== null && !(isNumber(y) && isNumber(x) && y > 0 && x > 0))
    return "mpp is neither null nor { y, x }";
  return null;
}

function faultOf(contract: Loose<InputContract>): string | null {
  const { kind, low, high } = fields(contract.normalisation);
  if (kind !== "percentile" || !isNumber(low) || !isNumber(high) || !(low < high)) {
    return "normalisation is not understood";
  }
  if (contract.range !== null && typeof contract.range !== "object") return "range is missing";
  if (!isText(contract.architecture)) return "architecture is missing";
  if (contract.head !== undefined && !isText(contract.head)) return "head is not a name";
  return (
    faultOfChannels(contract.channels) ??
    faultOfGeometry(contract) ??
    faultOfCompartments(contract.compartments)
  );
}

/**
 * Checks that a value is a contract of version 2.
 *
 * @throws FoundryError `model.invalid` naming what is missing.
 */
export function assertContract(contract: unknown): asserts contract is InputContract {
  const isObject = typeof contract === "object" && contract !== null;
  const { version } = fields(contract);
  const fault = !isObject
    ? "it is not an object"
    : version !== 2
      ? `its version is ${JSON.stringify(version)}, this program knows 1 and 2`
      : faultOf(fields(contract));
  if (fault === null) return;
  throw new FoundryError("model.invalid", {
    message: `The input contract of the model is damaged: ${fault}.`,
    hint: "Train or import the model version again.",
  });
}
