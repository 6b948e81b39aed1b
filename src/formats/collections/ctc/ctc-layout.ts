/**
 * Cell Tracking Challenge folders as images: one sequence, one image with axes tyx or tzyx.
 *
 * Tracking markers are never merged into segmentations: the challenge draws them crudely on purpose. Each kind of
 * truth is a layer of its own, the best outlines that a sequence has are its main one. Gold segmentation outlines few
 * cells, so it is exhaustive only where the markers, which name every cell, show that none is missing.
 */

import { axisLength } from "#core/array/index.ts";
import type { PlanePosition } from "#core/labels/index.ts";
import { shapesOverlap } from "#core/labels/index.ts";
import { fault } from "../../fault.ts";
import { groupKey } from "../../import/group-rules.ts";
import type {
  ImportFiles,
  ItemReader,
  Layout,
  LayoutItem,
  LayoutPlan,
  ReadItem,
  ReadLayer,
} from "../../import/layout.ts";
import { fileOf, joinPath } from "../../import/paths.ts";
import { movieListName } from "../simulated-movie/write-simulated-movie.ts";
import { ctcModalities, parseDatasetName } from "./dataset-name.ts";
import { type CtcObjects, framePositions, readSequenceImage, readSequenceLabels } from "./read-sequence.ts";
import { type CtcKind, type CtcSequence, ctcKinds, findSequences } from "./sequence-files.ts";

const LICENCE =
  "Cell Tracking Challenge conditions: cite it; public scientific use outside the challenge needs the data provider's permission; commercial use needs explicit permission";

/** Beside the main layer. */
const layerNames: Readonly<Record<CtcKind, string>> = {
  goldSegmentation: "gold segmentation",
  silverSegmentation: "silver segmentation",
  goldTracking: "tracking markers",
  result: "tracking result",
};

export const ctcLayout: Layout = {
  format: "ctc",
  title: "Cell Tracking Challenge",
  async plan(files) {
    const { sequences, others } = findSequences(files.entries);
    const withImages = sequences.filter(({ images }) => images.length > 0);
    const labelled = sequences.filter(({ labels }) => labels.size > 0);
    if (withImages.length === 0) {
      if (labelled.length === 0) return null;
      throw fault("format.ctc", {
        file: files.title,
        reason: "it holds masks of the Cell Tracking Challenge without the images (01/t000.tif …)",
        remedy: "Put the folder of images, for example 01, beside the folder of masks, 01_GT or 01_RES.",
      });
    }
    // A numbered folder of frames alone is this layout only if it is a movie.
    if (labelled.length === 0 && !withImages.some(({ images }) => images.length > 1)) return null;
    return planSequences(files, sequences, others);
  },
  open: (files) => openCtc(files),
};

function planSequences(files: ImportFiles, sequences: readonly CtcSequence[], others: string[]): LayoutPlan {
  const items: LayoutItem[] = [];
  // Our simulator writes the challenge's layout under a name of its kind, but nobody's conditions hold for it.
  const isSimulated = others.some((path) => fileOf(path) === movieListName);
  const ignored = others.map((path) => ({
    path,
    reason: fileOf(path) === movieListName ? "it is the list of the movies" : "it is not part of a sequence",
  }));
  const notes: string[] = [];
  let known = false;
  for (const sequence of sequences) {
    if (sequence.images.length === 0) {
      for (const { masks, tablePath } of sequence.labels.values())
        for (const path of [...masks.map((mask) => mask.path), ...(tablePath === null ? [] : [tablePath])])
          ignored.push({ path, reason: "its sequence has no images (01/t000.tif …)" });
      continue;
    }
    const item = sequenceItem(files, sequence);
    known ||= datasetOf(files, sequence).parsed !== null;
    items.push(item);
  }
  if (!known)
    notes.push(
      "The folder's name is not that of a Cell Tracking Challenge set, so it does not say what is outlined; nuclei are assumed.",
    );
  return { items, ignored, notes, licence: isSimulated ? "CC0-1.0" : known ? LICENCE : null };
}

function datasetOf(files: ImportFiles, sequence: CtcSequence) {
  const path = joinPath(files.title, sequence.folder).replace(/\/$/, "");
  const parsed = parseDatasetName(path);
  const folder = sequence.folder === "" ? files.title : sequence.folder;
  return { parsed, dataset: parsed?.name ?? folder.slice(folder.lastIndexOf("/") + 1) };
}

