/**
 * Chooses how the answer of a network becomes labels: what a person says, else what the description says, else what the
 * shape of the answer suggests. What was guessed is told, so that a person can correct it before the import.
 */
import { FoundryError } from "#core/errors.ts";
import {
  defaultDeepWatershedParams,
  defaultFlowParams,
  defaultForegroundParams,
  defaultStarPolygonParams,
} from "#core/labels/index.ts";
import type { ChannelRole, Compartment } from "../contract/index.ts";
import type {
  AdaptedContract,
  AdapterHead,
  AdapterKind,
  AdapterOutput,
  ModelAdapter,
  PlaneRef,
  TensorAxes,
} from "./model-adapter.ts";
import { assertAdaptedContract } from "./model-adapter.ts";
import type { DescribedStep, ModelDescription } from "./model-description.ts";
import type { AdapterRequest, InputPlan } from "./plan-input.ts";
import { lettersOf, stepsFrom } from "./plan-input.ts";

/** An output as the trial run gave it. */
export interface MeasuredOutput {
  readonly name: string;
  readonly shape: readonly number[];
  /** Of the values; logits are told from probabilities by it. */
  readonly min: number;
  readonly max: number;
}

export interface ProposedAdapter {
  readonly contract: AdaptedContract;
  /** What was guessed, in sentences. */
  readonly notes: readonly string[];
}

/** Seams are thrown away this far when the description names no halo. */
const HALO_PX = 32;

const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

interface Hints {
  readonly description: ModelDescription | null;
  readonly notes: string[];
}

const cannot = (what: string): FoundryError =>
  new FoundryError("model.invalid", {
    message: `The answer of the model cannot be read: ${what}.`,
    hint: "Name the kind of post-processing (foreground, stardist, cellpose) that fits the model.",
  });

function axesOfAnswer(shape: readonly number[], input: TensorAxes): TensorAxes {
  if (shape.length === 4) return input === "byxc" ? "byxc" : "bcyx";
  if (shape.length === 3) return input === "yxc" ? "yxc" : input === "byx" ? "byx" : "cyx";
  if (shape.length === 2) return "yx";
  throw cannot(`an output has ${shape.length} axes`);
}

/** Size of an output against that of the tile. */
function geometryOf(rows: number, tile: number, what: string): { scale: number; cropPx: number } {
  for (const factor of [1, 1 / 2, 1 / 4, 1 / 8, 2, 4]) {
    if (rows === Math.round(tile * factor) && Number.isInteger(tile * factor))
      return { scale: factor, cropPx: 0 };
  }
  // A network that does not pad loses the same on both sides; more than half would leave no middle.
  const lost = tile - rows;
  if (lost > 0 && lost % 2 === 0 && lost < tile / 2) return { scale: 1, cropPx: lost / 2 };
  throw cannot(`${what} has ${rows} rows for a tile of ${tile}`);
}

function outputsOf(
  plan: InputPlan,
  measured: readonly MeasuredOutput[],
  { description }: Hints,
): AdapterOutput[] {
  return measured.map((one, i): AdapterOutput => {
    const described = description?.outputs[i];
    const axes = described === undefined ? axesOfAnswer(one.shape, plan.input.axes) : lettersOf(described);
    const length = (letter: string): number =>
      axes.includes(letter) ? (one.shape[axes.indexOf(letter)] ?? 1) : 1;
    const name = `output "${one.name}"`;
    const geometry = geometryOf(length("y"), plan.input.tile.height, name);
    const across = geometryOf(length("x"), plan.input.tile.width, name);
    if (geometry.scale !== across.scale || geometry.cropPx !== across.cropPx)
      throw cannot(`${name} is not square to its input`);
    const steps = described === undefined ? [] : stepsFrom(described.postprocessing);
    return { name: one.name, axes, channels: length("c"), ...geometry, steps };
  });
}

const steps = (description: ModelDescription | null): readonly DescribedStep[] =>
  description?.outputs.flatMap(({ postprocessing }) => postprocessing) ?? [];

function kindOf(request: AdapterRequest, outputs: readonly AdapterOutput[], hints: Hints): AdapterKind {
  if (request.kind !== undefined) return request.kind;
  const { description, notes } = hints;
  const ids = steps(description).map(({ id }) => id);
  if (ids.includes("stardist_postprocessing")) return "stardist";
  if (ids.includes("cellpose_flow_dynamics")) return "cellpose";
  const config = fields(description?.config);
  if (config["stardist"] !== undefined && config["stardist"] !== null) return "stardist";
  const words = [...(description?.tags ?? []), description?.name ?? ""].join(" ").toLowerCase();
  const channels = outputs.reduce((sum, { channels: n }) => sum + n, 0);
  const guess: AdapterKind =
    channels >= 9 || words.includes("stardist")
      ? "stardist"
      : channels === 3 && (words.includes("cellpose") || description === null)
        ? "cellpose"
        : "foreground";
  notes.push(
    `Nothing says how its ${channels} ${channels === 1 ? "plane becomes" : "planes become"} cells; "${guess}" was chosen by their number.`,
  );
  return guess;
}

