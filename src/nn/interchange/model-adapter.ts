/**
 * How a network from elsewhere is asked and how its answer becomes labels: plain JSON, kept with the model version.
 *
 * It stands in the contract of the version beside what every contract says (channels, pixel size, compartment), so that
 * predicting, proposing and evaluating need not know where a model came from. Every run has the same size: that of the
 * trial run in which the model was measured (see nn/onnx/check-graph).
 */
import { FoundryError } from "#core/errors.ts";
import type {
  DeepWatershedParams,
  FlowParams,
  ForegroundParams,
  StarPolygonParams,
} from "#core/labels/index.ts";
import type { InputContract } from "../contract/index.ts";
import { assertContract } from "../contract/index.ts";
import type { ProcessingStep } from "./processing-steps.ts";

/** Orders of axes that networks use: batch, channel, y, x. */
export const tensorAxes = ["bcyx", "byxc", "cyx", "yxc", "byx", "yx"] as const;
export type TensorAxes = (typeof tensorAxes)[number];

export interface AdapterInput {
  /** Of the ONNX graph. */
  readonly name: string;
  readonly axes: TensorAxes;
  /** Fixed size of every run, pixels. */
  readonly tile: { readonly height: number; readonly width: number };
  readonly steps: readonly ProcessingStep[];
}

export interface AdapterOutput {
  readonly name: string;
  readonly axes: TensorAxes;
  readonly channels: number;
  /** Pixels of the output per pixel of the input, the same in y and x: 1, or 0.5 for a grid of 2. */
  readonly scale: number;
  /** Pixels of the output that are missing on each side because the network does not pad. */
  readonly cropPx: number;
  readonly steps: readonly ProcessingStep[];
}

/** A plane of the answer: position of the output, and its channel. */
export interface PlaneRef {
  readonly output: number;
  readonly channel: number;
}

export type AdapterHead =
  | {
      readonly kind: "deepWatershed";
      readonly innerDistance: PlaneRef;
      readonly foreground: PlaneRef;
      readonly params: DeepWatershedParams;
    }
  | {
      readonly kind: "foreground";
      readonly foreground: PlaneRef;
      readonly boundary: PlaneRef | null;
      readonly params: ForegroundParams;
    }
  | {
      readonly kind: "stardist";
      readonly probability: PlaneRef;
      /** The first of the rays; the others follow. */
      readonly distances: PlaneRef;
      readonly rays: number;
      readonly params: StarPolygonParams;
    }
  | {
      readonly kind: "cellpose";
      readonly flowY: PlaneRef;
      readonly flowX: PlaneRef;
      readonly cell: PlaneRef;
      /** What the flows are divided by to have unit length: 5 in networks of that program. */
      readonly flowScale: number;
      readonly params: FlowParams;
    };

export type AdapterKind = AdapterHead["kind"];
export const adapterKinds: readonly AdapterKind[] = ["deepWatershed", "foreground", "stardist", "cellpose"];

export interface ModelAdapter {
  readonly version: 1;
  readonly input: AdapterInput;
  readonly outputs: readonly AdapterOutput[];
  /** Pixels at the seams of tiles that are thrown away. */
  readonly haloPx: number;
  readonly head: AdapterHead;
}

export interface AdaptedContract extends InputContract {
  readonly adapter: ModelAdapter;
}

/** Larger tiles bring nothing and cost memory; smaller ones have no middle. */
const TILE_MIN = 8;
const TILE_MAX = 4096;
const CHANNELS_MAX = 512;
const STEPS_MAX = 32;

const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
const isWhole = (value: unknown, low: number, high: number): boolean =>
  Number.isInteger(value) && Number(value) >= low && Number(value) <= high;

function faultOfInput(input: Readonly<Record<string, unknown>>): string | null {
  const { height, width } = fields(input["tile"]);
  if (typeof input["name"] !== "string" || input["name"] === "") return "its input has no name";
  if (!(tensorAxes as readonly unknown[]).includes(input["axes"]))
    return "the axes of its input are not known";
  if (!isWhole(height, TILE_MIN, TILE_MAX) || !isWhole(width, TILE_MIN, TILE_MAX))
    return `its tile is not ${TILE_MIN} to ${TILE_MAX} pixels`;
  return faultOfSteps(input["steps"]);
}

function faultOfSteps(steps: unknown): string | null {
  return Array.isArray(steps) && steps.length <= STEPS_MAX ? null : "its steps are no list";
}

function faultOfOutput(output: Readonly<Record<string, unknown>>): string | null {
  if (typeof output["name"] !== "string") return "an output has no name";
  if (!(tensorAxes as readonly unknown[]).includes(output["axes"]))
    return "the axes of an output are not known";
  if (!isWhole(output["channels"], 1, CHANNELS_MAX)) return "the channels of an output are not counted";
  const scale = output["scale"];
  if (typeof scale !== "number" || !(scale >= 1 / 64 && scale <= 8))
    return "the scale of an output is not 1/64 to 8";
  if (!isWhole(output["cropPx"], 0, TILE_MAX / 2)) return "the crop of an output is not understood";
  return faultOfSteps(output["steps"]);
}

function faultOfHead(head: Readonly<Record<string, unknown>>, outputs: readonly unknown[]): string | null {
  if (!(adapterKinds as readonly unknown[]).includes(head["kind"])) return "its kind of labels is not known";
  if (head["kind"] === "stardist" && !isWhole(head["rays"], 3, CHANNELS_MAX)) return "it has no rays";
  const refs = Object.entries(head).filter(
    ([name]) => !["kind", "params", "rays", "flowScale"].includes(name),
  );
  for (const [name, ref] of refs) {
    if (ref === null && name === "boundary") continue;
    const { output, channel } = fields(ref);
    if (!isWhole(output, 0, outputs.length - 1)) return `"${name}" names no output`;
    const last = name === "distances" ? Number(head["rays"]) - 1 : 0;
    const { channels } = fields(outputs[Number(output)]);
    if (!isWhole(channel, 0, Number(channels) - 1 - last))
      return `"${name}" names a channel that is not there`;
  }
  return Object.values(fields(head["params"])).length > 0 ? null : "it has no parameters";
}

function faultOf(adapter: unknown): string | null {
  const one = fields(adapter);
  if (one["version"] !== 1)
    return `its version is ${JSON.stringify(one["version"]) ?? "missing"}, this program knows 1`;
  const outputs = one["outputs"];
  if (!Array.isArray(outputs) || outputs.length === 0 || outputs.length > 64) return "it names no outputs";
  if (!isWhole(one["haloPx"], 0, TILE_MAX / 2)) return "its halo is not understood";
  const { height, width } = fields(fields(one["input"])["tile"]);
  if (2 * Number(one["haloPx"]) >= Math.min(Number(height), Number(width))) return "its halo fills the tile";
  return (
    faultOfInput(fields(one["input"])) ??
    outputs.map((output) => faultOfOutput(fields(output))).find((fault) => fault !== null) ??
    faultOfHead(fields(one["head"]), outputs)
  );
}

/** Whether a stored contract belongs to a model with an adapter. */
export const hasAdapter = (stored: unknown): boolean => fields(stored)["adapter"] !== undefined;

/** @throws FoundryError `model.invalid` naming what is wrong. */
export function assertAdaptedContract(stored: unknown): asserts stored is AdaptedContract {
  assertContract(stored);
  const fault = faultOf(fields(stored)["adapter"]);
  if (fault === null) return;
  throw new FoundryError("model.invalid", {
    message: `The adapter of the model is damaged: ${fault}.`,
    hint: "Import the model again.",
  });
}
