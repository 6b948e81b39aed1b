/**
 * Pixels and labels of one sequence.
 *
 * File numbers are the truth about time: frame axis position p holds the p-th numbered image, and labels and tracks
 * are moved to those positions. Numbers that are skipped and labels without an image become notes, a broken law of the
 * lineage refuses the sequence; nothing is filled in.
 */
import {
  axisLength,
  dtypeOf,
  type ImageArray,
  imageArray,
  type LabelImage,
  typedArray,
} from "#core/array/index.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import {
  checkLineage,
  describeFindings,
  linksFromTracks,
  presenceOf,
  type Track,
} from "#core/lineage/index.ts";
import { fault } from "../../fault.ts";
import type { ImportFiles, ReadLink, ReadObject } from "../../import/layout.ts";
import { checkDecodedSize, readLimits } from "../../limits.ts";
import { readImage } from "../../read-image.ts";
import type { ReadImage } from "../../read-image-types.ts";
import { readLabelPlanes } from "../../read-label-planes.ts";
import { readLabels } from "../../read-labels.ts";
import { readTrackTable } from "../../tracks/ctc-tables/track-table.ts";
import { lineageErrors, lineageFault } from "../../tracks/lineage-fault.ts";
import type { CtcLabels, CtcMask, CtcSequence } from "./sequence-files.ts";

export interface CtcSize {
  readonly height: number;
  readonly width: number;
  readonly depth: number;
}

export interface CtcObjects {
  readonly objects: readonly ReadObject[];
  readonly links: readonly ReadLink[];
  /** The table as the file has it, frames as file numbers; empty without one. */
  readonly tracks: readonly Track[];
  /** Axis positions of frames for which there is a mask. */
  readonly maskedFrames: readonly number[];
  readonly notes: readonly string[];
}

/** Axis position of each file number. */
export type FramePositions = ReadonlyMap<number, number>;

export function framePositions(frames: Iterable<number>): FramePositions {
  return new Map([...new Set(frames)].sort((a, b) => a - b).map((frame, position) => [frame, position]));
}

/**
 * All frames as one image, axes tyx or tzyx.
 *
 * @throws FoundryError `format.ctc` when frames differ in size or kind; what `readImage` throws; `limit.*`.
 */
