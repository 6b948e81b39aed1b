/**
 * Counts of terms rolled up to their ancestors, cut down to what helps to choose.
 *
 * What is counted comes as sets of terms that stand together: of one term where an image has at most one per field, of
 * several for the types of its cells. A set counts once for each ancestor of any of its terms, so that counts are exact
 * also where an ontology joins branches. Shown are the terms that images have and the ancestors at which counts
 * come together; a term with several such ancestors hangs below the most specific one.
 */

import type { Vocabulary } from "#core/ontology/index.ts";

interface TermNode {
  readonly curie: string;
  readonly label: string;
  /** Node it is shown under; null at the top. */
  readonly parent: string | null;
  /** Images and cells of the term and everything below it. */
  readonly images: number;
  readonly cells: number;
  /** Images of the very term. */
  readonly ownImages: number;
}

/** Parents come before their children, larger counts first. */
export type TermTree = readonly TermNode[];

interface Sums {
  images: number;
  cells: number;
  own: number;
}

/** Images and cells that have these terms together. */
export interface TermSet {
  readonly terms: readonly string[];
  readonly images: number;
  readonly cells: number;
}

export function termTree(
  counts: readonly TermSet[],
  vocabulary: Pick<Vocabulary, "term" | "ancestors">,
): TermTree {
  const sums = new Map<string, Sums>();
  const add = (curie: string, images: number, cells: number, own: number): void => {
    const sum = sums.get(curie) ?? { images: 0, cells: 0, own: 0 };
    sum.images += images;
    sum.cells += cells;
    sum.own += own;
    sums.set(curie, sum);
  };
  for (const { terms, images, cells } of counts) {
    const above = new Set(terms.flatMap((curie) => [curie, ...vocabulary.ancestors(curie)]));
    for (const curie of above) add(curie, images, cells, terms.includes(curie) ? images : 0);
  }
  const kept = usefulTerms(sums, vocabulary);
  const nodes = [...kept].map((curie): TermNode => {
    const { images, cells, own } = sums.get(curie) as Sums;
    const label = vocabulary.term(curie)?.label ?? curie;
    return { curie, label, parent: shownParent(curie, kept, vocabulary), images, cells, ownImages: own };
  });
  return inTreeOrder(nodes);
}

/** Terms that images have, and of their ancestors those that join more than any term below them does. */
function usefulTerms(
  sums: ReadonlyMap<string, Sums>,
  vocabulary: Pick<Vocabulary, "ancestors">,
): ReadonlySet<string> {
  const largestBelow = new Map<string, number>();
  for (const [curie, { images }] of sums) {
    for (const ancestor of vocabulary.ancestors(curie)) {
      largestBelow.set(ancestor, Math.max(largestBelow.get(ancestor) ?? 0, images));
    }
  }
  const useful = [...sums].filter(
    ([curie, { images, own }]) => own > 0 || images > (largestBelow.get(curie) ?? 0),
  );
  return new Set(useful.map(([curie]) => curie));
}

function shownParent(
  curie: string,
  kept: ReadonlySet<string>,
  vocabulary: Pick<Vocabulary, "ancestors">,
): string | null {
  const above = vocabulary.ancestors(curie).filter((ancestor) => ancestor !== curie && kept.has(ancestor));
  const covered = new Set(above.flatMap((ancestor) => vocabulary.ancestors(ancestor)));
  return above.find((ancestor) => !covered.has(ancestor)) ?? null;
}

function inTreeOrder(nodes: readonly TermNode[]): TermNode[] {
  const sorted = nodes.toSorted((a, b) => b.images - a.images || (a.label < b.label ? -1 : 1));
  const children = Map.groupBy(sorted, ({ parent }) => parent);
  const walk = (parent: string | null): TermNode[] =>
    (children.get(parent) ?? []).flatMap((node) => [node, ...walk(node.curie)]);
  return walk(null);
}