/** The plane that stands at a position among all channels of all outputs. */
function planeAt(outputs: readonly AdapterOutput[], position: number): PlaneRef {
  let channel = position;
  for (const [output, { channels }] of outputs.entries()) {
    if (channel < channels) return { output, channel };
    channel -= channels;
  }
  throw cannot(`it has fewer than ${position + 1} planes`);
}

function channelNamesOf(description: ModelDescription | null): string[] {
  return (
    description?.outputs.flatMap(({ axes, id }) => {
      const channel = axes.find((axis) => axis.type === "channel");
      return channel?.type === "channel" ? channel.channel_names : [id];
    }) ?? []
  ).map((name) => name.toLowerCase());
}

function foregroundHead(outputs: readonly AdapterOutput[], { description, notes }: Hints): AdapterHead {
  const names = channelNamesOf(description);
  const total = outputs.reduce((sum, { channels }) => sum + channels, 0);
  const find = (pattern: RegExp): number => names.findIndex((name) => pattern.test(name));
  const border = find(/bound|border|edge|contour/);
  const inner = find(/foreground|prob|cell|nucle|mask|interior|fg/);
  const first = inner >= 0 && inner !== border ? inner : border === 0 ? 1 : 0;
  const boundary = border >= 0 ? border : total === 2 ? 1 - first : -1;
  if (border < 0 && boundary >= 0) notes.push("Its second plane is taken for the border of cells.");
  return {
    kind: "foreground",
    foreground: planeAt(outputs, Math.min(first, total - 1)),
    boundary: boundary >= 0 && boundary < total ? planeAt(outputs, boundary) : null,
    params: defaultForegroundParams,
  };
}

function stardistHead(outputs: readonly AdapterOutput[], { description }: Hints): AdapterHead {
  const step = steps(description).find((one) => one.id === "stardist_postprocessing");
  const kwargs = step?.id === "stardist_postprocessing" ? step.kwargs : undefined;
  const thresholds = fields(fields(fields(description?.config)["stardist"])["thresholds"]);
  const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
  // Probability and rays in one output, or in two of either order.
  const single = outputs.findIndex(({ channels }) => channels === 1);
  const many = outputs.findIndex(({ channels }) => channels >= 4);
  if (many < 0) throw cannot("no output has the rays of star polygons");
  const [probability, distances]: [PlaneRef, PlaneRef] =
    single >= 0
      ? [
          { output: single, channel: 0 },
          { output: many, channel: 0 },
        ]
      : [
          { output: many, channel: 0 },
          { output: many, channel: 1 },
        ];
  const rays = (outputs[many] as AdapterOutput).channels - distances.channel;
  return {
    kind: "stardist",
    probability,
    distances,
    rays,
    params: {
      probabilityThreshold:
        kwargs?.prob_threshold ?? number(thresholds["prob"]) ?? defaultStarPolygonParams.probabilityThreshold,
      overlapMax: kwargs?.nms_threshold ?? number(thresholds["nms"]) ?? defaultStarPolygonParams.overlapMax,
      edgePoints: typeof kwargs?.b === "number" ? kwargs.b : defaultStarPolygonParams.edgePoints,
    },
  };
}

function cellposeHead(outputs: readonly AdapterOutput[], { description }: Hints): AdapterHead {
  const step = steps(description).find((one) => one.id === "cellpose_flow_dynamics");
  const kwargs = step?.id === "cellpose_flow_dynamics" ? step.kwargs : undefined;
  if (kwargs?.do_3D === true) throw cannot("its flows are those of volumes");
  return {
    kind: "cellpose",
    flowY: planeAt(outputs, 0),
    flowX: planeAt(outputs, 1),
    cell: planeAt(outputs, 2),
    flowScale: 5,
    params: {
      ...defaultFlowParams,
      cellThreshold: kwargs?.cellprob_threshold ?? defaultFlowParams.cellThreshold,
      flowErrorMax: kwargs?.flow_threshold ?? defaultFlowParams.flowErrorMax,
    },
  };
}

function headOf(kind: AdapterKind, outputs: readonly AdapterOutput[], hints: Hints): AdapterHead {
  switch (kind) {
    case "stardist":
      return stardistHead(outputs, hints);
    case "cellpose":
      return cellposeHead(outputs, hints);
    case "foreground":
      return foregroundHead(outputs, hints);
    case "deepWatershed":
      return {
        kind,
        innerDistance: planeAt(outputs, 0),
        foreground: planeAt(outputs, 1),
        params: defaultDeepWatershedParams,
      };
  }
}

