/**
 * The order of doubt, and how it stays put while the cells change under it.
 *
 * A queue that re-sorts itself after every edit shows a person things twice and makes them lose their place. So the order
 * is made once; edits take away what is gone and put what is new where its doubt belongs among what is still to come.
 */

import {
  type DoubtItem,
  type DoubtReason,
  type DoubtSubject,
  doubtKey,
  doubtOf,
  type RuleChances,
} from "./doubt-of.ts";

export interface DoubtEntry {
  readonly key: string;
  readonly subject: DoubtSubject;
  readonly doubt: number;
  readonly reasons: readonly DoubtReason[];
  readonly unusual: number;
}

/**
 * Entries by doubt, greatest first; equal ones by how unusual they are, then by key, so that the order does not depend
 * on how the items arrive. Of two items of one subject the later counts.
 *
 * Cost: O(n log n).
 */
export function orderByDoubt(items: Iterable<DoubtItem>, chances: RuleChances = {}): DoubtEntry[] {
  const entries = new Map<string, DoubtEntry>();
  for (const item of items) {
    const key = doubtKey(item.subject);
    const { doubt, reasons } = doubtOf(item, chances);
    entries.set(key, { key, subject: item.subject, doubt, reasons, unusual: item.unusual ?? 0 });
  }
  return [...entries.values()].sort(byDoubt);
}

function byDoubt(a: DoubtEntry, b: DoubtEntry): number {
  return b.doubt - a.doubt || b.unusual - a.unusual || (a.key < b.key ? -1 : 1);
}

/**
 * The order after edits: known entries keep theirs (with their doubt of now), gone ones leave, new ones join.
 *
 * @param order  the order so far.
 * @param entries  all there are now, as `orderByDoubt` gives them.
 * @param from  key after which new ones may be put in: what lies before has been looked at. `null`: anywhere.
 * @param next  keys that come right after `from` whatever their doubt, in this order: parts of the cell just edited.
 * Cost: O(n log n).
 */
export function refreshOrder(
  order: readonly DoubtEntry[],
  entries: readonly DoubtEntry[],
  from: string | null,
  next: readonly string[] = [],
): DoubtEntry[] {
  const now = new Map(entries.map((entry) => [entry.key, entry]));
  const known = new Set(order.map(({ key }) => key));
  const isNext = new Set(next.filter((key) => now.has(key) && !known.has(key)));
  const born = entries.filter(({ key }) => !known.has(key) && !isNext.has(key)).sort(byDoubt);
  const parts = [...isNext].map((key) => now.get(key) as DoubtEntry);
  // Where `from` is gone, its place counts.
  const place = from === null ? 0 : order.findIndex(({ key }) => key === from) + 1;
  const kept = (list: readonly DoubtEntry[]): DoubtEntry[] =>
    list.flatMap(({ key }) => {
      const entry = now.get(key);
      return entry === undefined ? [] : [entry];
    });
  return [...kept(order.slice(0, place)), ...parts, ...mergeByDoubt(kept(order.slice(place)), born)];
}

/** Puts sorted new entries into a list that keeps its own order: each before the first one it is more doubtful than. */
function mergeByDoubt(list: readonly DoubtEntry[], born: readonly DoubtEntry[]): DoubtEntry[] {
  const out: DoubtEntry[] = [];
  let at = 0;
  for (const entry of list) {
    while (at < born.length && byDoubt(born[at] as DoubtEntry, entry) < 0) out.push(born[at++] as DoubtEntry);
    out.push(entry);
  }
  return [...out, ...born.slice(at)];
}
