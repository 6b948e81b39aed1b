/**
 * Two opinions about one image, side by side: where they agree and how they differ.
 *
 * The difference of two versions says what happened from one to the other; two annotators, or a person and a model, stand
 * beside each other. So the same pairing (`diffObjects`) is read in words without before and after, and outlines that
 * differ by a rim of pixels count as agreement: nobody draws the same line twice.
 */

import type { BoundingBox } from "../array/index.ts";
import { FoundryError } from "../errors.ts";
import { diffObjects } from "./diff-objects.ts";
import type { ChangeVerb, VersionObject } from "./object-change.ts";

/**
 * `split`: one object of the first is several in the second; `merged`: several are one. `moved`: the same object by place
 * or id, but with another outline.
 */
export const disagreements = ["onlyFirst", "onlySecond", "split", "merged", "moved"] as const;
export type Disagreement = (typeof disagreements)[number];

export interface LayerDifference {
  readonly kind: Disagreement;
  readonly first: readonly VersionObject[];
  readonly second: readonly VersionObject[];
  /** Intersection over union of all pixels of both sides, 0..1. */
  readonly iou: number;
  /** Around both sides. */
  readonly box: BoundingBox;
}

export interface LayerComparison {
  /** Pairs that agree. */
  readonly agreeing: number;
  /** In scan order. */
  readonly differences: readonly LayerDifference[];
  readonly counts: Readonly<Record<Disagreement, number>>;
}

export interface CompareOptions {
  /** "id" where both are versions of one layer; "place" (default) where ids say nothing. */
  readonly identity?: "id" | "place";
  /** A pair with at least this IoU agrees, 0..1. Default 0.7: below it people see another outline (StarDist, DSB2018). */
  readonly agreeIou?: number;
}

const kindOf: Readonly<Record<Exclude<ChangeVerb, "reclassified">, Disagreement>> = {
  added: "onlySecond",
  removed: "onlyFirst",
  split: "split",
  merged: "merged",
  reshaped: "moved",
};

/**
 * @throws FoundryError `request.invalid` for an IoU that is none. Cost: as `diffObjects`. Types are not compared.
 */
export function compareLayers(
  first: readonly VersionObject[],
  second: readonly VersionObject[],
  { identity = "place", agreeIou = 0.7 }: CompareOptions = {},
): LayerComparison {
  if (!(agreeIou >= 0 && agreeIou <= 1)) {
    throw new FoundryError("request.invalid", {
      message: "Two outlines agree from an intersection over union of 0 to 1 on.",
      details: { agreeIou },
    });
  }
  const { identical, changes } = diffObjects(first.map(untyped), second.map(untyped), { identity });
  const counts = { onlyFirst: 0, onlySecond: 0, split: 0, merged: 0, moved: 0 };
  const differences: LayerDifference[] = [];
  let agreeing = identical;
  for (const { verb, before, after, iou } of changes) {
    if (verb === "reclassified") continue;
    if (verb === "reshaped" && iou >= agreeIou) {
      agreeing++;
      continue;
    }
    const kind = kindOf[verb];
    counts[kind]++;
    differences.push({ kind, first: before, second: after, iou, box: boxAround([...before, ...after]) });
  }
  return { agreeing, differences, counts };
}

const untyped = ({ id, shape }: VersionObject): VersionObject => ({ id, shape });

function boxAround(objects: readonly VersionObject[]): BoundingBox {
  let [y0, x0, y1, x1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { shape } of objects) {
    y0 = Math.min(y0, shape.bbox[0]);
    x0 = Math.min(x0, shape.bbox[1]);
    y1 = Math.max(y1, shape.bbox[2]);
    x1 = Math.max(x1, shape.bbox[3]);
  }
  return [y0, x0, y1, x1];
}
