/** Figures about labels, for a person who looks whether the right thing is imported. */

import type { DecodedItem } from "./decoder/protocol.ts";

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export interface LabelStatistics {
  readonly compartment: string;
  /** "" for the main layer. */
  readonly name: string;
  readonly coverage: readonly string[];
  readonly truth: readonly string[];
  /** Examined images that have this layer. */
  readonly images: number;
  readonly objects: number;
  readonly perImage: Spread;
  /** Pixels of one object. */
  readonly areaPx: Spread;
  /** Images whose layer holds no object: empty fields, or labels that did not match. */
  readonly empty: number;
}

/** One entry per compartment and name. */
export function labelStatistics(items: readonly DecodedItem[]): LabelStatistics[] {
  const layers = items.flatMap(({ layers: list }) => list);
  return [...Map.groupBy(layers, ({ compartment, name }) => `${compartment}\n${name}`).values()].map(
    (members) => {
      const { compartment, name } = members[0] as (typeof members)[number];
      const counts = members.map(({ areas }) => areas.length);
      const areas = members.flatMap((member) => [...member.areas]);
      return {
        compartment,
        name,
        coverage: [...new Set(members.map(({ coverage }) => coverage))],
        truth: [...new Set(members.map(({ truth }) => truth))],
        images: members.length,
        objects: areas.length,
        perImage: spreadOf(counts),
        areaPx: spreadOf(areas),
        empty: counts.filter((count) => count === 0).length,
      };
    },
  );
}

/** Zeros for an empty list. The median of an even number is the mean of the two in the middle. */
function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) return { min: 0, median: 0, max: 0 };
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
  return { min: sorted[0] as number, median, max: sorted.at(-1) as number };
}
