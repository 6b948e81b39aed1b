/**
 * Distributes groups over bins of given shares, the same way for the same groups and seed, whatever their order.
 *
 * Without strata: largest groups first, each to the bin that lacks most. With strata (organ, platform …): iterative
 * stratification (Sechidis, Tsoumakas, Vlahavas 2011), which deals with the rarest stratum first, so that a tissue of
 * three donors is not left to chance; here on whole groups with weights, of which a group may hold several strata.
 */

import { assert } from "../errors.ts";
import { rng } from "../rng.ts";

export interface BinGroup {
  readonly key: string;
  /** Size of the group, above 0: images or objects. */
  readonly weight: number;
  /** Part of the weight in each stratum, such as `{"organ=lung": 12}`. */
  readonly strata?: Readonly<Record<string, number>> | undefined;
}

export interface BinOptions {
  /** Share of weight for each bin; the sum is 1. */
  readonly shares: readonly number[];
  /** Seed and the name of its stream. */
  readonly seed: number | string;
  readonly stream: string;
  /** Bins given before; kept whatever the shares. */
  readonly fixed?: ReadonlyMap<string, number>;
}

interface Table {
  readonly shares: readonly number[];
  readonly total: number;
  readonly held: number[];
  readonly count: number[];
  readonly strata: ReadonlyMap<string, { total: number; readonly held: number[] }>;
  readonly result: Map<string, number>;
}

interface Free {
  readonly group: BinGroup;
  readonly rank: number;
}

/**
 * A bin for every group, in the order of the groups. When there are at least as many groups as bins, no bin with a
 * share stays empty, as far as free groups last.
 *
 * @throws Error `internal:` for weights not above 0 or a key given twice. Cost: O(n log n), with strata O(n strata).
 */
export function assignBins(groups: readonly BinGroup[], options: BinOptions): Map<string, number> {
  assert(new Set(groups.map(({ key }) => key)).size === groups.length, "a group was given twice");
  assert(
    groups.every(({ weight }) => Number.isFinite(weight) && weight > 0),
    "weights must be above 0",
  );
  const table = makeTable(groups, options.shares);
  const free: Free[] = [];
  for (const group of groups) {
    const bin = options.fixed?.get(group.key);
    if (bin !== undefined) give(table, group, bin);
    else free.push({ group, rank: rng(options.seed, options.stream, group.key).next() });
  }
  free.sort(
    (a, b) =>
      sizeClass(b.group) - sizeClass(a.group) || a.rank - b.rank || (a.group.key < b.group.key ? -1 : 1),
  );
  const wanted = options.shares.flatMap((share, bin) => (share > 0 ? [bin] : []));
  const ordered = table.strata.size === 0 ? free : byRarestStratum(free);
  ordered.forEach(({ group, stratum }: Free & { readonly stratum?: string }, position) => {
    const empty = wanted.filter((bin) => table.count[bin] === 0);
    const mustFill = groups.length >= wanted.length && ordered.length - position <= empty.length;
    give(table, group, neediest(table, mustFill ? empty : wanted, stratum));
  });
  // In the order of the groups, not of the choice, so that the seed shows in bins only.
  return new Map(groups.map(({ key }) => [key, table.result.get(key) as number]));
}

function makeTable(groups: readonly BinGroup[], shares: readonly number[]): Table {
  const zeros = (): number[] => shares.map(() => 0);
  const strata = new Map<string, { total: number; readonly held: number[] }>();
  for (const { strata: parts = {} } of groups) {
    for (const [name, weight] of Object.entries(parts)) {
      const entry = strata.get(name) ?? { total: 0, held: zeros() };
      entry.total += weight;
      strata.set(name, entry);
    }
  }
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  return { shares, total, held: zeros(), count: zeros(), strata, result: new Map() };
}

function give(table: Table, group: BinGroup, bin: number): void {
  table.result.set(group.key, bin);
  table.held[bin] = (table.held[bin] as number) + group.weight;
  table.count[bin] = (table.count[bin] as number) + 1;
  for (const [name, weight] of Object.entries(group.strata ?? {})) {
    const held = table.strata.get(name)?.held;
    if (held !== undefined) held[bin] = (held[bin] as number) + weight;
  }
}

/** Like size: within a factor of two. Finer classes would leave the seed nothing to choose. */
function sizeClass(group: BinGroup): number {
  return Math.floor(Math.log2(group.weight));
}

/** Free groups with the stratum they are dealt with for: that of fewest groups left first. */
function byRarestStratum(free: readonly Free[]): (Free & { readonly stratum: string })[] {
  const members = new Map<string, Set<Free>>();
  for (const one of free) {
    for (const name of Object.keys(one.group.strata ?? {})) {
      const set = members.get(name);
      if (set === undefined) members.set(name, new Set([one]));
      else set.add(one);
    }
  }
  const ordered: (Free & { readonly stratum: string })[] = [];
  const taken = new Set<Free>();
  while (members.size > 0) {
    const [rarest] = [...members].sort((a, b) => a[1].size - b[1].size || (a[0] < b[0] ? -1 : 1));
    const [stratum, set] = rarest as [string, Set<Free>];
    for (const one of set) {
      taken.add(one);
      ordered.push({ ...one, stratum });
      for (const name of Object.keys(one.group.strata ?? {}))
        if (name !== stratum) members.get(name)?.delete(one);
    }
    members.delete(stratum);
    for (const [name, left] of members) if (left.size === 0) members.delete(name);
  }
  return [...ordered, ...free.filter((one) => !taken.has(one)).map((one) => ({ ...one, stratum: "" }))];
}

/** Bin with the largest part of its target still missing, of the stratum first; ties go to the earlier bin. */
function neediest(table: Table, bins: readonly number[], stratum?: string): number {
  const entry = stratum === undefined ? undefined : table.strata.get(stratum);
  const overall = (bin: number): number =>
    (table.shares[bin] as number) * table.total - (table.held[bin] as number);
  const inStratum = (bin: number): number =>
    entry === undefined ? 0 : (table.shares[bin] as number) * entry.total - (entry.held[bin] as number);
  let best = bins[0] ?? 0;
  for (const bin of bins.slice(1)) {
    const gain = inStratum(bin) - inStratum(best);
    if (gain > 1e-9 || (Math.abs(gain) <= 1e-9 && overall(bin) > overall(best))) best = bin;
  }
  return best;
}