export async function readSequenceImage(files: ImportFiles, sequence: CtcSequence): Promise<ReadImage> {
  const first = await readFrame(files, sequence.images[0]!.path);
  const depth = axisLength(first.image, "z");
  const [height, width] = [axisLength(first.image, "y"), axisLength(first.image, "x")];
  const values = depth * height * width;
  const count = sequence.images.length;
  const bytes = first.image.data.BYTES_PER_ELEMENT;
  const what = `${count} frames of ${depth > 1 ? `${depth} x ` : ""}${height} x ${width} pixels`;
  const place = `${sequence.folder}/${sequence.name}`.replace(/^\//, "");
  checkDecodedSize(place, { samples: values * count, bytes: values * count * bytes, what }, readLimits({}));
  const data = typedArray(first.image.dtype, values * count);
  for (const [position, { path }] of sequence.images.entries()) {
    const frame = position === 0 ? first : await readFrame(files, path);
    assertSameKind(frame.image, first.image, path, sequence.images[0]!.path);
    data.set(frame.image.data, position * values);
  }
  const shape = depth > 1 ? [count, depth, height, width] : [count, height, width];
  const image = imageArray(dtypeOf(data)!, depth > 1 ? "tzyx" : "tyx", shape, data);
  return { ...first, image, notes: [...first.notes, ...skippedNumbers(sequence)] };
}

async function readFrame(files: ImportFiles, path: string): Promise<ReadImage> {
  const read = await readImage(await files.read(path), { name: path, pagesAre: "z" });
  if (read.image.axes === "yx" || read.image.axes === "zyx") return read;
  throw fault("format.ctc", {
    file: path,
    reason: `it has axes ${read.image.axes}; a frame of a sequence has yx or zyx`,
    remedy: "Save each frame as one grey image or one stack of focal planes.",
  });
}

function assertSameKind(frame: ImageArray, first: ImageArray, path: string, firstPath: string): void {
  if (frame.dtype === first.dtype && frame.shape.join() === first.shape.join()) return;
  throw fault("format.ctc", {
    file: path,
    reason: `it is ${frame.shape.join(" x ")} ${frame.dtype}, ${firstPath} is ${first.shape.join(" x ")} ${first.dtype}`,
    remedy: "All frames of a sequence have one size and one kind of number.",
  });
}

function skippedNumbers({ images }: CtcSequence): string[] {
  const from = images[0]!.frame;
  const to = images.at(-1)!.frame;
  const notes: string[] = [];
  const missing = to - from + 1 - images.length;
  if (missing > 0)
    notes.push(
      `${missing} of the frames ${from} to ${to} are missing; the frames before and after were joined.`,
    );
  if (from > 0) notes.push(`The first frame has number ${from}; it is frame 0 here.`);
  return notes;
}

/** Objects of all masks of one kind, with the links of its table when there is one. */
export async function readSequenceLabels(
  files: ImportFiles,
  labels: CtcLabels,
  positions: FramePositions,
  size: CtcSize,
): Promise<CtcObjects> {
  const objects: ReadObject[] = [];
  const notes: string[] = [];
  const maskedFrames = new Set<number>();
  let withoutImage = 0;
  for (const mask of labels.masks) {
    const t = positions.get(mask.frame);
    if (t === undefined) {
      withoutImage++;
      continue;
    }
    maskedFrames.add(t);
    for (const [z, plane] of await readMask(files, mask, size)) {
      for (const [label, shape] of objectShapesFromLabels(plane, { t, z })) objects.push({ label, shape });
    }
  }
  if (withoutImage > 0) notes.push(`${withoutImage} masks have no image and were left out.`);
  if (labels.tablePath === null)
    return { objects, links: [], tracks: [], maskedFrames: [...maskedFrames], notes };
  const text = new TextDecoder().decode(await files.read(labels.tablePath));
  const tracks = readTrackTable(text, labels.tablePath);
  const detections = objects.map(({ label, shape }) => ({ label, t: shape.t }));
  const placed = tracks.map((track) => placeTrack(track, positions));
  const findings = checkLineage(placed, presenceOf(detections), { frameCount: positions.size });
  const errors = lineageErrors(findings);
  if (errors.length > 0)
    throw lineageFault({ code: "format.ctc", file: labels.tablePath, remedy: remedyFor(positions) }, errors);
  return {
    objects,
    links: linksFromTracks(placed, detections),
    tracks,
    maskedFrames: [...maskedFrames],
    notes: [...notes, ...describeFindings(findings)],
  };
}

function remedyFor(positions: FramePositions): string {
  const renumbered = [...positions].some(([frame, position]) => frame !== position);
  const counted = renumbered ? ` Frames are counted from the first image here, which is 0.` : "";
  return `Mend the table or the masks so that both agree.${counted}`;
}

/** Frames of a track as axis positions; a number without an image goes to the nearest position inside the track. */
function placeTrack(track: Track, positions: FramePositions): Track {
  let first = track.first;
  let last = track.last;
  // Two steps at most per missing number, and numbers of a table are bounded by the movie's own.
  const [low, high] = [Math.min(...positions.keys()), Math.max(...positions.keys())];
  while (first < high && !positions.has(first)) first = Math.max(first + 1, low);
  while (last > low && !positions.has(last)) last = Math.min(last - 1, high);
  return { ...track, first: positions.get(first) ?? track.first, last: positions.get(last) ?? track.last };
}

async function readMask(
  files: ImportFiles,
  mask: CtcMask,
  size: CtcSize,
): Promise<[z: number, LabelImage][]> {
  const bytes = await files.read(mask.path);
  const planes =
    size.depth === 1 || mask.plane !== null
      ? [await readLabels(bytes, { name: mask.path })]
      : await readLabelPlanes(bytes, { name: mask.path });
  const expected = mask.plane === null ? size.depth : 1;
  const { height, width } = planes[0]!;
  const fits = planes.length === expected && height === size.height && width === size.width;
  if (!fits || (mask.plane !== null && mask.plane >= size.depth)) {
    const is = `${planes.length > 1 ? `${planes.length} x ` : ""}${height} x ${width}`;
    const where = mask.plane === null ? "" : ` and is for plane ${mask.plane}`;
    throw fault("format.ctc", {
      file: mask.path,
      reason: `it is ${is} pixels${where}, the frame is ${size.depth > 1 ? `${size.depth} x ` : ""}${size.height} x ${size.width}`,
      remedy: "Export the masks again at the size of the images.",
    });
  }
  return planes.map((plane, z) => [mask.plane ?? z, plane]);
}