function sequenceItem(files: ImportFiles, sequence: CtcSequence): LayoutItem {
  const { parsed, dataset } = datasetOf(files, sequence);
  const compartment = parsed?.compartment ?? "nuclear";
  return {
    name: joinPath(sequence.folder, sequence.name),
    imagePath: sequence.images[0]!.path,
    locator: { folder: sequence.folder, sequence: sequence.name },
    layers: sequence.labels.size > 0 ? [compartment] : [],
    metadata: {
      dataset,
      sequence: sequence.name,
      ...(parsed === null
        ? {}
        : {
            modality: ctcModalities[parsed.modality]!,
            compartment,
            specimen: parsed.specimen,
          }),
    },
    group: groupKey("ctc", { dataset, sequence: sequence.name }),
    mpp: null,
  };
}

function openCtc(files: ImportFiles): ItemReader {
  const { sequences } = findSequences(files.entries);
  return {
    async read(item) {
      const { folder, sequence: name } = item.locator as { folder: string; sequence: string };
      const sequence = sequences.find((one) => one.folder === folder && one.name === name);
      if (sequence === undefined || sequence.images.length === 0) {
        throw fault("format.ctc", {
          file: item.name,
          reason: "its images are not there any more",
          remedy: "Import the folder again.",
        });
      }
      return readSequence(files, sequence);
    },
  };
}

async function readSequence(files: ImportFiles, sequence: CtcSequence): Promise<ReadItem> {
  const { parsed } = datasetOf(files, sequence);
  const read = await readSequenceImage(files, sequence);
  const positions = framePositions(sequence.images.map(({ frame }) => frame));
  const size = {
    height: axisLength(read.image, "y"),
    width: axisLength(read.image, "x"),
    depth: axisLength(read.image, "z"),
  };
  const found = new Map<CtcKind, CtcObjects>();
  for (const [kind, labels] of sequence.labels)
    found.set(kind, await readSequenceLabels(files, labels, positions, size));
  const notes: string[] = [];
  // A movie without a main layer would be one without cells to everyone who looks at it.
  const main = ctcKinds.find((kind) => found.has(kind));
  if (main === "goldTracking" && parsed?.synthetic !== true)
    notes.push("The cells are tracking markers: each is named through the movie, its outline may be crude.");
  const layers = [...found].map(([kind, objects]): ReadLayer => {
    const coverage = coverageOf(kind, objects, found.get("goldTracking"), positions.size);
    const name = kind === main ? "" : layerNames[kind];
    notes.push(...objects.notes.map((note) => (name === "" ? note : `Layer "${name}": ${note}`)));
    if (coverage.note !== null) notes.push(coverage.note);
    return {
      compartment: parsed?.compartment ?? "nuclear",
      name,
      truth: truthOf(kind, parsed?.synthetic ?? false),
      coverage: coverage.coverage,
      objects: objects.objects,
      links: objects.links,
    };
  });
  return { image: read, layers, notes };
}

function truthOf(kind: CtcKind, synthetic: boolean): ReadLayer["truth"] {
  if (kind === "result") return "prediction";
  if (synthetic) return "synthetic";
  return kind === "silverSegmentation" ? "silver" : "gold";
}

/** Markers and results cover all cells by contract; a segmentation must prove it against the markers. */
function coverageOf(
  kind: CtcKind,
  segmented: CtcObjects,
  tracking: CtcObjects | undefined,
  frameCount: number,
): { coverage: ReadLayer["coverage"]; note: string | null } {
  if (kind === "goldTracking" || kind === "result") return { coverage: "exhaustive", note: null };
  const what = kind === "goldSegmentation" ? "Gold" : "Silver";
  if (tracking === undefined || tracking.objects.length === 0)
    return {
      coverage: "sparse",
      note: `${what} segmentation may leave cells out: there are no markers to compare.`,
    };
  const byPlane = new Map<string, CtcObjects["objects"][number][]>();
  const key = ({ t = 0, z = 0 }: PlanePosition) => `${t}/${z}`;
  for (const object of segmented.objects)
    byPlane.set(key(object.shape), [...(byPlane.get(key(object.shape)) ?? []), object]);
  const covered = new Set<string>();
  const all = new Set<string>();
  for (const { label, shape } of tracking.objects) {
    const cell = `${label}/${shape.t}`;
    all.add(cell);
    if (covered.has(cell)) continue;
    if ((byPlane.get(key(shape)) ?? []).some((object) => shapesOverlap(object.shape, shape)))
      covered.add(cell);
  }
  if (covered.size === all.size && segmented.maskedFrames.length === frameCount)
    return { coverage: "exhaustive", note: null };
  return {
    coverage: "sparse",
    note: `${what} segmentation outlines ${covered.size} of ${all.size} tracked cells in ${segmented.maskedFrames.length} of ${frameCount} frames; unlabelled is not background there.`,
  };
}
