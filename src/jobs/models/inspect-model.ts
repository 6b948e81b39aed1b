/**
 * The dry run of a model import: what the file is, whether it behaves, how its answer becomes cells.
 *
 * In order: check of the file without a runtime, a trial run in a process of its own (with the maker's test input where
 * there is one, compared with the maker's answer), the proposal of an adapter. Nothing is stored.
 */
import { mkdir } from "node:fs/promises";
import { FoundryError } from "#core/errors.ts";
import { licenceOf } from "#core/licence/index.ts";
import { rng } from "#core/rng.ts";
import { readNpy } from "#formats/index.ts";
import {
  type AdapterRequest,
  type AxesTensor,
  applySteps,
  checkModel,
  contractFits,
  hasAdapter,
  type InputContract,
  type InputPlan,
  type MeasuredOutput,
  type ModelDescription,
  type ModelFacts,
  planDescribedInput,
  planPlainInput,
  proposeAdapter,
  readDescription,
  stepsFrom,
  type Tensor,
  upgradeContract,
} from "#nn/index.ts";
import { sha256 } from "#platform/index.ts";
import { arrangeTensor } from "./arrange-tensor.ts";
import {
  compareTensors,
  defaultTolerance,
  type TensorComparison,
  type Tolerance,
} from "./compare-tensors.ts";
import type { ModelFile, PackageFiles } from "./open-model-file.ts";
import { type TrialResult, trialRun } from "./trial/trial-run.ts";

export interface ModelTest {
  /** "none": the file brings no test; it ran on noise only. */
  readonly state: "passed" | "failed" | "none";
  readonly tolerance: Tolerance;
  readonly outputs: readonly TensorComparison[];
  /** Of one run of the tile, on this machine. */
  readonly seconds: number;
  readonly memoryBytes: number;
}

export interface InspectedModel {
  readonly source: "onnx" | "bioimageio" | "cellfoundry";
  readonly fileName: string;
  /** Suggested name of the line, a slug. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** SPDX name, or "unknown". */
  readonly licence: string;
  readonly authors: readonly string[];
  readonly citations: readonly string[];
  readonly facts: ModelFacts;
  readonly contract: InputContract;
  readonly test: ModelTest;
  readonly notes: readonly string[];
  readonly onnx: Uint8Array;
  readonly onnxDigest: string;
  /** Parameters to fine-tune from, of a package of this program; else null. */
  readonly weights: Uint8Array | null;
  /** What the description says of provenance, kept on the card. */
  readonly card: Readonly<Record<string, unknown>>;
}

export interface InspectOptions {
  /** Folder of the data folder for temporary files. */
  readonly tempFolder: string;
  readonly request?: AdapterRequest;
  readonly memoryBytesMax?: number;
  readonly timeMsMax?: number;
}

/** @throws FoundryError `model.invalid`, `format.npy`, `limit.memory`, `limit.time`, `limit.bytes`, `engine.failed`. */
export async function inspectModel(file: ModelFile, options: InspectOptions): Promise<InspectedModel> {
  await mkdir(options.tempFolder, { recursive: true });
  return file.kind === "onnx"
    ? inspectPlain(file.bytes, file.name, options)
    : inspectPackage(readDescription(file.parsed), file.files, file.name, options);
}

/** Side of the part of a window that is kept; see `nn/inference/predict-planes`. */
const WINDOW_CORE_PX = 512;

const slug = (text: string): string => {
  const plain = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 40)
    .replace(/-+$/, "");
  return /^[a-z]/.test(plain) ? plain : `model-${plain}`.replace(/-$/, "");
};

/** Seeded noise in the middle of what images look like: enough to make a network answer. */
function noise(plan: InputPlan): AxesTensor {
  const { height, width } = plan.input.tile;
  const random = rng("model trial");
  const data = Float32Array.from(
    { length: plan.channels * height * width },
    () => 100 + 1000 * random.next() ** 4,
  );
  return { axes: ["channel", "y", "x"], shape: [plan.channels, height, width], data };
}

