/**
 * Object shapes of a label image that comes in bands of rows and is never there as a whole.
 *
 * An object is packed as soon as a band passes without it, so memory holds the objects under the band as runs and the
 * others as bits. One that shows up again, or turns out to be a part of another, is put together at the end.
 */

import type { LabelImage } from "../array/index.ts";
import { assert } from "../errors.ts";
import { setBitsInPlace } from "./bits.ts";
import { forEachRun, type ObjectShape, type PlanePosition } from "./object-shape.ts";
import { objectRuns } from "./row-runs.ts";

export interface ShapeCollector {
  /** @param labels  int32, full rows that follow the last ones; values up to 0 are background. Cost: O(pixels). */
  add(labels: LabelImage): void;
  /**
   * Shapes by label in ascending order; with `joins`, parts under the label they belong to, as `joinLabelsInPlace` would
   * leave it. Call once.
   */
  finish(joins?: ReadonlyMap<number, number>): Map<number, ObjectShape>;
}

/** Runs of an object under the band: row, x0, x1 each. */
interface OpenObject {
  readonly runs: number[];
  lastBand: number;
}

export function createShapeCollector(position: PlanePosition = {}): ShapeCollector {
  const { t = 0, z = 0 } = position;
  const open = new Map<number, OpenObject>();
  const parts = new Map<number, ObjectShape[]>();
  let [y0, band] = [0, 0];
  const close = (label: number, { runs }: OpenObject): void => {
    const list = parts.get(label);
    const shape = shapeOfRuns(runs, t, z);
    if (list === undefined) parts.set(label, [shape]);
    else list.push(shape);
  };
  return {
    add(labels) {
      band++;
      const { runs, values } = objectRuns(labels);
      for (let r = 0; r < values.length; r++) {
        const label = values[r] as number;
        if (label <= 0) continue;
        const object = open.get(label) ?? { runs: [], lastBand: band };
        open.set(label, object);
        object.lastBand = band;
        object.runs.push(y0 + (runs[3 * r] as number), runs[3 * r + 1] as number, runs[3 * r + 2] as number);
      }
      for (const [label, object] of open) {
        if (object.lastBand === band) continue;
        close(label, object);
        open.delete(label);
      }
      y0 += labels.height;
    },
    finish(joins = new Map()) {
      for (const [label, object] of open) close(label, object);
      open.clear();
      const joined = new Map<number, ObjectShape[]>();
      for (const [label, list] of parts) {
        const to = joins.get(label) ?? label;
        joined.set(to, [...(joined.get(to) ?? []), ...list]);
      }
      const labels = [...joined.keys()].sort((a, b) => a - b);
      return new Map(labels.map((label) => [label, unionOf(joined.get(label) as ObjectShape[])]));
    },
  };
}

/** @param runs  in scan order. */
function shapeOfRuns(runs: readonly number[], t: number, z: number): ObjectShape {
  assert(runs.length > 0, "an object has pixels");
  let [left, right] = [Number.POSITIVE_INFINITY, 0];
  for (let i = 0; i < runs.length; i += 3) {
    left = Math.min(left, runs[i + 1] as number);
    right = Math.max(right, runs[i + 2] as number);
  }
  const top = runs[0] as number;
  const bottom = (runs[runs.length - 3] as number) + 1;
  const bits = emptyBits(bottom - top, right - left);
  for (let i = 0; i < runs.length; i += 3) {
    const row = ((runs[i] as number) - top) * (right - left) - left;
    setBitsInPlace(bits, row + (runs[i + 1] as number), row + (runs[i + 2] as number));
  }
  return { t, z, bbox: [top, left, bottom, right], bits };
}

const emptyBits = (height: number, width: number): Uint8Array => new Uint8Array((height * width + 7) >> 3);

function unionOf(parts: readonly ObjectShape[]): ObjectShape {
  const first = parts[0] as ObjectShape;
  if (parts.length === 1) return first;
  const side = (axis: 0 | 1 | 2 | 3, pick: (...values: number[]) => number): number =>
    pick(...parts.map(({ bbox }) => bbox[axis]));
  const [top, left, bottom, right] = [
    side(0, Math.min),
    side(1, Math.min),
    side(2, Math.max),
    side(3, Math.max),
  ];
  const bits = emptyBits(bottom - top, right - left);
  for (const part of parts) {
    forEachRun(part, (y, x0, x1) => {
      const row = (y - top) * (right - left) - left;
      setBitsInPlace(bits, row + x0, row + x1);
    });
  }
  return { ...first, bbox: [top, left, bottom, right], bits };
}
