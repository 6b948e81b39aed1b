/**
 * Which files belong to which sequence of the Cell Tracking Challenge.
 *
 * `<dataset>/01/t000.tif` is raw; beside it lie `01_GT/SEG` (gold segmentation: few cells, good outlines), `01_GT/TRA`
 * (gold tracking: all cells, crude regions), `01_ST/SEG` (silver: agreed on by programs) and `01_RES` (someone's
 * result). Any number of digits is taken. Gold segmentation of 3D sequences may hold single planes
 * (`man_seg_012_003.tif` = frame 12, plane 3). Source: "Naming and file content conventions" of the challenge.
 */

import { joinPath } from "../../import/paths.ts";
import type { FileEntry } from "../../import/plan.ts";

/** The best outlines first. */
export const ctcKinds = ["goldSegmentation", "silverSegmentation", "goldTracking", "result"] as const;

export type CtcKind = (typeof ctcKinds)[number];

export interface CtcMask {
  readonly frame: number;
  /** Focal plane when the file holds one plane of a 3D frame. */
  readonly plane: number | null;
  readonly path: string;
}

export interface CtcLabels {
  /** Sorted by frame, then plane. */
  readonly masks: readonly CtcMask[];
  /** `man_track.txt` or `res_track.txt`. */
  readonly tablePath: string | null;
}

export interface CtcSequence {
  /** Folder that holds `01`, `01_GT` …; "" for the top. */
  readonly folder: string;
  /** "01"; "" where the folders have no number (`GT`, `res`). */
  readonly name: string;
  readonly images: readonly { readonly frame: number; readonly path: string }[];
  readonly labels: ReadonlyMap<CtcKind, CtcLabels>;
}

interface Draft {
  readonly folder: string;
  readonly name: string;
  readonly images: { frame: number; path: string }[];
  readonly labels: Map<CtcKind, { masks: CtcMask[]; tablePath: string | null }>;
}

const RAW = /^(?:(.*)\/)?(\d{2,4})\/t(\d{2,6})\.tiff?$/i;
const LABELS = /^(?:(.*)\/)?(?:(\d{2,4})_)?(GT|ST|RES)\/(?:(SEG|TRA)\/)?([^/]+)$/i;
const MASK = /^(man_seg|man_track|mask)_?(\d{2,6})(?:_(\d{1,6}))?\.tiff?$/i;
const TABLE = /^(man_track|res_track)\.txt$/i;

/** Sequences by folder and name; files that are none of theirs are in `others`. Pure, linear. */
export function findSequences(entries: readonly FileEntry[]): {
  sequences: CtcSequence[];
  others: string[];
} {
  const drafts = new Map<string, Draft>();
  const others: string[] = [];
  const draftOf = (folder: string, name: string): Draft => {
    const key = `${folder}\n${name}`;
    const known = drafts.get(key) ?? { folder, name, images: [], labels: new Map() };
    drafts.set(key, known);
    return known;
  };
  for (const { path } of entries) {
    const raw = RAW.exec(path);
    if (raw !== null) {
      draftOf(raw[1] ?? "", raw[2]!).images.push({ frame: Number(raw[3]), path });
      continue;
    }
    if (!addLabelFile(path, draftOf)) others.push(path);
  }
  const sequences = [...drafts.values()].map((draft) => ({
    ...draft,
    images: draft.images.toSorted((a, b) => a.frame - b.frame),
    labels: new Map(
      [...draft.labels].map(([kind, { masks, tablePath }]) => [
        kind,
        { masks: masks.toSorted((a, b) => a.frame - b.frame || (a.plane ?? 0) - (b.plane ?? 0)), tablePath },
      ]),
    ),
  }));
  const key = (sequence: CtcSequence) => joinPath(sequence.folder, sequence.name);
  return { sequences: sequences.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)), others };
}

function addLabelFile(path: string, draftOf: (folder: string, name: string) => Draft): boolean {
  const match = LABELS.exec(path);
  if (match === null) return false;
  const [, folder = "", name = "", group, part, file] = match;
  const mask = MASK.exec(file!);
  const table = TABLE.exec(file!);
  const kind = kindOf(group!, part, (mask ?? table)?.[1]);
  if (kind === null) return false;
  const labels = draftOf(folder, name).labels;
  const known = labels.get(kind) ?? { masks: [], tablePath: null };
  labels.set(kind, known);
  if (mask !== null) {
    const plane = mask[3] === undefined ? null : Number(mask[3]);
    known.masks.push({ frame: Number(mask[2]), plane, path });
  } else known.tablePath = path;
  return true;
}

function kindOf(group: string, part: string | undefined, prefix: string | undefined): CtcKind | null {
  const key = `${group}/${part ?? ""}/${prefix ?? ""}`.toLowerCase();
  if (key === "gt/seg/man_seg") return "goldSegmentation";
  if (key === "st/seg/man_seg") return "silverSegmentation";
  if (key === "gt/tra/man_track") return "goldTracking";
  if (key === "res//mask" || key === "res//res_track") return "result";
  return null;
}
