/**
 * Mends what needs no judgement, as changes of an edit: a person sees them before, and undo takes them back.
 *
 * Only the objects of the finding change, and no pixel of another object is ever taken.
 */

import type { ObjectChange } from "../edits/index.ts";
import { assert } from "../errors.ts";
import {
  forEachRun,
  type ObjectShape,
  objectShapeFromMask,
  resolveOverlaps,
  shapeArea,
  shapeContains,
} from "../labels/index.ts";
import { type CheckedObject, fragmentPxMax } from "./check-objects.ts";
import { objectFaults } from "./object-faults.ts";
import { type CheckFinding, checkRules, type Fix } from "./rule.ts";

export interface MendOptions {
  /** Names the objects that are born when pieces become cells of their own. */
  readonly newUid: () => string;
}

/**
 * Changes that mend a finding; none when the layer has moved on and there is nothing to mend any more.
 *
 * - `fillHoles`: background inside becomes part of the cell.
 * - `deleteFragments`: pieces below 10 pixels go.
 * - `separatePieces`: the largest piece stays the cell, other pieces of 10 pixels or more become cells, specks go.
 * - `takeSharedPixels`: shared pixels stay with the first of the two.
 * - `dropDuplicate`: the smaller of the two goes.
 *
 * @param objects  all objects of the layer in that frame and plane.
 * @throws Error `internal:` for a rule without a fix. Cost: O(box) of the objects of the finding.
 */
export function mendFinding(
  finding: CheckFinding,
  objects: ReadonlyMap<string, ObjectShape>,
  options: MendOptions,
): ObjectChange[] {
  const { fix } = checkRules[finding.rule];
  assert(fix !== null, `the rule ${finding.rule} has no fix`);
  const found = finding.uids.flatMap((uid): CheckedObject[] => {
    const shape = objects.get(uid);
    return shape === undefined ? [] : [{ uid, shape }];
  });
  if (found.length < finding.uids.length) return [];
  return mends[fix](found, objects, options);
}

type Mend = (
  found: readonly CheckedObject[],
  objects: ReadonlyMap<string, ObjectShape>,
  options: MendOptions,
) => ObjectChange[];

const mends: Readonly<Record<Fix, Mend>> = {
  fillHoles([one], objects) {
    if (one === undefined) return [];
    const { holes } = objectFaults(one.shape, takenBy(one.uid, objects));
    return holes.length === 0
      ? []
      : [{ uid: one.uid, before: one.shape, after: unite([one.shape, ...holes]) }];
  },

  deleteFragments([one]) {
    if (one === undefined) return [];
    const { pieces } = objectFaults(one.shape, () => false);
    const kept = pieces.filter((piece, i) => i === 0 || shapeArea(piece) >= fragmentPxMax);
    return kept.length === pieces.length ? [] : [{ uid: one.uid, before: one.shape, after: unite(kept) }];
  },

  separatePieces([one], _objects, { newUid }) {
    if (one === undefined) return [];
    const [main, ...others] = objectFaults(one.shape, () => false).pieces;
    if (main === undefined || others.length === 0) return [];
    return [
      { uid: one.uid, before: one.shape, after: main },
      ...others
        .filter((piece) => shapeArea(piece) >= fragmentPxMax)
        .map((piece) => ({ uid: newUid(), before: null, after: piece })),
    ];
  },

  takeSharedPixels([first, second]) {
    if (first === undefined || second === undefined) return [];
    const { shapes, movedPixels } = resolveOverlaps([first.shape, second.shape], "first");
    return movedPixels === 0 ? [] : [{ uid: second.uid, before: second.shape, after: shapes[1] ?? null }];
  },

  dropDuplicate([first, second]) {
    if (first === undefined || second === undefined) return [];
    const smaller = shapeArea(first.shape) < shapeArea(second.shape) ? first : second;
    return [{ uid: smaller.uid, before: smaller.shape, after: null }];
  },
};

function takenBy(uid: string, objects: ReadonlyMap<string, ObjectShape>) {
  return (y: number, x: number): boolean => {
    for (const [other, shape] of objects) if (other !== uid && shapeContains(shape, y, x)) return true;
    return false;
  };
}

/** One shape of several of the same frame and plane. */
function unite(shapes: readonly ObjectShape[]): ObjectShape {
  const [first] = shapes;
  assert(first !== undefined, "there is nothing to unite");
  const y0 = Math.min(...shapes.map(({ bbox }) => bbox[0]));
  const x0 = Math.min(...shapes.map(({ bbox }) => bbox[1]));
  const height = Math.max(...shapes.map(({ bbox }) => bbox[2])) - y0;
  const width = Math.max(...shapes.map(({ bbox }) => bbox[3])) - x0;
  const data = new Uint8Array(height * width);
  for (const shape of shapes) {
    forEachRun(shape, (y, from, to) =>
      data.fill(1, (y - y0) * width + from - x0, (y - y0) * width + to - x0),
    );
  }
  const mask = { dtype: "uint8" as const, height, width, data };
  return objectShapeFromMask(mask, { t: first.t, z: first.z, y: y0, x: x0 }) as ObjectShape;
}
