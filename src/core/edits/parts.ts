/** From one object and a partition of its pixels to the changes of a split. */

import type { ObjectShape } from "../labels/index.ts";
import type { LabelCanvas } from "./canvas.ts";
import type { ObjectChange } from "./operation.ts";
import { type Patch, patchShape } from "./patch.ts";

/** Most parts one split can make; more is no sensible edit. */
export const newPartsMax = 64;

/**
 * The part numbered 1 keeps the uid, part k + 1 gets `newUids[k - 1]`.
 *
 * @param labels  part of each pixel of the patch, 0 outside the object.
 * @returns none with fewer than two parts.
 */
export function changesOfParts(
  canvas: LabelCanvas,
  uid: string,
  before: ObjectShape,
  patch: Patch,
  labels: Int32Array,
  newUids: readonly string[],
): ObjectChange[] {
  const changes: ObjectChange[] = [];
  for (let part = 1; part <= newUids.length + 1; part++) {
    const data = Uint8Array.from(labels, (label) => (label === part ? 1 : 0));
    const after = patchShape(canvas, { ...patch, data });
    if (after === null) continue;
    if (part === 1) changes.push({ uid, before, after });
    else changes.push({ uid: newUids[part - 2] as string, before: null, after });
  }
  return changes.length < 2 ? [] : changes;
}

/** The same parts renumbered from 1 by descending area; equal ones keep their order. Parts without pixels get no number. */
export function largestFirst(labels: Int32Array): Int32Array {
  const areas = new Map<number, number>();
  for (const label of labels) if (label > 0) areas.set(label, (areas.get(label) ?? 0) + 1);
  const order = [...areas].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([label]) => label);
  const rank = new Map(order.map((label, k) => [label, k + 1]));
  return labels.map((label) => rank.get(label) ?? 0);
}
