/**
 * A model version as a BioImage.IO package: description, ONNX weights, test tensors, cover, documentation in one zip.
 *
 * The test answer is computed here, by the runtime that will be asked again on import. Weights to fine-tune from travel
 * as an attachment, so that another data folder of this program gets the version back whole. The same version gives the
 * same bytes.
 */
import { zipSync } from "fflate";
import { stringify } from "yaml";
import type { Plane } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { percentiles } from "#core/image/index.ts";
import { writeNpy, writePng } from "#formats/index.ts";
import {
  type AxesTensor,
  applySteps,
  checkModel,
  describeModel,
  hasAdapter,
  type InputContract,
  inputPlanOf,
  isSpdx,
  type ModelAdapter,
  type ModelFacts,
  upgradeContract,
} from "#nn/index.ts";
import { sha256 } from "#platform/index.ts";
import { type ModelVersion, modelCard, type Store } from "#store/index.ts";
import { processEngine } from "../segmentation-models.ts";
import { arrangeTensor } from "./arrange-tensor.ts";
import { testScene } from "./test-scene.ts";

/** Side of the test input where the model leaves it open: some thirty cells, a quarter of a megabyte. */
const TEST_SIDE_PX = 256;

/** The first day a zip can name, so that equal content gives equal bytes. */
const FIXED_TIME = new Date(1980, 0, 1);

const encoder = new TextEncoder();

interface TestRun {
  readonly input: AxesTensor;
  readonly outputs: readonly AxesTensor[];
}

/** @throws FoundryError `blob.corrupt`, `blob.missing`, `model.invalid`, `engine.failed`. Cost: one run of a tile. */
export async function modelPackage(store: Store, version: ModelVersion): Promise<Uint8Array> {
  const onnx = await store.blobs.get(version.onnxDigest);
  const weights =
    version.weightsDigest === version.onnxDigest ? null : await store.blobs.get(version.weightsDigest);
  const contract = upgradeContract(version.contract);
  const facts = checkModel(onnx);
  const test = await runTest(onnx, contract, facts);
  const card = await modelCard(store, version.id);
  const files: Record<string, Uint8Array> = {
    "weights.onnx": onnx,
    "test_input.npy": writeNpy("float32", test.input.shape, test.input.data),
    "cover.png": coverOf(test),
    "README.md": encoder.encode(readmeOf(version, contract, card)),
    ...(weights === null ? {} : { "weights.bin": weights }),
  };
  test.outputs.forEach((output, o) => {
    files[`test_output_${o}.npy`] = writeNpy("float32", output.shape, output.data);
  });
  const packaged = (source: string): { source: string; sha256: string } => ({
    source,
    sha256: sha256(files[source] as Uint8Array),
  });
  const description = describeModel({
    name: version.name,
    version: version.version,
    description: aboutOf(version, contract),
    contract,
    facts,
    authors: authorsOf(version, card),
    licence: version.licence,
    createdAt: version.createdAt,
    tags: tagsOf(contract),
    onnx: packaged("weights.onnx"),
    testInput: packaged("test_input.npy"),
    testOutputs: test.outputs.map((_, o) => packaged(`test_output_${o}.npy`)),
    cover: packaged("cover.png"),
    readme: "README.md",
    provenance: provenanceOf(version, weights === null ? undefined : packaged("weights.bin")),
  });
  if (weights !== null) description["attachments"] = [packaged("weights.bin")];
  const entries = { "rdf.yaml": encoder.encode(stringify(description, { lineWidth: 0 })), ...files };
  return zipSync(entries, { level: 6, mtime: FIXED_TIME });
}

const adapterOf = (contract: InputContract): ModelAdapter | null =>
  hasAdapter(contract) ? (contract as InputContract & { readonly adapter: ModelAdapter }).adapter : null;

async function runTest(onnx: Uint8Array, contract: InputContract, facts: ModelFacts): Promise<TestRun> {
  const plan = inputPlanOf(contract);
  const { sides } = plan;
  const grown = (min: number, step: number): number =>
    min + Math.max(0, Math.ceil((TEST_SIDE_PX - min) / step)) * step;
  const [height, width] =
    "min" in sides
      ? [grown(sides.min, sides.step), grown(sides.min, sides.step)]
      : [sides.height, sides.width];
  const scene = testScene(plan.channels, height, width);
  const fed = arrangeTensor(plan.axes, applySteps(scene, plan.steps));
  const session = await (await processEngine()).createSession(onnx);
  try {
    const answers = await session.run({ [facts.inputs[0]?.name ?? "image"]: fed });
    const outputs = facts.outputs.map(({ name }): AxesTensor => {
      const answer = answers[name];
      if (answer === undefined || !(answer.data instanceof Float32Array)) throw noFloats(name);
      const own = adapterOf(contract)?.outputs.find((output) => output.name === name);
      const axes = axisIds(own?.axes ?? "bcyx");
      return applySteps({ axes, shape: answer.shape, data: answer.data }, own?.steps ?? []);
    });
    const { shape, data } = arrangeTensor(plan.axes, scene);
    return { input: { axes: axisIds(plan.axes), shape, data: data as Float32Array }, outputs };
  } finally {
    await session.release();
  }
}

const axisIds = (letters: string): string[] =>
  [...letters].map((letter) => (letter === "b" ? "batch" : letter === "c" ? "channel" : letter));

function noFloats(name: string): FoundryError {
  return new FoundryError("model.invalid", {
    message: `The model's output "${name}" is not float32, which the package format needs.`,
    hint: "Export it as ONNX instead.",
  });
}