function measured({ outputs, outputNames }: TrialResult): MeasuredOutput[] {
  return outputNames.map((name) => {
    const { shape, data } = outputs[name] as Tensor;
    let [min, max] = [Infinity, -Infinity];
    for (const value of data) {
      if (Number(value) < min) min = Number(value);
      if (Number(value) > max) max = Number(value);
    }
    return { name, shape, min, max };
  });
}

async function inspectPlain(
  bytes: Uint8Array,
  fileName: string,
  options: InspectOptions,
): Promise<InspectedModel> {
  const facts = checkModel(bytes);
  const own = ownContract(facts.metadata["cellfoundry.contract"], facts);
  const request = options.request ?? {};
  const plan = planPlainInput(facts, own === null ? request : { normalisation: "percentile" });
  const trial = await trialRun(bytes, feedsOf(facts, plan, noise(plan)), options);
  if (own !== null) await tryLargestWindow(bytes, own, facts, options);
  const proposed =
    own === null ? proposeAdapter(plan, measured(trial), request, null) : { contract: own, notes: [] };
  const stem = fileName.replace(/\.onnx$/i, "");
  return {
    source: own === null ? "onnx" : "cellfoundry",
    fileName,
    name: slug(stem),
    title: stem,
    description: "",
    licence: "unknown",
    authors: [],
    citations: [],
    facts,
    contract: proposed.contract,
    test: { state: "none", tolerance: defaultTolerance, outputs: [], ...costOf(trial) },
    notes: ["The file brings no licence and no test; it ran on noise without fault.", ...proposed.notes],
    onnx: bytes,
    onnxDigest: sha256(bytes),
    weights: null,
    card: { producer: facts.producer },
  };
}

const costOf = ({ seconds, residentBytes }: TrialResult): Pick<ModelTest, "seconds" | "memoryBytes"> => ({
  seconds,
  memoryBytes: residentBytes,
});

const feedsOf = (facts: ModelFacts, plan: InputPlan, planes: AxesTensor): Record<string, Tensor> => ({
  [facts.inputs[0]?.name ?? ""]: arrangeTensor(plan.input.axes, applySteps(planes, plan.input.steps)),
});

/**
 * A contract of this program inside the file or description.
 *
 * @returns null when there is none, it is damaged, or it speaks of other inputs and outputs than the graph has: then the
 *          file is treated like any other from outside.
 */
function ownContract(value: unknown, facts: ModelFacts): InputContract | null {
  if (value === undefined || value === null) return null;
  try {
    const contract = upgradeContract(typeof value === "string" ? JSON.parse(value) : value);
    return contractFits(contract, facts) ? contract : null;
  } catch {
    return null;
  }
}

/**
 * A run of the largest window that prediction uses for a contract of ours, whose size is not fixed as that of adapters is.
 *
 * A file may claim to be one of ours; what was tried must be what is run.
 */
async function tryLargestWindow(
  bytes: Uint8Array,
  contract: InputContract,
  facts: ModelFacts,
  options: InspectOptions,
): Promise<void> {
  if (hasAdapter(contract)) return;
  const side =
    Math.ceil((WINDOW_CORE_PX + 2 * contract.receptiveRadiusPx) / contract.stride + 2) * contract.stride;
  const shape = [1, contract.channels.length, side, side];
  const data = new Float32Array(contract.channels.length * side * side).fill(0.5);
  await trialRun(bytes, { [facts.inputs[0]?.name ?? ""]: { shape, data } }, options);
}

