/** The scores by their published names, each with what it means to someone who looks at cells. */

import type { HeadlineName } from "#core/metrics/index.ts";
import { formatPercent } from "../ui/index.ts";

export interface ScoreWord {
  readonly name: string;
  readonly meaning: string;
  /** How a value is drawn and written: a share from 0 to 1, a bias around 0, a distance. */
  readonly kind: "share" | "bias" | "distance";
}

export const scoreWords: Readonly<Record<HeadlineName, ScoreWord>> = {
  ap50: { name: "AP@0.5", meaning: "right / (right + false + missed), at IoU 0.5", kind: "share" },
  ap75: { name: "AP@0.75", meaning: "the same with closer outlines", kind: "share" },
  meanAp: { name: "mSA", meaning: "mean of AP over IoU 0.5 to 0.95", kind: "share" },
  f1: { name: "F1@0.5", meaning: "between precision and recall", kind: "share" },
  precision: { name: "Precision", meaning: "share of predictions that are cells", kind: "share" },
  recall: { name: "Recall", meaning: "share of cells that were found", kind: "share" },
  pq: { name: "PQ", meaning: "panoptic quality, SQ × RQ", kind: "share" },
  sq: { name: "SQ", meaning: "mean IoU of found cells", kind: "share" },
  rq: { name: "RQ", meaning: "recognition quality, equal to F1", kind: "share" },
  aji: { name: "AJI", meaning: "aggregated Jaccard index", kind: "share" },
  ajiPlus: { name: "AJI+", meaning: "the same, one prediction per cell", kind: "share" },
  seg: { name: "SEG", meaning: "Cell Tracking Challenge: mean IoU over all cells", kind: "share" },
  det: { name: "DET", meaning: "Cell Tracking Challenge: cost of mending detections", kind: "share" },
  boundaryF: { name: "Boundary F", meaning: "borders within the tolerance", kind: "share" },
  hausdorff95Px: { name: "HD95", meaning: "distance of borders of found cells, 95 %, px", kind: "distance" },
  areaBias: { name: "Area bias", meaning: "found cells too large (+) or too small (−)", kind: "bias" },
};

/** Enough for a first look; the rest is one click away. */
export const firstScores: readonly HeadlineName[] = [
  "ap50",
  "f1",
  "meanAp",
  "pq",
  "seg",
  "boundaryF",
  "areaBias",
];

/** Scores of which less is better. */
export const isLessBetter = (name: HeadlineName): boolean => scoreWords[name].kind === "distance";

export function formatValue(name: HeadlineName, value: number | null): string {
  if (value === null) return "–";
  const { kind } = scoreWords[name];
  if (kind === "bias") {
    const sign = Math.round(100 * value) === 0 ? "±" : value > 0 ? "+" : "−";
    return `${sign}${formatPercent(Math.abs(value))}`;
  }
  return kind === "distance" ? value.toFixed(1) : value.toFixed(3);
}

/** With a sign, as a difference. */
export function formatDifference(name: HeadlineName, value: number | null): string {
  if (value === null) return "–";
  if (scoreWords[name].kind === "bias") return formatValue(name, value);
  const digits = scoreWords[name].kind === "distance" ? 1 : 3;
  return `${value >= 0 ? "+" : "−"}${Math.abs(value).toFixed(digits)}`;
}

/** "0.708 – 0.775", in the form of the score's values; a dash when there is none. */
export function formatInterval(
  name: HeadlineName,
  interval: { readonly low: number; readonly high: number } | null | undefined,
): string {
  if (interval === null || interval === undefined) return "–";
  return `${formatValue(name, interval.low)} – ${formatValue(name, interval.high)}`;
}

/** The same for differences, with signs. */
export function formatDifferenceInterval(
  name: HeadlineName,
  interval: { readonly low: number; readonly high: number } | null,
): string {
  return interval === null
    ? "–"
    : `${formatDifference(name, interval.low)} to ${formatDifference(name, interval.high)}`;
}

/** 0.0312 -> "0.031"; never "0.000". */
export function formatP(p: number | null): string {
  if (p === null) return "–";
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}

/** What was drawn again and again, in words. */
export function unitWords(unit: "group" | "image", count: number): string {
  return `${count} ${unit === "group" ? "groups" : "images"}`;
}

const fieldNames: Readonly<Record<string, string>> = {
  organ: "Organ",
  cellType: "Cell type",
  cellLine: "Cell line",
  species: "Species",
  disease: "Disease",
  sex: "Sex",
  modality: "Modality",
  platform: "Platform",
  perturbation: "Perturbation",
  preparation: "Preparation",
  stage: "Stage",
  objectSize: "Object size",
  density: "Density",
};

export const fieldWord = (field: string): string => fieldNames[field] ?? field;
