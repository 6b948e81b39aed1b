/** The types and spots that a refused edit wanted, as changes of what is there now. */

import { sameTypes } from "#core/cell-types/index.ts";
import type { BesideShapes, EditOperation } from "#core/edits/index.ts";
import { sameSpot } from "#core/spots/index.ts";
import type { LayerModel } from "./layer-model.ts";

/** Types of cells that are gone are left out. */
export function rebasedBeside(
  model: Pick<LayerModel, "typesOf" | "beside" | "has">,
  { types = [], spots = [] }: EditOperation,
): BesideShapes {
  const named = types.flatMap(({ uid, after }) => {
    const before = model.typesOf(uid);
    return !model.has(uid) || sameTypes(before, after) ? [] : [{ uid, before, after }];
  });
  const moved = spots.flatMap(({ uid, after }) => {
    const before = model.beside.spots.get(uid) ?? null;
    return sameSpot(before, after) ? [] : [{ uid, before, after }];
  });
  return {
    ...(named.length === 0 ? {} : { types: named }),
    ...(moved.length === 0 ? {} : { spots: moved }),
  };
}
