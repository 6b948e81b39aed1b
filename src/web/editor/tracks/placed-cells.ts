/** Living objects of a layer with their places, for everything that speaks of tracks. Each shape is measured once. */

import type { PlacedCell } from "#core/cell-tracks/index.ts";
import { measureCentre, type ObjectShape } from "#core/labels/index.ts";
import type { LayerModel } from "../session/layer-model.ts";

type Measured = Pick<PlacedCell, "t" | "y" | "x" | "area" | "atEdge">;

/** Shapes never change: what was measured of one holds as long as it lives. */
const known = new WeakMap<ObjectShape, Measured>();

function measured(shape: ObjectShape, height: number, width: number): Measured {
  const found = known.get(shape);
  if (found !== undefined) return found;
  const { areaPx, centroid } = measureCentre(shape);
  const [y0, x0, y1, x1] = shape.bbox;
  const atEdge = y0 <= 0 || x0 <= 0 || y1 >= height || x1 >= width;
  const made = { t: shape.t, ...centroid, area: areaPx, atEdge };
  known.set(shape, made);
  return made;
}

/** Cost: O(objects), and once per shape its rows. */
export function* placedCells(model: LayerModel): Generator<PlacedCell> {
  const { height, width } = model.canvas;
  for (const [uid, shape] of model.everyShape()) {
    yield { uid, ...measured(shape, height, width), label: model.knownOf(uid)?.label ?? null };
  }
}