async function inspectPackage(
  description: ModelDescription,
  files: PackageFiles,
  fileName: string,
  options: InspectOptions,
): Promise<InspectedModel> {
  const { onnx } = description.weights;
  if (onnx === undefined) {
    const formats = Object.keys(description.weights).join(", ");
    throw new FoundryError("model.invalid", {
      message: `The package has no ONNX weights${formats === "" ? "" : `, only ${formats}`}.`,
      hint: "Choose a model of the collection that offers ONNX weights, or convert it to ONNX.",
    });
  }
  if (onnx.external_data !== null && onnx.external_data !== undefined) {
    throw new FoundryError("model.invalid", {
      message: "The weights of the package lie in a second file beside the ONNX file.",
      hint: "Save the model with all weights inside (in Python: onnx.save(model, path, save_as_external_data=False)).",
    });
  }
  const bytes = await files.read(onnx.source, onnx.sha256 ?? undefined);
  const facts = checkModel(bytes);
  assertPorts(description, facts);
  const plan = planDescribedInput(description, facts);
  const tested = await runTest(description, files, facts, plan, bytes, options);
  const ours = (description.config as { cellfoundry?: OwnConfig } | undefined)?.cellfoundry;
  const own = ownContract(ours?.contract, facts);
  if (own !== null) await tryLargestWindow(bytes, own, facts, options);
  const proposed =
    own === null
      ? proposeAdapter(tested.plan, measured(tested.trial), options.request ?? {}, description)
      : { contract: own, notes: [] };
  const licence = typeof description.license === "string" ? description.license : "unknown";
  const notes = [...tested.notes, ...proposed.notes];
  if (!licenceOf(licence).terms.known)
    notes.push(
      `Its licence is ${licence === "unknown" ? "not stated" : `"${licence}", which this program does not know`}; ask its authors before you share what it makes.`,
    );
  return {
    source: own === null ? "bioimageio" : "cellfoundry",
    fileName,
    name: slug(description.name),
    title: description.name,
    description: description.description,
    licence,
    authors: description.authors.map(({ name }) => name),
    citations: description.cite.map(({ text, doi, url }) => `${text} ${doi ?? url ?? ""}`.trim()),
    facts,
    contract: proposed.contract,
    test: tested.test,
    notes,
    onnx: bytes,
    onnxDigest: sha256(bytes),
    weights: own === null ? null : await ownWeights(ours?.weights, files),
    card: cardOf(description),
  };
}

/** What a package of this program says beside the format's own fields. */
interface OwnConfig {
  readonly contract?: unknown;
  readonly weights?: unknown;
}

async function ownWeights(reference: unknown, files: PackageFiles): Promise<Uint8Array | null> {
  const { source, sha256: digest } = (reference ?? {}) as {
    readonly source?: unknown;
    readonly sha256?: unknown;
  };
  return typeof source === "string" && typeof digest === "string" ? files.read(source, digest) : null;
}

/** Fields of a description that a card keeps under their own names. */
const cardFields = [
  "description",
  "authors",
  "cite",
  "tags",
  "timestamp",
  "version",
  "git_repo",
  "id",
  "format_version",
] as const;

function cardOf(description: ModelDescription): Record<string, unknown> {
  const kept = cardFields.map((field) => [field, description[field]] as const);
  return { title: description.name, ...Object.fromEntries(kept) };
}

function assertPorts({ inputs, outputs }: ModelDescription, facts: ModelFacts): void {
  if (outputs.length === facts.outputs.length && inputs.length >= facts.inputs.length) return;
  throw new FoundryError("model.invalid", {
    message: `The description names ${inputs.length} inputs and ${outputs.length} outputs; the ONNX file has ${facts.inputs.length} and ${facts.outputs.length}.`,
    hint: "The description and the file do not belong together; get the package again.",
  });
}

function toleranceOf(description: ModelDescription): Tolerance {
  const entries = description.config?.bioimageio?.reproducibility_tolerance ?? [];
  const entry = entries.find(
    ({ weights_formats: formats }) => formats.length === 0 || formats.includes("onnx"),
  );
  if (entry === undefined) return defaultTolerance;
  return {
    absolute: entry.absolute_tolerance,
    relative: entry.relative_tolerance,
    mismatchesPerMillion: entry.mismatched_elements_per_million,
  };
}

