/**
 * One file of a prediction: image in, label files or a prediction row out.
 */
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { indexLabels } from "#core/labels/index.ts";
import { writeLabelTiff, writeNpy } from "#formats/index.ts";
import type { Compartment, PredictOptions, Segmentation, SegmentationModel } from "#nn/index.ts";
import { encodeLabelPart, type ModelVersion, type NewPrediction } from "#store/index.ts";
import { openForPrediction, type PredictableImage } from "./open-image.ts";
import { previewOf } from "./preview.ts";
import { createLabelFile, type LabelFile } from "./rows.ts";
import { changesFor, type PredictSettings } from "./settings.ts";

export interface FileToPredict {
  /** Where its bytes lie on this machine. */
  readonly path: string;
  /** As the person gave it. */
  readonly name: string;
}

/** What a prediction of one file found; plain JSON. */
export interface PredictedFile {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  /** Objects of the first compartment. */
  readonly cellCount: number;
  readonly compartments: readonly { readonly compartment: Compartment; readonly cellCount: number }[];
  readonly scale: Segmentation["scale"];
  /** Pixel size that was used, µm; `null` when nobody knows it. */
  readonly mpp: { readonly y: number; readonly x: number } | null;
  /** In what the image is unlike the model's training images. */
  readonly warnings: Segmentation["warnings"];
  /** What the reader assumed or dropped. */
  readonly notes: readonly string[];
}

/** The part of a prediction row that comes from the image. */
export type Keepable = Pick<NewPrediction, "image" | "labels" | "parts"> & Pick<NewPrediction, "whole">;

export interface PredictFileOptions {
  readonly settings: PredictSettings;
  readonly signal: AbortSignal;
  readonly onProgress: (fraction: number) => void;
  /** File names of the labels by compartment, for results in a folder; without it the result is returned for keeping. */
  readonly out?: ((compartment: Compartment) => string) | undefined;
}

/** Longest side of the maps kept for sliders in the page: 2 x 32 MB. */
const KEPT_MAP_PIXELS_MAX = 2 ** 24;

/** @throws FoundryError of the reader and of the model; nothing is left behind then. */
export async function predictFile(
  model: SegmentationModel,
  version: ModelVersion,
  file: FileToPredict,
  options: PredictFileOptions,
): Promise<{ readonly found: PredictedFile; readonly keep: Keepable | null }> {
  const { settings } = options;
  const opened = await openForPrediction(file.path, file.name, model.contract, settings.channels);
  const mpp = settings.mpp === undefined ? opened.mpp : { y: settings.mpp, x: settings.mpp };
  const ask: PredictOptions = {
    mpp,
    scale: settings.scale,
    changes: changesFor(model.contract, settings.thresholds),
    modality: opened.modality,
    signal: options.signal,
    onProgress: options.onProgress,
  };
  const asked: Asked = { model, version, file, opened, ask, mpp, out: options.out };
  return opened.kind === "whole" ? predictWhole(asked, opened) : predictByRows(asked, opened);
}

interface Asked {
  readonly model: SegmentationModel;
  readonly version: ModelVersion;
  readonly file: FileToPredict;
  readonly opened: PredictableImage;
  readonly ask: PredictOptions;
  readonly mpp: PredictedFile["mpp"];
  readonly out: PredictFileOptions["out"];
}

type Outcome = { readonly found: PredictedFile; readonly keep: Keepable | null };

async function predictWhole(
  asked: Asked,
  { image, indices }: Extract<PredictableImage, { kind: "whole" }>,
): Promise<Outcome> {
  const { model, ask, out } = asked;
  const result = await model.predict(image, { ...ask, indices });
  const compartments = result.compartments.map(({ compartment, labels }) => ({
    compartment,
    cellCount: indexLabels(labels).labels.length,
  }));
  const found = describe(asked, compartments, result);
  if (out !== undefined) {
    for (const { compartment, labels } of result.compartments) {
      const bytes = writeLabelTiff(labels, {
        mpp: asked.mpp,
        description: descriptionOf(asked, compartment),
      });
      await writeWhole(out(compartment), bytes);
    }
    return { found, keep: null };
  }
  const parts = new Map<string, Uint8Array>();
  for (const { compartment, labels } of result.compartments.slice(1))
    parts.set(`${compartment}.labels`, encodeLabelPart(labels));
  const maps = packMaps(result);
  if (maps !== null) parts.set("maps", maps);
  return { found, keep: { image, labels: result.labels, parts } };
}

