/**
 * Three-way merge of two people's work on the objects of one layer.
 *
 * What each side did since the base is told by `diffObjects`; the base objects that its changes touch make groups, and
 * a group that only one side touched takes that side. So a split or a merge is taken whole or not at all, and the
 * union of its pixels is kept. A group that both sides changed differently is a conflict; so are groups whose results
 * lie on each other, where the layer does not let them. Resolving one may bring objects to lie on others, which then is the next conflict: the merge is
 * asked again with the resolutions so far until none is left. Pure: nothing is stored half.
 */

import { createShapeGrid, resolveOverlaps, shapesEqual, shapesOverlap } from "../labels/index.ts";
import { conflictOf, type MergeConflict } from "./merge-conflict.ts";
import { type MergeGroup, mergeGroups } from "./merge-groups.ts";
import { comparePlaces, type VersionObject } from "./object-change.ts";

export const resolutions = ["ours", "theirs", "both", "base", "neither"] as const;
/** "both" keeps the objects of both sides; where they share pixels, `pixelRule` says who keeps them. */
export type Resolution = (typeof resolutions)[number];

export interface MergeOptions {
  /** By id of the conflict. */
  readonly resolutions?: ReadonlyMap<string, Resolution>;
  /** Side that keeps pixels which both sides' objects claim, for conflicts resolved with "both". Default: none does. */
  readonly pixelRule?: "ours" | "theirs";
  /** Whether objects may share pixels: then lying on each other is no conflict. Default no. */
  readonly overlapAllowed?: boolean;
  /** Id for an object of theirs whose id is taken by ours, where both are kept. Needed for "both" only. */
  readonly newId?: () => string;
}

export interface MergeResult {
  /** Objects after the merge, by id; the groups still in conflict stand as in ours. */
  readonly objects: ReadonlyMap<string, VersionObject>;
  /** What has to be resolved first, in scan order; empty means the merge is done. */
  readonly conflicts: readonly MergeConflict[];
  /** Groups taken from each side, and those both sides had changed alike. */
  readonly taken: { readonly ours: number; readonly theirs: number; readonly alike: number };
}

/**
 * Merges what happened between `base` and `ours` with what happened between `base` and `theirs`.
 *
 * Ids are identities in all three. Without conflicts the result does not depend on which side is called ours.
 * @throws nothing; a resolution that does not fit ("both" of objects that share pixels, without a rule) leaves its
 *         conflict standing. Cost: O(objects), about 0.3 s for 30,000.
 */
export function mergeVersions(
  base: readonly VersionObject[],
  ours: readonly VersionObject[],
  theirs: readonly VersionObject[],
  options: MergeOptions = {},
): MergeResult {
  const { unchanged, groups } = mergeGroups(base, ours, theirs);
  const taken = { ours: 0, theirs: 0, alike: 0 };
  let clusters: Cluster[] = groups.map((group) => ({ groups: [group], touching: false }));
  for (const group of groups) {
    if (group.state !== "conflict") taken[group.state]++;
  }
  // Every round joins at least two clusters, so there are at most as many rounds as groups.
  for (;;) {
    const settled = clusters.map((cluster) => settle(cluster, options));
    // Objects that nobody changed lie free of all three versions, so only changed ones can meet.
    const joined = options.overlapAllowed === true ? null : joinTouching(clusters, settled);
    if (joined === null) return { ...finish(unchanged, clusters, settled), taken };
    clusters = joined;
  }
}

/** Groups that must be decided together. */
interface Cluster {
  readonly groups: readonly MergeGroup[];
  /** Whether they were joined because their results lie on each other. */
  readonly touching: boolean;
}

/** Objects that a cluster comes to, or `null` while it is in conflict. */
type Settled = readonly VersionObject[] | null;

function settle(cluster: Cluster, options: MergeOptions): Settled {
  const [group] = cluster.groups;
  if (!cluster.touching && group !== undefined && group.state !== "conflict") {
    return group.state === "theirs" ? group.theirs : group.ours;
  }
  const conflict = conflictOf(cluster.groups, cluster.touching);
  const resolution = options.resolutions?.get(conflict.id);
  if (resolution === undefined) return null;
  if (resolution === "neither") return [];
  return resolution === "both" ? keepBoth(cluster.groups, options) : conflict[resolution];
}

