/**
 * What went wrong with which cell: correct, missed, gained, split, merge, catastrophe.
 *
 * Classes of Moen et al. and Caicedo et al. (2019), as DeepCell's toolbox counts them: pairs above an IoU of 0.6 are
 * correct. Among the leftovers two objects are related when their IoU reaches 0.1, or when more than half of one lies in
 * the other (a fragment swallowed by a large cell has a tiny IoU but belongs to it). Related leftovers form groups: one
 * reference with several predictions is a split, several with one a merge, several with several a catastrophe; a lone
 * reference is missed, a lone prediction gained, and a pair too unlike to be correct counts as one of each.
 */

import type { LabelImage } from "../array/index.ts";
import { matchOverlaps, type ObjectMatch } from "./match-objects.ts";
import { findOverlaps, type OverlapPair, type Overlaps } from "./overlaps.ts";

export interface ErrorSettings {
  /** A pair is correct above this IoU; at least 0.5, so that partners are unique. Default 0.6. */
  readonly correctIou: number;
  /** Leftovers are related from this IoU on. Default 0.1. */
  readonly relatedIou: number;
  /** … or when more than this share of one lies in the other. Default 0.5. */
  readonly swallowedShare: number;
}

export const defaultErrorSettings: ErrorSettings = { correctIou: 0.6, relatedIou: 0.1, swallowedShare: 0.5 };

/** Labels of related leftovers; ascending. */
export interface ErrorGroup {
  readonly reference: readonly number[];
  readonly predicted: readonly number[];
}

export interface ObjectErrors {
  readonly settings: ErrorSettings;
  readonly correct: readonly ObjectMatch[];
  /** Labels of the reference. */
  readonly missed: readonly number[];
  /** Labels of the prediction. */
  readonly gained: readonly number[];
  readonly split: readonly ErrorGroup[];
  readonly merge: readonly ErrorGroup[];
  readonly catastrophe: readonly ErrorGroup[];
}

/**
 * Every object of both images falls into exactly one class.
 *
 * @throws FoundryError `array.shapeMismatch`. Cost: O(pixels + pairs).
 */
export function classifyErrors(
  reference: LabelImage,
  predicted: LabelImage,
  settings: ErrorSettings = defaultErrorSettings,
): ObjectErrors {
  return classifyOverlaps(findOverlaps(reference, predicted), settings);
}

/** `classifyErrors` on a table already made. Cost: O(pairs). */
export function classifyOverlaps(
  overlaps: Overlaps,
  settings: ErrorSettings = defaultErrorSettings,
): ObjectErrors {
  // Exclusive, as in the source, where the matching itself includes its threshold.
  const correct = matchOverlaps(overlaps, settings.correctIou).filter(({ iou }) => iou > settings.correctIou);
  const groups = relateLeftovers(overlaps, correct, settings);
  const missed: number[] = [];
  const gained: number[] = [];
  const split: ErrorGroup[] = [];
  const merge: ErrorGroup[] = [];
  const catastrophe: ErrorGroup[] = [];
  for (const group of groups) {
    const [references, predictions] = [group.reference.length, group.predicted.length];
    if (references <= 1 && predictions <= 1) {
      missed.push(...group.reference);
      gained.push(...group.predicted);
    } else if (references === 1) split.push(group);
    else if (predictions === 1) merge.push(group);
    else catastrophe.push(group);
  }
  const ascending = (a: number, b: number): number => a - b;
  return {
    settings,
    correct,
    missed: missed.sort(ascending),
    gained: gained.sort(ascending),
    split,
    merge,
    catastrophe,
  };
}

function relateLeftovers(
  overlaps: Overlaps,
  correct: readonly ObjectMatch[],
  settings: ErrorSettings,
): ErrorGroup[] {
  const { referenceLabels, predictedLabels, pairs } = overlaps;
  const rows = referenceLabels.length;
  const usedReference = new Set(correct.map((match) => match.reference));
  const usedPredicted = new Set(correct.map((match) => match.predicted));
  const isLeft = (node: number): boolean =>
    node < rows
      ? !usedReference.has(referenceLabels[node] as number)
      : !usedPredicted.has(predictedLabels[node - rows] as number);
  const parent = Int32Array.from({ length: rows + predictedLabels.length }, (_, node) => node);
  const find = (node: number): number => {
    let root = node;
    while (parent[root] !== root) root = parent[root] as number;
    parent[node] = root;
    return root;
  };
  for (const pair of pairs) {
    const [a, b] = [pair.reference, rows + pair.predicted];
    if (!isLeft(a) || !isLeft(b) || !isRelated(overlaps, pair, settings)) continue;
    const [rootA, rootB] = [find(a), find(b)];
    parent[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
  }
  const groups = new Map<number, { reference: number[]; predicted: number[] }>();
  for (let node = 0; node < parent.length; node++) {
    if (!isLeft(node)) continue;
    const root = find(node);
    const group = groups.get(root) ?? { reference: [], predicted: [] };
    groups.set(root, group);
    if (node < rows) group.reference.push(referenceLabels[node] as number);
    else group.predicted.push(predictedLabels[node - rows] as number);
  }
  return [...groups.values()];
}

function isRelated(overlaps: Overlaps, pair: OverlapPair, settings: ErrorSettings): boolean {
  const smaller = Math.min(
    overlaps.referenceAreas[pair.reference] as number,
    overlaps.predictedAreas[pair.predicted] as number,
  );
  return pair.iou >= settings.relatedIou || pair.shared / smaller > settings.swallowedShare;
}

export interface ErrorCounts {
  readonly correct: number;
  readonly missed: number;
  readonly gained: number;
  /** Reference cells that were split, and predictions too many because of it. */
  readonly split: number;
  readonly gainedFromSplit: number;
  /** Predictions that merge cells, and cells lost because of it. */
  readonly merge: number;
  readonly missedFromMerge: number;
  readonly catastrophe: number;
  readonly referenceInCatastrophe: number;
  readonly predictedInCatastrophe: number;
}

/** Numbers of one or several images, added. */
export function countErrors(list: readonly ObjectErrors[]): ErrorCounts {
  const sum = (measure: (errors: ObjectErrors) => number): number =>
    list.reduce((total, errors) => total + measure(errors), 0);
  const members = (groups: readonly ErrorGroup[], side: keyof ErrorGroup): number =>
    groups.reduce((total, group) => total + group[side].length, 0);
  return {
    correct: sum(({ correct }) => correct.length),
    missed: sum(({ missed }) => missed.length),
    gained: sum(({ gained }) => gained.length),
    split: sum(({ split }) => split.length),
    gainedFromSplit: sum(({ split }) => members(split, "predicted") - split.length),
    merge: sum(({ merge }) => merge.length),
    missedFromMerge: sum(({ merge }) => members(merge, "reference") - merge.length),
    catastrophe: sum(({ catastrophe }) => catastrophe.length),
    referenceInCatastrophe: sum(({ catastrophe }) => members(catastrophe, "reference")),
    predictedInCatastrophe: sum(({ catastrophe }) => members(catastrophe, "predicted")),
  };
}