/** Maps as a NumPy array uint16, axes cyx, 0..65535 for 0..1: inner distance and foreground of each compartment. */
function packMaps({ maps }: Segmentation): Uint8Array | null {
  const first = maps[0];
  if (first === undefined) return null;
  const { height, width } = first.innerDistance;
  if (height * width > KEPT_MAP_PIXELS_MAX) return null;
  const planes = maps.flatMap(({ innerDistance, foreground }) => [innerDistance, foreground]);
  const data = new Uint16Array(planes.length * height * width);
  planes.forEach((plane, c) => {
    const from = c * height * width;
    for (let i = 0; i < plane.data.length; i++)
      data[from + i] = Math.round(65_535 * Math.min(1, Math.max(0, plane.data[i] as number)));
  });
  return writeNpy("uint16", [planes.length, height, width], data);
}

async function predictByRows(
  asked: Asked,
  { rows }: Extract<PredictableImage, { kind: "rows" }>,
): Promise<Outcome> {
  const { model, ask, out, mpp } = asked;
  const { height, width } = rows;
  const preview = previewOf(rows);
  const folder = out === undefined ? await mkdtemp(join(tmpdir(), "cellfoundry-predict-")) : null;
  const pathOf = (compartment: Compartment): string =>
    out === undefined ? join(folder ?? "", `${compartment}.tif`) : out(compartment);
  const files: LabelFile[] = [];
  try {
    for (const { compartment } of model.contract.compartments) {
      const description = descriptionOf(asked, compartment);
      files.push(await createLabelFile(pathOf(compartment), { height, width, mpp, description }));
    }
    const result = await model.predictRows(
      preview.rows,
      async (given) => {
        preview.see(given);
        await files[given.compartment]?.add(given);
      },
      ask,
    );
    for (const [i, { joins }] of result.compartments.entries()) await files[i]?.finish(joins);
    const compartments = result.compartments.map(({ compartment, cellCount }) => ({
      compartment,
      cellCount,
    }));
    const found = describe(asked, compartments, result);
    if (folder === null) return { found, keep: null };
    const parts = new Map<string, Uint8Array>();
    for (const { compartment } of compartments)
      parts.set(`${compartment}.tif`, new Uint8Array(await readFile(pathOf(compartment))));
    const whole = { height, width, cellCount: found.cellCount };
    return { found, keep: { image: preview.image(), labels: preview.labels(), whole, parts } };
  } catch (error) {
    for (const file of files) await file.discard();
    throw error;
  } finally {
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  }
}

function describe(
  { file, opened, mpp }: Asked,
  compartments: PredictedFile["compartments"],
  { scale, warnings }: Pick<Segmentation, "scale" | "warnings">,
): PredictedFile {
  const { height, width, notes } = opened;
  const cellCount = compartments[0]?.cellCount ?? 0;
  return { name: file.name, height, width, cellCount, compartments, scale, mpp, warnings, notes };
}

/** What made the labels, inside the file itself: names for people, digests for machines. */
function descriptionOf({ version, file }: Asked, compartment: Compartment): Record<string, string> {
  return {
    software: `cellfoundry model ${version.name}@${version.version} digest ${version.onnxDigest}`,
    model: `${version.name}@${version.version}`,
    modelDigest: version.onnxDigest,
    weightsDigest: version.weightsDigest,
    compartment,
    ...(version.dataset === null
      ? {}
      : {
          dataset: `${version.dataset.name}@${version.dataset.version}`,
          datasetDigest: version.dataset.digest,
        }),
    image: file.name,
  };
}

/** A file that is there whole or not at all. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.part`, bytes);
  await rename(`${path}.part`, path);
}
