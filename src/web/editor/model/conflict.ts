/**
 * Where a refused edit and the cells as they are now do not agree, object by object, and the edit that settles it.
 *
 * A three-way merge (`core/versions`): the base is what the edit believed, one side is what stands there now, the other is
 * what the edit wanted. What only the edit changed is taken; what both changed is for a person to decide. No decision cuts
 * a cell that the edit had nothing to do with.
 */

import type { EditOperation, LabelCanvas, ObjectChange } from "#core/edits/index.ts";
import { type ObjectShape, shapesEqual } from "#core/labels/index.ts";
import {
  type ConflictKind,
  type MergeOptions,
  type MergeResult,
  mergeVersions,
  type VersionObject,
} from "#core/versions/index.ts";
import { freePart } from "./free-part.ts";
import { type PlaneAt, planeOf } from "./planes.ts";

export interface EditConflict {
  /** The same each time it is asked. */
  readonly id: string;
  readonly kind: ConflictKind;
  readonly plane: PlaneAt;
  /** What the edit believed, wanted, and what is there now; each may be empty. */
  readonly before: readonly ObjectShape[];
  readonly mine: readonly ObjectShape[];
  readonly theirs: readonly ObjectShape[];
}

export const conflictChoices = ["mine", "theirs", "both"] as const;
/** "both": theirs stays as it is, mine becomes a cell of its own beside it. */
export type ConflictChoice = (typeof conflictChoices)[number];

type ShapeNow = (uid: string) => ObjectShape | undefined;

/**
 * What has to be decided, in scan order; empty when the edit can be made as far as others leave room.
 *
 * @param overlapAllowed  whether cells of the layer may share pixels.
 */
export function conflictsOf(
  operation: Pick<EditOperation, "changes">,
  shapeNow: ShapeNow,
  overlapAllowed = false,
): EditConflict[] {
  return merge(operation, shapeNow, { overlapAllowed }).conflicts.map(({ id, kind, base, ours, theirs }) => ({
    id,
    kind,
    plane: planeOf(([...base, ...ours, ...theirs][0] as VersionObject).shape),
    before: base.map(({ shape }) => shape),
    mine: theirs.map(({ shape }) => shape),
    theirs: ours.map(({ shape }) => shape),
  }));
}

/**
 * The edit that brings the cells from what they are to what was decided.
 *
 * @param choices  by id of the conflict; what is not decided stays as it is now.
 * @returns empty when nothing is to be done. Cost: O(area) for each plane that is not on the screen.
 */
export function settledChanges(
  operation: Pick<EditOperation, "changes">,
  shapeNow: ShapeNow,
  canvasAt: (plane: PlaneAt) => LabelCanvas,
  choices: ReadonlyMap<string, ConflictChoice>,
  newUid: () => string,
  overlapAllowed = false,
): ObjectChange[] {
  const sides = { mine: "theirs", theirs: "ours", both: "both" } as const;
  const resolutions = new Map([...choices].map(([id, choice]) => [id, sides[choice]]));
  const rule = { overlapAllowed, pixelRule: "ours", newId: newUid } as const;
  const { objects } = merge(operation, shapeNow, { resolutions, ...rule });
  const uids = new Set([...operation.changes.map(({ uid }) => uid), ...objects.keys()]);
  const changes: ObjectChange[] = [];
  for (const uid of uids) {
    const before = shapeNow(uid) ?? null;
    const wanted = objects.get(uid)?.shape ?? null;
    if (before !== null && wanted !== null && shapesEqual(before, wanted)) continue;
    const isWhole = wanted === null || overlapAllowed;
    const after = isWhole ? wanted : roomFor(wanted, canvasAt(planeOf(wanted)), uids);
    if (before === null && after === null) continue;
    if (before !== null && after !== null && shapesEqual(before, after)) continue;
    changes.push({ uid, before, after });
  }
  return changes;
}

/** A shape without the pixels of cells that the edit has nothing to do with. */
function roomFor(shape: ObjectShape, canvas: LabelCanvas, uids: ReadonlySet<string>): ObjectShape | null {
  return freePart(canvas, shape, new Set([0, ...[...uids].map((uid) => canvas.numberOf(uid))]));
}

function merge(
  { changes }: Pick<EditOperation, "changes">,
  shapeNow: ShapeNow,
  options: MergeOptions = {},
): MergeResult {
  const objects = (shapeOf: (change: ObjectChange) => ObjectShape | null | undefined): VersionObject[] =>
    changes.flatMap((change): VersionObject[] => {
      const shape = shapeOf(change) ?? null;
      return shape === null ? [] : [{ id: change.uid, shape }];
    });
  return mergeVersions(
    objects(({ before }) => before),
    objects(({ uid }) => shapeNow(uid)),
    objects(({ after }) => after),
    options,
  );
}
