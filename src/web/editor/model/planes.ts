/**
 * Frames and slices of an image: where one is, how many there are, and which changes lie where.
 *
 * An object lives in one plane (a frame and a slice); an edit may touch several planes at once.
 */

import type { ImageDetail } from "#api/index.ts";
import type { ObjectChange } from "#core/edits/index.ts";
import type { ObjectShape } from "#core/labels/index.ts";

/** Indexes from 0; on the screen and in the address they count from 1. */
export interface PlaneAt {
  readonly t: number;
  readonly z: number;
}

/** How many there are along each axis; 1 where the image has no such axis. */
export type PlaneCounts = PlaneAt;

export type PlaneAxis = "t" | "z";

export const firstPlane: PlaneAt = { t: 0, z: 0 };

export const samePlane = (a: PlaneAt, b: PlaneAt): boolean => a.t === b.t && a.z === b.z;

export const planeKey = ({ t, z }: PlaneAt): string => `${t},${z}`;

export const planeOf = ({ t, z }: Pick<ObjectShape, "t" | "z">): PlaneAt => ({ t, z });

export function planeCounts({ axes, shape }: Pick<ImageDetail, "axes" | "shape">): PlaneCounts {
  const along = (axis: PlaneAxis): number => {
    const position = axes.indexOf(axis);
    return position < 0 ? 1 : (shape[position] ?? 1);
  };
  return { t: along("t"), z: along("z") };
}

/** The nearest plane that the image has. */
export function clampPlane({ t, z }: PlaneAt, counts: PlaneCounts): PlaneAt {
  const within = (at: number, count: number): number => Math.min(count - 1, Math.max(0, Math.round(at)));
  return { t: within(t, counts.t), z: within(z, counts.z) };
}

/** "Frame 4", "slice 2 of frame 4": a plane in words, by the axes the image has. */
export function planeText({ t, z }: PlaneAt, counts: PlaneCounts): string {
  if (counts.t === 1) return `slice ${z + 1}`;
  return counts.z === 1 ? `frame ${t + 1}` : `slice ${z + 1} of frame ${t + 1}`;
}

export interface PlaneChanges {
  readonly plane: PlaneAt;
  readonly changes: readonly ObjectChange[];
}

/** Changes by the plane they lie in; an object that goes to another plane is gone from one and born in the other. */
export function changesByPlane(changes: readonly ObjectChange[]): PlaneChanges[] {
  const parts = new Map<string, { plane: PlaneAt; changes: ObjectChange[] }>();
  const add = (plane: PlaneAt, change: ObjectChange): void => {
    const part = parts.get(planeKey(plane));
    if (part === undefined) parts.set(planeKey(plane), { plane, changes: [change] });
    else part.changes.push(change);
  };
  for (const change of changes) {
    const { uid, before, after } = change;
    if (before !== null && after !== null && !samePlane(before, after)) {
      add(planeOf(before), { uid, before, after: null });
      add(planeOf(after), { uid, before: null, after });
    } else {
      const shape = after ?? before;
      if (shape !== null) add(planeOf(shape), change);
    }
  }
  return [...parts.values()];
}

/** The plane an edit is looked at in: where one is when it changes something there, else that of its first change. */
export function planeOfChanges(changes: readonly ObjectChange[], shown: PlaneAt): PlaneAt {
  const planes = changesByPlane(changes).map(({ plane }) => plane);
  return planes.find((plane) => samePlane(plane, shown)) ?? planes[0] ?? shown;
}
