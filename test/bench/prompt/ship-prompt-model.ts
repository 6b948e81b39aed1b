/** A trained prompt model as a folder of models: the file, the weights to go on from, and a card that says how it was made. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalJson } from "#core/canonical-json.ts";
import { codeVersion, lockDigest, sha256 } from "#platform/index.ts";
import { EXPORT_FILES, type ModelCardFile } from "../../../src/jobs/shipped-models/model-files.ts";
import {
  cellsOfScene,
  describePromptModel,
  type PromptConfig,
  type PromptScene,
} from "../../../src/nn/prompt/index.ts";
import type { JudgedPrompts } from "./judge-prompts.ts";

interface PromptModelToShip {
  readonly name: string;
  readonly version: string;
  readonly config: PromptConfig;
  /** Inference file. */
  readonly onnx: Uint8Array;
  /** By name, as they are trained. */
  readonly weights: Uint8Array;
  readonly learnt: readonly PromptScene[];
  readonly judged: readonly PromptScene[];
  readonly report: JudgedPrompts;
  /** The commands, options in them, in order. */
  readonly commands: readonly string[];
}

const licences: Readonly<Record<string, string>> = { c2c12: "CC-BY-4.0" };

const licenceOf = ({ family, group }: Pick<PromptScene, "family" | "group">): string =>
  licences[group] ?? (family === "phase" ? "MIT" : "CC0-1.0");

/** What was learnt from or judged on, by group, with a digest over all pixels and labels. */
function manifestOf(scenes: readonly PromptScene[]) {
  const groups = new Map<
    string,
    { family: string; licence: string; images: number; cells: number; prints: string[] }
  >();
  for (const scene of scenes) {
    const known = groups.get(scene.group) ?? {
      ...{ family: scene.family, licence: licenceOf(scene), images: 0, cells: 0, prints: [] },
    };
    groups.set(scene.group, known);
    known.images++;
    known.cells += cellsOfScene(scene).length;
    const bytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
      new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
    known.prints.push(`${scene.id} ${sha256(bytes(scene.outline.data))} ${sha256(bytes(scene.labels.data))}`);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, { prints, ...facts }]) => ({
      ...{ group, ...facts },
      digest: sha256(new TextEncoder().encode(canonicalJson(prints.sort()))),
    }));
}

/** Same training, same bytes: no time and no machine is written. @returns the folder. */
export function shipPromptModel(folder: string, made: PromptModelToShip): string {
  const { name, version, config, onnx, weights, report } = made;
  const target = join(folder, name, version);
  mkdirSync(target, { recursive: true });
  const file: ModelCardFile = {
    ...{ name, version, licence: "CC-BY-4.0 AND MIT" },
    architecture: `prompt unet ${config.architecture.widths.join("-")}, ${config.architecture.pool} pool, skip ${config.architecture.skip}`,
    contract: describePromptModel(onnx),
    files: { onnx: sha256(onnx), weights: sha256(weights) },
    card: {
      task: "the one cell that a person points at, by clicks and boxes",
      seed: config.seed,
      steps: config.steps,
      trainedOn:
        "nuclei of the Data Science Bowl 2018, cells in phase contrast, simulated tissue and cultures",
      dataLicence: "CC-BY-4.0 AND MIT AND CC0-1.0",
      dataTerms: {
        ...{ known: true, conflicts: [], commercial: true, derivative: true },
        ...{ shareAlike: false, attribution: true, redistribute: true },
        sentences: ["Name Usiigaci (MIT) and the C2C12 film (CC BY 4.0) where you pass the model on."],
      },
      limits:
        "A cell that its neighbours touch without a visible border, or one much longer than its neighbours, takes more " +
        "than one click. Stains and microscopes unlike the groups below were not tried.",
      learntFrom: manifestOf(made.learnt),
      evaluation: {
        groups: manifestOf(made.judged),
        method: "cells asked for one at a time, without their neighbours; clicks and boxes drawn at random",
        table: report.rows,
      },
      training: { config, commands: made.commands, codeVersion: codeVersion(), lockDigest: lockDigest() },
    },
  };
  writeFileSync(join(target, EXPORT_FILES.onnx), onnx);
  writeFileSync(join(target, EXPORT_FILES.weights), weights);
  writeFileSync(join(target, EXPORT_FILES.card), `${JSON.stringify(file, null, 2)}\n`);
  return target;
}
