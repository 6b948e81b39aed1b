/** What carrying cells to other planes asks of the layer. */

import type { CarryGround } from "../model/carry.ts";
import type { PlaneCounts } from "../model/planes.ts";
import type { LayerModel } from "./layer-model.ts";

/** @returns null where the image has one plane only. */
export function carryGround(
  model: LayerModel,
  counts: PlaneCounts,
): Omit<CarryGround, "newUid" | "mode"> | null {
  if (counts.t * counts.z === 1) return null;
  return {
    counts,
    scratchAt: (plane) => model.scratchAt(plane),
    origins: model.origins,
    lives: (uid) => model.has(uid),
    frameOf: (uid) => model.planeOf(uid)?.t,
    mateOf: (uid, plane) => model.mateOf(uid, plane),
  };
}
