/**
 * A model version as a BioImage.IO model description of format 0.5.
 *
 * Only fields and forms that every reader of 0.5 since 0.5.4 knows. What the format cannot say (how planes become cells,
 * calibrated confidence, range of training images) stands under `config.cellfoundry`, so that another data folder of
 * this program gets the model back whole; StarDist's thresholds stand where its own program looks for them.
 */
import type { InputContract } from "../contract/index.ts";
import type { ModelFacts, PortFacts } from "../onnx/index.ts";
import type { AdapterOutput, ModelAdapter, TensorAxes } from "./model-adapter.ts";
import { hasAdapter } from "./model-adapter.ts";
import type { ProcessingStep } from "./processing-steps.ts";

/** A patch version that readers of 2024 and later know. */
const FORMAT_VERSION = "0.5.4";

/** Limits of our normalisation; see `nn/inference/model-input`. */
const NORMALISED = { min: -1, max: 4 } as const;

interface PackagedFile {
  readonly source: string;
  readonly sha256: string;
}

export interface DescribedModel {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly contract: InputContract;
  readonly facts: ModelFacts;
  readonly authors: readonly string[];
  readonly licence: string;
  readonly createdAt: string;
  readonly tags: readonly string[];
  readonly onnx: PackagedFile;
  readonly testInput: PackagedFile;
  /** One per output of the graph, in its order. */
  readonly testOutputs: readonly PackagedFile[];
  readonly cover: PackagedFile;
  readonly readme: string;
  /** Whatever else says where the model comes from: dataset version with digest, split, seed, code. */
  readonly provenance: Readonly<Record<string, unknown>>;
}

type Fields = Record<string, unknown>;

/** Identifier in lower case of a name: "nuclear.innerDistance" -> "nuclear_inner_distance". */
function tensorIdOf(name: string): string {
  const snake = name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, "_");
  const id = /^[a-z_]/.test(snake) ? snake : `t_${snake}`;
  return id.slice(0, 32);
}

/** Ids of all tensors, unique. */
function idsOf(names: readonly string[]): string[] {
  const ids: string[] = [];
  for (const name of names) {
    let id = tensorIdOf(name);
    for (let n = 2; ids.includes(id); n++) id = `${tensorIdOf(name).slice(0, 28)}_${n}`;
    ids.push(id);
  }
  return ids;
}

function describedStep(step: ProcessingStep): Fields {
  const { id, ...rest } = step;
  const names: Readonly<Record<string, string>> = {
    minPercentile: "min_percentile",
    maxPercentile: "max_percentile",
  };
  const kwargs = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [names[name] ?? name, value]),
  );
  return Object.keys(kwargs).length === 0 ? { id } : { id, kwargs };
}

const float32: ProcessingStep = { id: "ensure_dtype", dtype: "float32" };

interface TensorPlan {
  readonly axes: TensorAxes;
  readonly channels: number;
  readonly steps: readonly ProcessingStep[];
}

interface InputSizes extends TensorPlan {
  /** Fixed sides, or smallest side and step. */
  readonly sides:
    | { readonly height: number; readonly width: number }
    | { readonly min: number; readonly step: number };
  readonly haloPx: number;
}

/** What the network takes: of a contract of ours, or of an adapter. */
export function inputPlanOf(contract: InputContract): InputSizes {
  if (hasAdapter(contract)) {
    const { input, haloPx } = (contract as InputContract & { readonly adapter: ModelAdapter }).adapter;
    return {
      axes: input.axes,
      channels: contract.channels.length,
      steps: input.steps,
      sides: input.tile,
      haloPx,
    };
  }
  const { stride, receptiveRadiusPx, normalisation } = contract;
  // A halo on both sides must leave a pixel.
  const min = Math.ceil((2 * receptiveRadiusPx + 1) / stride) * stride;
  return {
    axes: "bcyx",
    channels: contract.channels.length,
    steps: [
      {
        id: "scale_range",
        axes: ["y", "x"],
        minPercentile: normalisation.low,
        maxPercentile: normalisation.high,
        eps: 1e-6,
      },
      { id: "clip", ...NORMALISED },
    ],
    sides: { min, step: stride },
    haloPx: receptiveRadiusPx,
  };
}

function channelCount({ shape }: PortFacts): number {
  return typeof shape[1] === "number" ? shape[1] : 1;
}

function outputPlanOf(contract: InputContract, port: PortFacts): AdapterOutput {
  const adapter = hasAdapter(contract)
    ? (contract as InputContract & { adapter: ModelAdapter }).adapter
    : null;
  const found = adapter?.outputs.find(({ name }) => name === port.name);
  return (
    found ?? { name: port.name, axes: "bcyx", channels: channelCount(port), scale: 1, cropPx: 0, steps: [] }
  );
}

const inAxes = (axes: TensorAxes, make: Readonly<Record<string, () => Fields>>): Fields[] =>
  [...axes].map((letter) => (make[letter] as () => Fields)());