interface Tested {
  readonly trial: TrialResult;
  readonly test: ModelTest;
  /** With the size of the test input, where the description leaves the size open. */
  readonly plan: InputPlan;
  readonly notes: readonly string[];
}

async function runTest(
  description: ModelDescription,
  files: PackageFiles,
  facts: ModelFacts,
  plan: InputPlan,
  bytes: Uint8Array,
  options: InspectOptions,
): Promise<Tested> {
  const tolerance = toleranceOf(description);
  const given = await testTensor(description.inputs[0]?.test_tensor, files);
  if (given === null) {
    const trial = await trialRun(bytes, feedsOf(facts, plan, noise(plan)), options);
    const test: ModelTest = { state: "none", tolerance, outputs: [], ...costOf(trial) };
    return {
      trial,
      test,
      plan,
      notes: ["The package brings no test input; the model ran on noise without fault."],
    };
  }
  const input = description.inputs[0] as ModelDescription["inputs"][number];
  const axes = input.axes.map(({ id }) => id);
  if (given.shape.length !== axes.length) {
    throw new FoundryError("model.invalid", {
      message: `The test input has ${given.shape.length} axes; the description names ${axes.length}.`,
      hint: "The description and its test input do not belong together; get the package again.",
    });
  }
  const fed = applySteps({ axes, shape: given.shape, data: given.data }, stepsFrom(input.preprocessing));
  const trial = await trialRun(
    bytes,
    { [facts.inputs[0]?.name ?? ""]: { shape: fed.shape, data: fed.data } },
    options,
  );
  const outputs: TensorComparison[] = [];
  for (const [o, output] of description.outputs.entries()) {
    const stored = await testTensor(output.test_tensor, files);
    const answer = trial.outputs[trial.outputNames[o] as string];
    if (stored === null || answer === undefined || !(answer.data instanceof Float32Array)) continue;
    const named = { axes: output.axes.map(({ id }) => id), shape: answer.shape, data: answer.data };
    const processed =
      named.axes.length === named.shape.length ? applySteps(named, stepsFrom(output.postprocessing)) : named;
    outputs.push(compareTensors(output.id, processed, stored, tolerance));
  }
  const state = outputs.length === 0 ? "none" : outputs.every(({ passed }) => passed) ? "passed" : "failed";
  return {
    trial,
    test: { state, tolerance, outputs, ...costOf(trial) },
    plan: atSizeOf(plan, axes, given.shape),
    notes: [],
  };
}

/** The size of the test is the size of every run: it is the one that was tried. */
function atSizeOf(plan: InputPlan, axes: readonly string[], shape: readonly number[]): InputPlan {
  const side = (axis: string): number => shape[axes.indexOf(axis)] ?? 1;
  return { ...plan, input: { ...plan.input, tile: { height: side("y"), width: side("x") } } };
}

function numbersOf(bytes: Uint8Array, name: string): { shape: readonly number[]; data: ArrayLike<number> } {
  const array = readNpy(bytes, { name, limits: { samplesMax: TEST_ELEMENTS_MAX } });
  if ("dtype" in array && array.dtype !== "text" && array.dtype !== "object") return array;
  throw new FoundryError("model.invalid", {
    message: `The test tensor "${name.slice(0, 100)}" does not hold numbers.`,
    hint: "Get the package again.",
  });
}

/** Elements of a test tensor: an 8,192 squared plane. */
const TEST_ELEMENTS_MAX = 2 ** 26;

async function testTensor(
  reference: ModelDescription["inputs"][number]["test_tensor"],
  files: PackageFiles,
): Promise<{ shape: readonly number[]; data: Float32Array } | null> {
  if (reference === null || reference === undefined) return null;
  const bytes = await files.read(reference.source, reference.sha256);
  const { shape, data } = numbersOf(bytes, reference.source);
  return { shape, data: data instanceof Float32Array ? data : Float32Array.from(data) };
}