/** A network without a last sigmoid gives values far outside 0..1; the step is added, and told. */
function withSigmoids(
  outputs: readonly AdapterOutput[],
  head: AdapterHead,
  measured: readonly MeasuredOutput[],
  notes: string[],
): AdapterOutput[] {
  const wanted: PlaneRef[] =
    head.kind === "foreground" || head.kind === "deepWatershed"
      ? [head.foreground]
      : head.kind === "stardist" && (outputs[head.probability.output] as AdapterOutput).channels === 1
        ? [head.probability]
        : [];
  return outputs.map((output, o) => {
    const asked = wanted.some((ref) => ref.output === o);
    const { min = 0, max = 1 } = measured[o] ?? {};
    if (!asked || output.steps.some(({ id }) => id !== "ensure_dtype") || (min >= -0.01 && max <= 1.01))
      return output;
    notes.push(
      `Its output "${output.name}" reaches ${min.toFixed(1)} to ${max.toFixed(1)}, so a sigmoid is applied to it.`,
    );
    return { ...output, steps: [...output.steps, { id: "sigmoid" }] };
  });
}

function haloOf(plan: InputPlan, outputs: readonly AdapterOutput[], { description }: Hints): number {
  const side = Math.min(plan.input.tile.height, plan.input.tile.width);
  const described = description?.outputs.flatMap(({ axes }) =>
    axes.map((axis) => (axis.type === "space" && axis.halo !== undefined ? axis.halo * axis.scale : 0)),
  );
  const stated = Math.max(0, ...(described ?? []));
  const lost = Math.max(...outputs.map(({ cropPx }) => cropPx));
  const wanted = Math.max(stated > 0 ? stated : HALO_PX, lost);
  return Math.max(lost, Math.min(Math.round(wanted), Math.floor(side / 4)));
}

function rolesOf(
  plan: InputPlan,
  request: AdapterRequest,
  compartment: Compartment,
  notes: string[],
): ChannelRole[] {
  if (request.roles !== undefined) {
    if (request.roles.length === plan.channels) return [...request.roles];
    throw new FoundryError("model.invalid", {
      message: `The model takes ${plan.channels} ${plan.channels === 1 ? "channel" : "channels"}; ${request.roles.length} roles are given.`,
      hint: "Name one role for each channel, in the model's order.",
    });
  }
  const roles = plan.channelNames.map((name): ChannelRole => {
    if (/nuc|dapi|hoechst/i.test(name)) return "nuclear";
    if (/membrane/i.test(name)) return "membrane";
    if (/cyto/i.test(name)) return "cytoplasm";
    if (/phase/i.test(name)) return "phase";
    if (/bright|trans|dic|red|green|blue|rgb/i.test(name)) return "brightfield";
    return plan.channels === 1 && compartment === "nuclear" ? "nuclear" : "other";
  });
  notes.push(`Its ${plan.channels === 1 ? "channel is" : "channels are"} taken for: ${roles.join(", ")}.`);
  return roles;
}

function compartmentOf(request: AdapterRequest, { description, notes }: Hints): Compartment {
  if (request.compartment !== undefined) return request.compartment;
  const words = [...(description?.tags ?? []), description?.name ?? "", description?.description ?? ""].join(
    " ",
  );
  const guess: Compartment =
    !/nucle/i.test(words) && /\bcells?\b|cyto|membrane/i.test(words) ? "wholeCell" : "nuclear";
  notes.push(`It is taken to outline ${guess === "nuclear" ? "nuclei" : "whole cells"}.`);
  return guess;
}

/**
 * The contract of an imported network.
 *
 * @param measured outputs of the trial run, in the order of the graph.
 * @throws FoundryError `model.invalid` when the answer fits no kind of post-processing.
 */
export function proposeAdapter(
  plan: InputPlan,
  measured: readonly MeasuredOutput[],
  request: AdapterRequest,
  description: ModelDescription | null,
): ProposedAdapter {
  const notes: string[] = [];
  const hints = { description, notes };
  const outputs = outputsOf(plan, measured, hints);
  const kind = kindOf(request, outputs, hints);
  const head = headOf(kind, outputs, hints);
  const adapter: ModelAdapter = {
    version: 1,
    input: plan.input,
    outputs: withSigmoids(outputs, head, measured, notes),
    haloPx: haloOf(plan, outputs, hints),
    head,
  };
  const compartment = compartmentOf(request, hints);
  const roles = rolesOf(plan, request, compartment, notes);
  const first = (outputs[0] as AdapterOutput).name;
  const contract: AdaptedContract = {
    version: 2,
    channels: roles.map((role) => ({ role, required: true })),
    mpp: request.mpp ?? plan.mpp,
    normalisation: { kind: "percentile", low: 0, high: 100 },
    stride: 1,
    receptiveRadiusPx: adapter.haloPx,
    architecture: `imported network, ${kind}`,
    compartments: [
      {
        compartment,
        outputs: { innerDistance: first, foreground: first },
        postprocessing: defaultDeepWatershedParams,
        confidence: null,
      },
    ],
    range: null,
    adapter,
  };
  assertAdaptedContract(contract);
  return { contract, notes };
}