/** One plane of a tensor as grey values between its 1st and 99.8th percentile. */
function greyOf({ axes, shape, data }: AxesTensor): { height: number; width: number; grey: Uint8Array } {
  const height = shape[axes.indexOf("y")] ?? 1;
  const width = shape[axes.indexOf("x")] ?? 1;
  const last = axes.at(-1) === "channel" ? (shape.at(-1) ?? 1) : 1;
  const plane: Plane<"float32"> = { dtype: "float32", height, width, data: new Float32Array(height * width) };
  for (let i = 0; i < plane.data.length; i++) plane.data[i] = data[i * last] as number;
  const [low = 0, high = 1] = percentiles(plane, [1, 99.8]);
  const grey = Uint8Array.from(plane.data, (value) =>
    Math.round(255 * Math.min(1, Math.max(0, (value - low) / (high - low + 1e-6)))),
  );
  return { height, width, grey };
}

/** Input on the left, answer on the right: twice as wide as high, as covers are wanted. */
function coverOf({ input, outputs }: TestRun): Uint8Array {
  const left = greyOf(input);
  const right = greyOf(outputs[outputs.length > 1 ? 1 : 0] as AxesTensor);
  const { height, width } = left;
  const data = new Uint8Array(2 * height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      data[2 * y * width + x] = left.grey[y * width + x] as number;
      const [ry, rx] = [Math.floor((y * right.height) / height), Math.floor((x * right.width) / width)];
      data[(2 * y + 1) * width + x] = right.grey[ry * right.width + rx] as number;
    }
  }
  return writePng({ height, width: 2 * width, channels: 1, data });
}

const objectsOf = (contract: InputContract): string =>
  contract.compartments
    .map(({ compartment }) =>
      compartment === "nuclear" ? "nuclei" : compartment === "wholeCell" ? "whole cells" : "cytoplasm",
    )
    .join(" and ");

function aboutOf(version: ModelVersion, contract: InputContract): string {
  const channels = contract.channels.map(({ role }) => role).join(", ");
  const from =
    version.dataset === null ? "" : ` Trained on ${version.dataset.name}@${version.dataset.version}.`;
  return `Outlines ${objectsOf(contract)} in images with ${contract.channels.length === 1 ? "the channel" : "the channels"} ${channels}.${from}`;
}

function authorsOf(version: ModelVersion, card: Readonly<Record<string, unknown>>): string[] {
  const imported = card["imported"] as { readonly authors?: readonly string[] } | undefined;
  return imported?.authors !== undefined && imported.authors.length > 0
    ? [...imported.authors]
    : [version.agent.name];
}

function tagsOf(contract: InputContract): string[] {
  const structures = contract.compartments.map(({ compartment }) =>
    compartment === "nuclear" ? "nuclei" : "cells",
  );
  return [...new Set(["2d", "instance-segmentation", "segmentation", "onnx", "cell-foundry", ...structures])];
}

function provenanceOf(
  { dataset, training, weightsDigest, evaluations }: ModelVersion,
  weights: { readonly source: string; readonly sha256: string } | undefined,
): Record<string, unknown> {
  return {
    weightsDigest,
    ...(weights === undefined ? {} : { weights }),
    ...(dataset === null
      ? {}
      : { dataset: { name: dataset.name, version: dataset.version, digest: dataset.digest } }),
    ...(training === null
      ? {}
      : {
          training: {
            seed: training.seed,
            steps: training.steps,
            splitDigest: training.splitDigest,
            codeVersion: training.codeVersion,
            lockDigest: training.lockDigest,
            device: training.device,
            baseModel: training.baseModel,
          },
        }),
    evaluations: evaluations.map(({ dataset: name, split, metricVersion, imageCount, scores }) => ({
      dataset: name,
      split,
      metricVersion,
      images: imageCount,
      ap50: scores.find(({ threshold }) => threshold === 0.5)?.averagePrecision ?? null,
      f1At50: scores.find(({ threshold }) => threshold === 0.5)?.f1 ?? null,
    })),
  };
}

function readmeOf(
  version: ModelVersion,
  contract: InputContract,
  card: Readonly<Record<string, unknown>>,
): string {
  const rows = version.evaluations.map(({ dataset, split, imageCount, scores }) => {
    const at = scores.find(({ threshold }) => threshold === 0.5);
    return `| ${dataset} | ${split} | ${imageCount} | ${at?.averagePrecision.toFixed(3) ?? "-"} | ${at?.f1.toFixed(3) ?? "-"} |`;
  });
  const mpp = contract.mpp === null ? "not stated" : `${contract.mpp.y} x ${contract.mpp.x} µm (y, x)`;
  const about = typeof card["about"] === "string" ? `\n${card["about"]}\n` : "";
  return [
    `# ${version.name} ${version.version}`,
    "",
    aboutOf(version, contract),
    about,
    `- Architecture: ${version.architecture}`,
    `- Pixel size: ${mpp}`,
    `- Licence: ${isSpdx(version.licence) ? version.licence : `${version.licence} (no SPDX licence is stated)`}`,
    `- ONNX digest: ${version.onnxDigest}`,
    "",
    "The description gives the planes that the network answers. How they become objects (thresholds, seeds, polygons or",
    "flows) stands under `config.cellfoundry.contract` of `rdf.yaml`.",
    "",
    "# Validation",
    "",
    rows.length === 0
      ? "No evaluation is recorded. Compare the predicted objects with annotated ones of images that the model has never seen (IoU of at least 0.5 counts as found)."
      : ["| dataset | split | images | AP@0.5 | F1@0.5 |", "|---|---|---|---|---|", ...rows].join("\n"),
    "",
    "The test tensors hold a made-up scene; they show that the network gives the same numbers elsewhere, not how well it does.",
    "",
  ].join("\n");
}
