/**
 * The things that an error count counts: one outcome for each split cell, merging prediction, knot …
 *
 * A split is one reference with its fragments, a merge one prediction with the cells it swallowed, a catastrophe one
 * group, shown by its first reference. So the list behind a bar is as long as the bar says.
 */

import type { ErrorClass, ObjectOutcome } from "./object-outcomes.ts";

/** In order of label. Cost: O(outcomes). */
export function errorUnits<T extends ObjectOutcome>(outcomes: readonly T[], name: ErrorClass): T[] {
  const side = name === "gained" || name === "merge" ? "predicted" : "reference";
  const members = outcomes.filter((one) => one.class === name && one.side === side);
  if (name !== "catastrophe") return members;
  const seen = new Set<number>();
  return members.filter(({ partners }) => {
    const group = partners[0] as number;
    return !seen.has(group) && seen.add(group);
  });
}
