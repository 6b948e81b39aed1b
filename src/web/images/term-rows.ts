/** A facet as rows: its tree of terms with the depth of each, then the words that stand for none. Pure. */

import type { CatalogueFacet } from "#api/index.ts";

export interface TreeRow {
  /** Null for a word. */
  readonly curie: string | null;
  readonly name: string;
  readonly depth: number;
  readonly images: number;
  readonly cells: number;
  /** A word of a field with a vocabulary that stands for no term. */
  readonly needsTerm: boolean;
}

/** Deeper trees would leave no room for names. */
const DEPTH_MAX = 4;

export function termRows({ terms, words }: CatalogueFacet): TreeRow[] {
  const depths = new Map<string, number>();
  const nodes = terms.map(({ curie, label, parent, images, cells }): TreeRow => {
    const depth = parent === null ? 0 : (depths.get(parent) ?? 0) + 1;
    depths.set(curie, depth);
    return { curie, name: label, depth: Math.min(depth, DEPTH_MAX), images, cells, needsTerm: false };
  });
  const plain = words.map(({ word, images, cells, state }): TreeRow => {
    return { curie: null, name: word, depth: 0, images, cells, needsTerm: state !== "plain" };
  });
  return [...nodes, ...plain];
}
