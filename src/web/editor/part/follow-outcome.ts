/**
 * What following cells into the next frames comes to: new objects, or links to those that are there already.
 *
 * Rules as for cells that are copied over time (`model/carry.ts`): what is in the other frame stays; where the cell goes on
 * already, following goes on from there; a cell that somebody drew without a link gets the link. All is one edit, shapes and
 * origins together, so that it is taken back together.
 */

import { type ObjectChange, OriginDraft } from "#core/edits/index.ts";
import { type ObjectShape, shapeArea, sharedPixels } from "#core/labels/index.ts";
import type { CarryGround } from "../model/carry.ts";
import type { Outcome } from "../model/gesture.ts";
import { trimToFree } from "./trim-to-free.ts";

export interface FollowedCell {
  readonly key: string;
  readonly shape: ObjectShape;
  /** The object, or by its key the found cell, that it goes on from. */
  readonly from: { readonly cell: string; readonly kind: "link" | "division" };
}

export interface FollowGround
  extends Pick<CarryGround, "scratchAt" | "origins" | "lives" | "frameOf" | "mateOf"> {
  readonly uidAt: (k: number) => string;
  readonly model: string;
}

/** Intersection over union above which a cell that is there already is the one that was found. */
const sameCellIou = 0.5;

const noneGives: ReadonlySet<number> = new Set();

/**
 * @param cells  in order of frames; those of one frame and slice do not overlap.
 * @returns null when nothing would change. Cost: O(area) for each frame, one plane in memory at a time.
 */
export function followOutcome(cells: readonly FollowedCell[], ground: FollowGround): Outcome | null {
  const draft = new OriginDraft(ground.origins, ground.lives);
  const changes: ObjectChange[] = [];
  /** Which object a found cell is. */
  const objects = new Map<string, string>();
  const newFrames = new Map<string, number>();
  const frameOf = (uid: string): number => newFrames.get(uid) ?? ground.frameOf(uid) ?? Infinity;
  const byFrame = [...Map.groupBy(cells, ({ shape }) => shape.t)].sort(([a], [b]) => a - b);
  for (const [t, own] of byFrame) {
    const { z } = (own[0] as FollowedCell).shape;
    const canvas = ground.scratchAt({ t, z });
    for (const { key, shape, from } of own) {
      const parent = objects.get(from.cell) ?? (ground.lives(from.cell) ? from.cell : undefined);
      if (parent === undefined) continue;
      const mate = newFrames.has(parent) ? undefined : ground.mateOf(parent, { t, z });
      if (mate !== undefined && from.kind === "link") {
        objects.set(key, mate);
        continue;
      }
      const there = presentCell(shape, canvas.shapes);
      const isTaken = draft
        .livingChildrenOf(parent)
        .some((child) => frameOf(child) <= t && (from.kind === "link" || !newFrames.has(child)));
      if (there !== null) {
        if (!isTaken && draft.livingOriginOf(there) === null)
          draft.set(there, { uid: parent, kind: from.kind });
        objects.set(key, there);
        continue;
      }
      const after = trimToFree(shape, canvas, noneGives);
      if (after === null) continue;
      const uid = ground.uidAt(changes.length);
      changes.push({ uid, before: null, after });
      newFrames.set(uid, t);
      objects.set(key, uid);
      if (isTaken) continue;
      if (from.kind === "link") draft.insertAfter(parent, uid);
      else draft.set(uid, { uid: parent, kind: "division" });
    }
  }
  const origins = draft.changes();
  if (changes.length + origins.length === 0) return null;
  const selection = changes.map(({ uid }) => uid);
  const tool = `follow ${ground.model}`.slice(0, 64);
  return { kind: "draw", tool, changes, selection, ...(origins.length === 0 ? {} : { origins }) };
}

function presentCell(shape: ObjectShape, present: ReadonlyMap<string, ObjectShape>): string | null {
  const area = shapeArea(shape);
  for (const [uid, other] of present) {
    const shared = sharedPixels(shape, other);
    if (shared > 0 && shared / (area + shapeArea(other) - shared) > sameCellIou) return uid;
  }
  return null;
}
