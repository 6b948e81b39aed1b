/**
 * Which nucleus belongs to which cell, for two layers that people draw apart.
 *
 * The rule is that of `nestNuclei`: a nucleus belongs to the cell with which it shares most pixels, when at least a given
 * share of it lies there. Here nothing is moved to make it fit: what does not fit is what a person wants to see.
 */

import { type ObjectShape, shapeArea } from "./object-shape.ts";
import { createShapeGrid } from "./shape-grid.ts";
import { sharedPixels } from "./shared-pixels.ts";

export interface NucleusHomes {
  /** Cell of each nucleus by uid; null for one outside any cell. */
  readonly cellOf: ReadonlyMap<string, string | null>;
  /** Nuclei of each cell that has any, in order of their uids. */
  readonly nucleiOf: ReadonlyMap<string, readonly string[]>;
  /** Nuclei outside any cell, in scan order. */
  readonly outside: readonly string[];
  /** Cells without a nucleus, in scan order. */
  readonly empty: readonly string[];
  /** Cells with more than one nucleus, in scan order. */
  readonly crowded: readonly string[];
}

/**
 * @param insideMin  share of its pixels by which a nucleus must lie in a cell to belong to it, 0..1; default 0.5.
 * Cost: O(nuclei x cells whose boxes they meet). Of equal overlaps the smaller uid.
 */
export function findNucleusHomes(
  nuclei: ReadonlyMap<string, ObjectShape>,
  cells: ReadonlyMap<string, ObjectShape>,
  insideMin = 0.5,
): NucleusHomes {
  const grid = createShapeGrid([...cells], ([, shape]) => shape);
  const cellOf = new Map<string, string | null>();
  const nucleiOf = new Map<string, string[]>();
  for (const [nucleus, shape] of nuclei) {
    let home: string | null = null;
    let most = 0;
    for (const [cell, around] of grid.near(shape)) {
      const shared = sharedPixels(shape, around);
      if (shared > most || (shared === most && home !== null && cell < home)) [home, most] = [cell, shared];
    }
    const held = home !== null && most >= insideMin * shapeArea(shape) ? home : null;
    cellOf.set(nucleus, held);
    if (held === null) continue;
    const others = nucleiOf.get(held);
    if (others === undefined) nucleiOf.set(held, [nucleus]);
    else others.push(nucleus);
  }
  for (const uids of nucleiOf.values()) uids.sort();
  const inScanOrder = (uids: string[], shapes: ReadonlyMap<string, ObjectShape>): string[] =>
    uids.sort((a, b) => placeOrder(shapes.get(a) as ObjectShape, shapes.get(b) as ObjectShape));
  const withNuclei = (count: (found: number) => boolean): string[] =>
    inScanOrder(
      [...cells.keys()].filter((uid) => count(nucleiOf.get(uid)?.length ?? 0)),
      cells,
    );
  return {
    cellOf,
    nucleiOf,
    outside: inScanOrder(
      [...nuclei.keys()].filter((uid) => cellOf.get(uid) === null),
      nuclei,
    ),
    empty: withNuclei((found) => found === 0),
    crowded: withNuclei((found) => found > 1),
  };
}

const placeOrder = (a: ObjectShape, b: ObjectShape): number =>
  a.t - b.t || a.z - b.z || a.bbox[0] - b.bbox[0] || a.bbox[1] - b.bbox[1];
