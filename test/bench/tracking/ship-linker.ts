/** A trained linker as a folder of models: the file, the weights to go on from, and a card that says how it was made. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { codeVersion, lockDigest, sha256 } from "#platform/index.ts";
import { EXPORT_FILES, type ModelCardFile } from "../../../src/jobs/shipped-models/model-files.ts";
import { describeLinkingModel, type LinkingConfig } from "../../../src/nn/linking/index.ts";

export interface LinkerToShip {
  readonly name: string;
  readonly version: string;
  readonly config: LinkingConfig;
  /** Inference file. */
  readonly onnx: Uint8Array;
  /** Checkpoint, from which a training can go on. */
  readonly weights: Uint8Array;
  /** Seed of the first movie of the comparison; none of training is drawn from it. */
  readonly testSeed: number;
  /** Figures as the bench prints them. */
  readonly report: {
    readonly temperatures: object;
    readonly before: object;
    readonly after: object;
    readonly silenced: readonly string[];
    readonly table: readonly object[];
    readonly real: readonly object[];
  };
  /** The command, options in it. */
  readonly command: string;
}

/** Times are of a machine, not of a model. */
const withoutTimes = (row: object): object =>
  Object.fromEntries(Object.entries(row).filter(([key]) => key !== "msPerFrame"));

/** Same training, same bytes: no time and no machine is written. @returns the folder. */
export function shipLinker(folder: string, made: LinkerToShip): string {
  const { name, version, config, onnx, weights, report } = made;
  const target = join(folder, name, version);
  mkdirSync(target, { recursive: true });
  const { width, rounds } = config.architecture;
  const file: ModelCardFile = {
    ...{ name, version, licence: "CC0-1.0" },
    architecture: `linker ${width}, ${rounds} rounds of attention between candidates and detections`,
    contract: describeLinkingModel(onnx),
    files: { onnx: sha256(onnx), weights: sha256(weights) },
    card: {
      task: "links, divisions, appearances and disappearances between detections of time-lapses",
      seed: config.seed,
      steps: config.steps,
      trainedOn: `${config.movies} simulated movies without pixels (core/movie), drawn by seed ${config.seed} and their numbers`,
      dataLicence: "CC0-1.0",
      dataTerms: {
        ...{ known: true, conflicts: [], commercial: true, derivative: true },
        ...{ shareAlike: false, attribution: false, redistribute: true },
        sentences: ["No conditions: the movies were simulated by this program."],
      },
      limits:
        "Trained on positions, areas, axes and intensities of simulated nuclei and cells; contrast and texture were not " +
        "there and say nothing. Cells that change places within a frame, or faults in more than one cell of ten, are beyond it.",
      calibration: { ...report.temperatures, before: report.before, after: report.after },
      silencedFeatures: report.silenced,
      evaluation: {
        movies: `simulated, seeds from ${made.testSeed}, none of them used in training or calibration`,
        table: report.table.map(withoutTimes),
        realMovie: report.real,
      },
      training: { config, command: made.command, codeVersion: codeVersion(), lockDigest: lockDigest() },
    },
  };
  writeFileSync(join(target, EXPORT_FILES.onnx), onnx);
  writeFileSync(join(target, EXPORT_FILES.weights), weights);
  writeFileSync(join(target, EXPORT_FILES.card), `${JSON.stringify(file, null, 2)}\n`);
  return target;
}
