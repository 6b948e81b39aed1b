/**
 * One automatic repair of the masks of a frame: what it was, why, and the masks before and after it.
 *
 * Like an edit of a person it is an operation that can be taken back (decision 0004): each mask that it touches is kept
 * whole, before and after, so nothing has to be computed again to undo it. What is made by a program is marked as such.
 */
import type { LabelImage } from "../../array/index.ts";
import { FoundryError } from "../../errors.ts";
import { drawObjectShapeInPlace, forEachRun, type ObjectShape, shapeArea } from "../../labels/index.ts";
import type { LabelledShape } from "../frame-sums.ts";

/**
 * - `missed`: a cell that the segmentation did not see, put where its neighbours in time say;
 * - `merged`: one mask of several cells, divided among them;
 * - `cut`: one cell in two masks, joined;
 * - `invented`: a mask where no cell is, taken away.
 */
export const maskRepairKinds = ["missed", "merged", "cut", "invented"] as const;

export type MaskRepairKind = (typeof maskRepairKinds)[number];

export interface MaskRepair {
  readonly kind: MaskRepairKind;
  /** Frame of the movie. */
  readonly t: number;
  /** One sentence that names the frames it rests on. */
  readonly reason: string;
  /** Masks that it changes. A label only in `after` is new, one only in `before` is gone. */
  readonly before: readonly LabelledShape[];
  readonly after: readonly LabelledShape[];
}

/**
 * Draws the masks after the repair in place of those before it. Changes `labels`.
 *
 * @throws FoundryError `edit.invalid` when the masks are not as the repair found them; nothing is changed then.
 * Cost: O(pixels of the masks).
 */
export const applyMaskRepairInPlace = (labels: LabelImage, repair: MaskRepair): void =>
  exchangeInPlace(labels, repair, repair.before, repair.after);

/** Takes it back: the same with before and after exchanged. @throws, cost: as `applyMaskRepairInPlace`. */
export const revertMaskRepairInPlace = (labels: LabelImage, repair: MaskRepair): void =>
  exchangeInPlace(labels, repair, repair.after, repair.before);

/** Whether the repair can be taken back: its masks are as it left them. */
export const canRevert = (labels: LabelImage, { before, after }: MaskRepair): boolean =>
  stands(labels, after, before);

/** Whether two repairs are one idea: the same kind in the same frame, of masks that share more than half their pixels. */
export function isSameRepair(a: MaskRepair, b: MaskRepair): boolean {
  if (a.kind !== b.kind || a.t !== b.t) return false;
  const [own, other] = [masksOf(a), masksOf(b)];
  return 2 * sharedArea(own, other) > Math.max(areaOfAll(own), areaOfAll(other));
}

/** What it is about: the masks that it leaves, or the one that it takes away. */
const masksOf = ({ before, after }: MaskRepair): readonly LabelledShape[] =>
  after.length > 0 ? after : before;

function exchangeInPlace(
  labels: LabelImage,
  { kind, t }: MaskRepair,
  from: readonly LabelledShape[],
  to: readonly LabelledShape[],
): void {
  if (!stands(labels, from, to))
    throw new FoundryError("edit.invalid", {
      message: `The masks of frame ${t} are no longer as the repair (${kind}) knows them.`,
      hint: "Take back what was changed there since, then this.",
      details: { t, kind, labels: from.map(({ label }) => label) },
    });
  for (const { shape } of from) drawObjectShapeInPlace(shape, labels, 0);
  for (const { label, shape } of to) drawObjectShapeInPlace(shape, labels, label);
}

/** Whether all pixels of the masks `from` have their labels, and pixels that `to` takes besides are background. */
function stands(
  { data, height, width }: LabelImage,
  from: readonly LabelledShape[],
  to: readonly LabelledShape[],
): boolean {
  const own = new Set(from.map(({ label }) => label));
  let right = true;
  const check = (shape: ObjectShape, isRight: (value: number) => boolean): void =>
    forEachRun(shape, (y, x0, x1) => {
      if (y < 0 || y >= height || x0 < 0 || x1 > width) right = false;
      for (let x = x0; right && x < x1; x++) right = isRight(data[y * width + x]!);
    });
  for (const { label, shape } of from) check(shape, (value) => value === label);
  for (const { shape } of to) check(shape, (value) => value === 0 || own.has(value));
  return right;
}

const areaOfAll = (masks: readonly LabelledShape[]): number =>
  masks.reduce((sum, { shape }) => sum + shapeArea(shape), 0);

/** Pixels that are in a mask of both lists. Masks of one list do not overlap. */
function sharedArea(a: readonly LabelledShape[], b: readonly LabelledShape[]): number {
  const pixels = new Set<string>();
  for (const { shape } of a)
    forEachRun(shape, (y, x0, x1) => {
      for (let x = x0; x < x1; x++) pixels.add(`${y} ${x}`);
    });
  let shared = 0;
  for (const { shape } of b)
    forEachRun(shape, (y, x0, x1) => {
      for (let x = x0; x < x1; x++) if (pixels.has(`${y} ${x}`)) shared++;
    });
  return shared;
}
