/**
 * What can happen to objects between two versions of a layer, in biology's verbs.
 *
 * A version is a set of objects with an id each. Within one layer and its branches the id is the object's uid, an
 * identity; between two files it is only a number, and objects are found again by their pixels.
 */

import { type ObjectShape, shapeArea } from "../labels/index.ts";

export interface VersionObject {
  /** Unique within its version. */
  readonly id: string;
  readonly shape: ObjectShape;
  /** Word or term for its type; absent and null both mean none. */
  readonly cellType?: string | null;
}

export const changeVerbs = ["reshaped", "added", "removed", "split", "merged", "reclassified"] as const;
export type ChangeVerb = (typeof changeVerbs)[number];

/** One change; `before` and `after` are never both empty. */
export interface ObjectDifference {
  readonly verb: ChangeVerb;
  readonly before: readonly VersionObject[];
  readonly after: readonly VersionObject[];
  /** Intersection over union of all pixels before and all after, 0..1. */
  readonly iou: number;
  readonly addedPixels: number;
  readonly removedPixels: number;
}

export interface VersionDiff {
  /** Objects with the very same pixels and type in both. */
  readonly identical: number;
  /** Of those, how many have another id: no change, but worth knowing. */
  readonly renumbered: number;
  /** In scan order of their first pixel box: frame, plane, top, left. */
  readonly changes: readonly ObjectDifference[];
  /** Objects that are one and the same in both versions: id before -> id after. Split and merged ones keep theirs. */
  readonly sameObject: ReadonlyMap<string, string>;
}

export type VerbCounts = Readonly<Record<ChangeVerb, number>>;

/** Number of changes by verb; a split counts once, however many parts it has. */
export function countVerbs(changes: readonly ObjectDifference[]): VerbCounts {
  const counts: Record<ChangeVerb, number> = {
    reshaped: 0,
    added: 0,
    removed: 0,
    split: 0,
    merged: 0,
    reclassified: 0,
  };
  for (const { verb } of changes) counts[verb]++;
  return counts;
}

/** A total order that does not depend on ids or on the order of arrival: frame, plane, top, left, then size. */
export function comparePlaces(a: VersionObject, b: VersionObject): number {
  const [p, q] = [a.shape, b.shape];
  return (
    p.t - q.t ||
    p.z - q.z ||
    p.bbox[0] - q.bbox[0] ||
    p.bbox[1] - q.bbox[1] ||
    p.bbox[2] - q.bbox[2] ||
    p.bbox[3] - q.bbox[3] ||
    shapeArea(p) - shapeArea(q) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

export const typeOf = (object: VersionObject): string | null => object.cellType ?? null;
