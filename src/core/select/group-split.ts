/**
 * Which group trains, validates, tests.
 *
 * A group (donor, plate, slide …) stays together, and once it has a role it keeps it for ever: that is what makes
 * scores of different dataset versions comparable. New groups go to the role that lacks most of its share of weight.
 * The result depends on the set of groups and the seed only, not on their order.
 */

import { assert } from "../errors.ts";
import { assignBins, type BinGroup } from "./assign-bins.ts";

export const splitRoles = ["train", "validation", "test"] as const;

export type SplitRole = (typeof splitRoles)[number];

export type SplitGroup = BinGroup;

export interface GroupSplitOptions {
  /** Share of weight for validation; default 0.15. */
  readonly validation?: number | undefined;
  /** Share of weight for test; default 0.15. */
  readonly test?: number | undefined;
  readonly seed: number | string;
  /** Roles given before; kept whatever the shares. */
  readonly fixed?: ReadonlyMap<string, SplitRole>;
}

/**
 * Gives every group a role.
 *
 * Larger groups choose first (a late large one would overshoot), groups of like size in an order drawn from the seed
 * and the key, so that another seed gives another split. Groups with strata are dealt with by rarest stratum first.
 * When at least three groups exist, free groups fill an empty role first, as far as free groups last.
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
  const known = new Map([...fixed].map(([key, role]) => [key, splitRoles.indexOf(role)]));
  const bins = assignBins(groups, {
    shares: [1 - validation - test, validation, test],
    seed,
    stream: "group split",
    fixed: known,
  });
  return new Map([...bins].map(([key, bin]) => [key, splitRoles[bin] as SplitRole]));
}
