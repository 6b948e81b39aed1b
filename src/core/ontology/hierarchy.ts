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

/**
 * Terms that stand above themselves, with one way round. Empty for a sound vocabulary.
 *
 * First everything is taken away that has no parents left; in a sound vocabulary nothing remains, and only what remains
 * is walked. Linear.
 */
export function findCycles(terms: ReadonlyMap<string, Term>): readonly (readonly string[])[] {
  const left = new Map<string, number>();
  const below = childrenOf(terms);
  const free: string[] = [];
  for (const term of terms.values()) {
    const parents = new Set(term.parents.map(({ curie }) => curie).filter((curie) => terms.has(curie)));
    left.set(term.curie, parents.size);
    if (parents.size === 0) free.push(term.curie);
  }
  for (let next = free.pop(); next !== undefined; next = free.pop()) {
    left.delete(next);
    for (const child of below.get(next) ?? []) {
      const count = (left.get(child) ?? 0) - 1;
      left.set(child, count);
      if (count === 0) free.push(child);
    }
  }
  return cyclesAmong(left.keys(), (curie) =>
    (terms.get(curie)?.parents ?? []).map((parent) => parent.curie).filter((parent) => left.has(parent)),
  );
}

/** Depth first, with a list instead of the stack; a step back onto the path closes a cycle. */
function cyclesAmong(
  starts: Iterable<string>,
  above: (curie: string) => readonly string[],
): readonly (readonly string[])[] {
  const done = new Set<string>();
  const cycles: string[][] = [];
  for (const start of starts) {
    const path: string[] = [];
    const onPath = new Set<string>();
    const stack: { readonly curie: string; readonly leave: boolean }[] = [{ curie: start, leave: false }];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const { curie, leave } = top;
      if (leave) {
        path.pop();
        onPath.delete(curie);
        done.add(curie);
      } else if (onPath.has(curie)) {
        cycles.push([...path.slice(path.indexOf(curie)), curie]);
      } else if (!done.has(curie)) {
        path.push(curie);
        onPath.add(curie);
        stack.push(
          { curie, leave: true },
          ...above(curie).map((parent) => ({ curie: parent, leave: false })),
        );
      }
    }
  }
  return cycles;
}
