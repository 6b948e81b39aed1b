/**
 * Which group trains, validates, tests.
 *
 * A group (donor, plate, slide …) stays together, and once it has a role it keeps it for ever: that is what makes
 * scores of different dataset versions comparable. New groups go to the role that lacks most of its share of weight.
 * The result depends on the set of groups and the seed only, not on their order.
 */

import { assert } from "../errors.ts";
import { rng } from "../rng.ts";

export const splitRoles = ["train", "validation", "test"] as const;

export type SplitRole = (typeof splitRoles)[number];

export interface SplitGroup {
  readonly key: string;
  /** Size of the group, above 0: images or objects. */
  readonly weight: number;
}

export interface GroupSplitOptions {
  /** Share of weight for validation; default 0.15. */
  readonly validation?: number;
  /** Share of weight for test; default 0.15. */
  readonly test?: number;
  readonly seed: number | string;
  /** Roles given before; kept whatever the shares. */
  readonly fixed?: ReadonlyMap<string, SplitRole>;
}

/**
 * Gives every group a role.
 *
 * Larger groups choose first (a late large one would overshoot), groups of like size in an order drawn from the seed
 * and the key, so that another seed gives another split. Each goes to the role with the largest deficit relative to its target. When at least three groups exist,
 * free groups fill an empty role first, as far as free groups last.
 *
 * @throws Error `internal:` for shares outside 0..1, weights not above 0 or a key given twice. Cost: O(n log n).
 */
export function assignGroupSplit(
  groups: readonly SplitGroup[],
  options: GroupSplitOptions,
): Map<string, SplitRole> {
  const { validation = 0.15, test = 0.15, seed, fixed = new Map<string, SplitRole>() } = options;
  assert(
    validation >= 0 && test >= 0 && validation + test < 1,
    "shares must be at least 0 and leave some for train",
  );
  assert(new Set(groups.map(({ key }) => key)).size === groups.length, "a group was given twice");
  assert(
    groups.every(({ weight }) => Number.isFinite(weight) && weight > 0),
    "weights must be above 0",
  );

  const shares: Record<SplitRole, number> = { train: 1 - validation - test, validation, test };
  const held: Record<SplitRole, number> = { train: 0, validation: 0, test: 0 };
  const count: Record<SplitRole, number> = { train: 0, validation: 0, test: 0 };
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  const result = new Map<string, SplitRole>();
  const give = (group: SplitGroup, role: SplitRole): void => {
    result.set(group.key, role);
    held[role] += group.weight;
    count[role]++;
  };

  const free: { readonly group: SplitGroup; readonly rank: number }[] = [];
  for (const group of groups) {
    const role = fixed.get(group.key);
    if (role !== undefined) give(group, role);
    else free.push({ group, rank: rng(seed, "group split", group.key).next() });
  }
  free.sort(
    (a, b) =>
      sizeClass(b.group) - sizeClass(a.group) || a.rank - b.rank || (a.group.key < b.group.key ? -1 : 1),
  );

  const wanted = splitRoles.filter((role) => shares[role] > 0);
  free.forEach(({ group }, position) => {
    const empty = wanted.filter((role) => count[role] === 0);
    const left = free.length - position;
    const mustFill = groups.length >= 3 && left <= empty.length;
    const candidates = mustFill ? empty : wanted;
    give(group, neediest(candidates, shares, held, total));
  });
  // In the order of the groups, not of the choice, so that the seed shows in roles only.
  return new Map(groups.map(({ key }) => [key, result.get(key) as SplitRole]));
}

/** Like size: within a factor of two. Finer classes would leave the seed nothing to choose. */
function sizeClass(group: SplitGroup): number {
  return Math.floor(Math.log2(group.weight));
}

/** Role with the largest part of its target weight still missing; ties go to the earlier role. */
function neediest(
  roles: readonly SplitRole[],
  shares: Record<SplitRole, number>,
  held: Record<SplitRole, number>,
  total: number,
): SplitRole {
  let best = roles[0] ?? "train";
  let bestDeficit = -Infinity;
  for (const role of roles) {
    const deficit = shares[role] * total - held[role];
    if (deficit > bestDeficit) {
      best = role;
      bestDeficit = deficit;
    }
  }
  return best;
}