function describedInput(model: DescribedModel, id: string): Fields {
  const { contract } = model;
  const plan = inputPlanOf(contract);
  const side = (axis: "y" | "x"): unknown =>
    "min" in plan.sides ? { ...plan.sides } : axis === "y" ? plan.sides.height : plan.sides.width;
  return {
    id,
    description: contract.channels
      .map(({ role, required }) => `${role}${required ? "" : " (may be zeros)"}`)
      .join(", ")
      .slice(0, 128),
    axes: inAxes(plan.axes, {
      b: () => ({ type: "batch" }),
      c: () => ({ type: "channel", channel_names: namesOf(contract.channels.map(({ role }) => role)) }),
      y: () => ({ type: "space", id: "y", size: side("y"), ...pixelSize(contract, "y", 1) }),
      x: () => ({ type: "space", id: "x", size: side("x"), ...pixelSize(contract, "x", 1) }),
    }),
    test_tensor: { ...model.testInput },
    data: { type: "float32" },
    preprocessing: [float32, ...plan.steps, float32].map(describedStep),
  };
}

function describedOutput(model: DescribedModel, port: PortFacts, i: number, ids: readonly string[]): Fields {
  const { contract } = model;
  const { haloPx } = inputPlanOf(contract);
  const { axes, channels, scale, cropPx, steps } = outputPlanOf(contract, port);
  const space = (axis: "y" | "x"): Fields => {
    const halo = Math.round(haloPx * scale) - cropPx;
    return {
      type: "space",
      id: axis,
      size: { tensor_id: ids[0], axis_id: axis, ...(cropPx === 0 ? {} : { offset: -2 * cropPx }) },
      ...pixelSize(contract, axis, 1 / scale),
      ...(halo >= 1 && haloPx % (1 / scale) === 0 ? { halo } : {}),
    };
  };
  return {
    id: ids[i + 1],
    description: `output "${port.name}" of the network`.slice(0, 128),
    axes: inAxes(axes, {
      b: () => ({ type: "batch" }),
      c: () => ({ type: "channel", channel_names: channels === 1 ? [ids[i + 1]] : numbered(channels) }),
      y: () => space("y"),
      x: () => space("x"),
    }),
    test_tensor: { ...model.testOutputs[i] },
    data: { type: "float32" },
    postprocessing: [...steps, float32].map(describedStep),
  };
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, c) => `channel${c}`);

/** Names must differ; a role may stand twice. */
function namesOf(roles: readonly string[]): string[] {
  return roles.map((role, c) => (roles.indexOf(role) === c ? role : `${role}_${c + 1}`));
}

/** The scale of an axis counts micrometres where the model knows them, else pixels of the input. */
function pixelSize(contract: InputContract, axis: "y" | "x", perPixel: number): Fields {
  if (contract.mpp !== null) return { unit: "micrometer", scale: contract.mpp[axis] * perPixel };
  return perPixel === 1 ? {} : { scale: perPixel };
}

/** Names may hold letters, digits, blanks and _ + - ( ), five at least. */
function plainName(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9_+\- ()]/g, "-").slice(0, 64);
  return plain.length >= 5 ? plain : `${plain} model`;
}

function toolConfig(contract: InputContract): Fields {
  const head = hasAdapter(contract)
    ? (contract as InputContract & { adapter: ModelAdapter }).adapter.head
    : undefined;
  if (head?.kind !== "stardist") return {};
  return {
    stardist: { thresholds: { prob: head.params.probabilityThreshold, nms: head.params.overlapMax } },
  };
}

/** Names of licences as SPDX writes them; words such as "unknown" are none. */
export const isSpdx = (licence: string): boolean =>
  /^[A-Za-z0-9][A-Za-z0-9.+-]*-[A-Za-z0-9.+-]+$|^(MIT|ISC|Zlib|Unlicense)$/.test(licence);

/** The content of `rdf.yaml`, in the order in which people read it. */
export function describeModel(model: DescribedModel): Fields {
  const { contract, facts } = model;
  const ids = idsOf([facts.inputs[0]?.name ?? "image", ...facts.outputs.map(({ name }) => name)]);
  return {
    format_version: FORMAT_VERSION,
    type: "model",
    name: plainName(model.name),
    description: model.description.slice(0, 1024),
    version: model.version,
    authors: model.authors.map((name) => ({ name: name.replaceAll(/[/\\]/g, "-") })),
    cite: [
      {
        text: "Ronneberger, Fischer, Brox: U-Net. Convolutional networks for biomedical image segmentation. MICCAI 2015.",
        doi: "10.1007/978-3-319-24574-4_28",
      },
      {
        text: "Bai, Urtasun: Deep watershed transform for instance segmentation. CVPR 2017.",
        doi: "10.1109/CVPR.2017.305",
      },
    ],
    ...(isSpdx(model.licence) ? { license: model.licence } : {}),
    tags: [...model.tags],
    documentation: model.readme,
    covers: [model.cover.source],
    timestamp: model.createdAt,
    inputs: [describedInput(model, ids[0] as string)],
    outputs: facts.outputs.map((port, i) => describedOutput(model, port, i, ids)),
    weights: {
      onnx: {
        source: model.onnx.source,
        sha256: model.onnx.sha256,
        opset_version: facts.opsets[""] ?? facts.opsets["ai.onnx"] ?? 17,
      },
    },
    config: {
      bioimageio: {
        reproducibility_tolerance: [{ absolute_tolerance: 1e-4, relative_tolerance: 1e-3 }],
      },
      ...toolConfig(contract),
      cellfoundry: { name: model.name, version: model.version, contract, ...model.provenance },
    },
  };
}