/** What each side changed, beside each other; `null` when that does not fit. */
function keepBoth(
  groups: readonly MergeGroup[],
  { pixelRule, newId, overlapAllowed }: MergeOptions,
): Settled {
  const mine = groups.flatMap(({ state, ours }) => (state === "theirs" ? [] : ours));
  const isMine = (object: VersionObject): boolean =>
    mine.some((one) => one.id === object.id && shapesEqual(one.shape, object.shape));
  const ids = new Set(mine.map(({ id }) => id));
  const named: VersionObject[] = [];
  for (const { state, theirs } of groups) {
    if (state === "ours" || state === "alike") continue;
    for (const object of theirs) {
      // What stands in both sides alike is one object.
      if (isMine(object)) continue;
      if (!ids.has(object.id)) named.push(object);
      else if (newId === undefined) return null;
      else named.push({ ...object, id: newId() });
    }
  }
  return overlapAllowed === true ? [...mine, ...named] : withoutClash(mine, named, pixelRule);
}

function withoutClash(
  mine: readonly VersionObject[],
  others: readonly VersionObject[],
  pixelRule: MergeOptions["pixelRule"],
): Settled {
  const all = [...mine, ...others];
  if (pixelRule === undefined) {
    const clash = mine.some((a) => others.some((b) => shapesOverlap(a.shape, b.shape)));
    return clash ? null : all;
  }
  const { shapes } = resolveOverlaps(
    all.map(({ shape }) => shape),
    pixelRule === "ours" ? "first" : "last",
  );
  return all.flatMap((object, i) => {
    const shape = shapes[i] ?? null;
    return shape === null ? [] : [{ ...object, shape }];
  });
}

/** Clusters after joining those whose objects lie on each other; `null` when none do. */
function joinTouching(clusters: readonly Cluster[], settled: readonly Settled[]): Cluster[] | null {
  const placed = settled.flatMap((objects, cluster) =>
    (objects ?? []).map((object) => ({ object, cluster })),
  );
  const grid = createShapeGrid(placed, ({ object }) => object.shape);
  const parent = clusters.map((_, i) => i);
  const rootOf = (i: number): number => {
    let at = i;
    while (parent[at] !== at) at = parent[at] as number;
    return at;
  };
  let found = false;
  for (const { object, cluster } of placed) {
    for (const other of grid.near(object.shape)) {
      if (other.cluster === cluster || !shapesOverlap(other.object.shape, object.shape)) continue;
      found = true;
      parent[Math.max(rootOf(cluster), rootOf(other.cluster))] = Math.min(
        rootOf(cluster),
        rootOf(other.cluster),
      );
    }
  }
  if (!found) return null;
  const members = Map.groupBy(clusters.keys(), rootOf);
  return [...members.values()].map((indexes) => ({
    groups: indexes.flatMap((i) => (clusters[i] as Cluster).groups),
    touching: indexes.length > 1 || (clusters[indexes[0] as number] as Cluster).touching,
  }));
}

function finish(
  unchanged: readonly VersionObject[],
  clusters: readonly Cluster[],
  settled: readonly Settled[],
): Pick<MergeResult, "objects" | "conflicts"> {
  const objects = new Map(unchanged.map((object) => [object.id, object]));
  const conflicts: MergeConflict[] = [];
  clusters.forEach(({ groups, touching }, i) => {
    const kept = settled[i] ?? null;
    for (const object of kept ?? groups.flatMap(({ ours }) => ours)) objects.set(object.id, object);
    if (kept === null) conflicts.push(conflictOf(groups, touching));
  });
  const first = ({ base, ours, theirs }: MergeConflict): VersionObject =>
    [...base, ...ours, ...theirs].sort(comparePlaces)[0] as VersionObject;
  conflicts.sort((a, b) => comparePlaces(first(a), first(b)));
  return { objects, conflicts };
}
