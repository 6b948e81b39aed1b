/** What a person is shown when two sides of a merge do not agree. */

import { sharedPixels } from "../labels/index.ts";
import type { MergeGroup } from "./merge-groups.ts";
import type { VersionObject } from "./object-change.ts";

export const conflictKinds = ["changed", "removed", "overlap"] as const;
/**
 * "changed": both sides changed the same objects, differently. "removed": one side removed what the other changed.
 * "overlap": objects of the two sides claim the same pixels.
 */
export type ConflictKind = (typeof conflictKinds)[number];

export interface MergeConflict {
  /** The same for the same objects each time the merge is asked, whichever side is ours. */
  readonly id: string;
  readonly kind: ConflictKind;
  readonly base: readonly VersionObject[];
  readonly ours: readonly VersionObject[];
  readonly theirs: readonly VersionObject[];
  /** Pixels that both sides' objects cover. */
  readonly sharedPixels: number;
  /** Whether both may be kept only when a rule says who gets the shared pixels. */
  readonly needsPixelRule: boolean;
}

/** @param touching  the groups were joined because their results lie on each other. */
export function conflictOf(groups: readonly MergeGroup[], touching: boolean): MergeConflict {
  const base = groups.flatMap((group) => group.base);
  const ours = groups.flatMap((group) => group.ours);
  const theirs = groups.flatMap((group) => group.theirs);
  const removed = ours.length === 0 || theirs.length === 0;
  const changedByUs = groups.flatMap(({ state, ours: objects }) => (state === "theirs" ? [] : objects));
  const changedByThem = groups.flatMap(({ state, theirs: objects }) =>
    state === "ours" || state === "alike" ? [] : objects,
  );
  const shared = overlapOf(changedByUs, changedByThem);
  return {
    id: conflictId([...base, ...ours, ...theirs]),
    kind: touching ? "overlap" : removed ? "removed" : "changed",
    base,
    ours,
    theirs,
    sharedPixels: shared,
    needsPixelRule: shared > 0,
  };
}

function conflictId(objects: readonly VersionObject[]): string {
  const ids = [...new Set(objects.map(({ id }) => id))].sort();
  return `${ids[0]}~${ids.length}`;
}

function overlapOf(mine: readonly VersionObject[], others: readonly VersionObject[]): number {
  let shared = 0;
  for (const a of mine) for (const b of others) shared += sharedPixels(a.shape, b.shape);
  return shared;
}
