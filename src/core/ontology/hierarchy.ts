/**
 * The graph of terms: what stands above and below each.
 *
 * Parents that are not in the vocabulary are passed over (an installed release may be filtered by prefix). Walks keep a
 * list of what they have seen, so a cycle, which a merge of releases can make, ends the walk instead of hanging it;
 * `findCycles` names it.
 */
import type { Term } from "./term.ts";

export interface Hierarchy {
  /** Everything above, nearest first, without the term itself. Empty for an unknown CURIE. */
  ancestors(curie: string): readonly string[];
  /** Everything below, nearest first, without the term itself. */
  descendants(curie: string): readonly string[];
  children(curie: string): readonly string[];
}

/** Cost: linear in terms and parents; each walk is linear in what it returns. */
export function buildHierarchy(terms: ReadonlyMap<string, Term>): Hierarchy {
  let below: Map<string, string[]> | undefined;
  const above = (curie: string): string[] =>
    (terms.get(curie)?.parents ?? []).map((parent) => parent.curie).filter((parent) => terms.has(parent));
  const children = (curie: string): readonly string[] => {
    below ??= childrenOf(terms);
    return below.get(curie) ?? [];
  };
  return {
    ancestors: (curie) => walk(curie, above),
    descendants: (curie) => walk(curie, children),
    children,
  };
}

function childrenOf(terms: ReadonlyMap<string, Term>): Map<string, string[]> {
  const below = new Map<string, string[]>();
  for (const term of terms.values()) {
    for (const parent of new Set(term.parents.map(({ curie }) => curie))) {
      const list = below.get(parent);
      if (list === undefined) below.set(parent, [term.curie]);
      else list.push(term.curie);
    }
  }
  return below;
}

function walk(start: string, next: (curie: string) => readonly string[]): string[] {
  const seen = new Set([start]);
  const queue = [start];
  // The queue grows while it is read; that is the breadth-first order.
  for (let i = 0; i < queue.length; i++) {
    for (const curie of next(queue[i] as string)) {
      if (seen.has(curie)) continue;
      seen.add(curie);
      queue.push(curie);
    }
  }
  return queue.slice(1);
}

/** Terms that stand above themselves, with one way round. Empty for a sound vocabulary. Linear. */
export function findCycles(terms: ReadonlyMap<string, Term>): readonly (readonly string[])[] {
  const done = new Set<string>();
  const cycles: string[][] = [];
  for (const start of terms.keys()) {
    if (done.has(start)) continue;
    const path: string[] = [];
    const onPath = new Set<string>();
    const stack: { readonly curie: string; leave: boolean }[] = [{ curie: start, leave: false }];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      if (top.leave) {
        path.pop();
        onPath.delete(top.curie);
        done.add(top.curie);
        continue;
      }
      if (onPath.has(top.curie)) {
        cycles.push([...path.slice(path.indexOf(top.curie)), top.curie]);
        continue;
      }
      if (done.has(top.curie)) continue;
      path.push(top.curie);
      onPath.add(top.curie);
      stack.push({ curie: top.curie, leave: true });
      for (const parent of terms.get(top.curie)?.parents ?? [])
        stack.push({ curie: parent.curie, leave: false });
    }
  }
  return cycles;
}
