/** Checks of an image against the others of its group: no cells at all, or an unusual number of them. */

import { counted, median } from "./check-objects.ts";
import type { CheckFinding } from "./rule.ts";

export interface SiblingImage {
  readonly id: string;
  readonly group: string;
  readonly cellCount: number;
  /** Pixels of one plane. */
  readonly areaPx: number;
  /** Whether every cell is labelled; others are left out. */
  readonly exhaustive: boolean;
}

/** Fewer images say nothing about what is usual. */
const siblingsMin = 8;

/** Robust z-score (Iglewicz and Hoaglin 1993 advise 3.5); counts of cells have long tails, so more is asked. */
const outlierMin = 5;

/** Makes the median absolute deviation comparable to a standard deviation. */
const madScale = 1.4826;

/** @returns findings by id of the image; images without any are left out. Cost: O(n log n). */
export function checkSiblings(images: readonly SiblingImage[]): Map<string, CheckFinding[]> {
  const found = new Map<string, CheckFinding[]>();
  const add = (id: string, finding: CheckFinding): void => {
    found.set(id, [...(found.get(id) ?? []), finding]);
  };
  const complete = images.filter(({ exhaustive }) => exhaustive);
  for (const { id, cellCount } of complete) {
    if (cellCount === 0) add(id, { rule: "layerEmpty", uids: [], value: 1, detail: "0 cells" });
  }
  for (const [, members] of Map.groupBy(complete, ({ group }) => group)) {
    if (members.length < siblingsMin) continue;
    // On a log scale, twice as many and half as many are equally unusual.
    const densities = members.map(({ cellCount, areaPx }) => Math.log((cellCount + 1) / areaPx));
    const centre = median(densities);
    const spread = madScale * median(densities.map((density) => Math.abs(density - centre)));
    if (spread === 0) continue;
    members.forEach(({ id, cellCount, areaPx }, i) => {
      const score = Math.abs((densities[i] as number) - centre) / spread;
      if (cellCount === 0 || score < outlierMin) return;
      const usual = Math.max(0, Math.round(Math.exp(centre) * areaPx - 1));
      add(id, {
        rule: "densityOutlier",
        uids: [],
        value: score,
        detail: `${counted(cellCount, "cell")}; usual for this area: ${usual}`,
      });
    });
  }
  return found;
}
