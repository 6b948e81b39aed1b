/**
 * Cells carried to other frames and slices: copied to one, or interpolated between two.
 *
 * An object lives in one frame and plane, so a copy is a new object; what makes it the same cell is a link. The rule: a cell
 * that has a successor (or predecessor) in the target frame already gives it its shape and needs no new link, any other
 * gets a new uid and a link in the direction of time. Between slices of one frame there are no links; the caller
 * groups the uids.
 */

import { FoundryError } from "../errors.ts";
import { interpolateShapes, shapeCentroid } from "../outline/index.ts";
import type { LabelCanvas } from "./canvas.ts";
import type { ObjectChange } from "./operation.ts";
import { drawShapeInPlace, emptyPatch, type Patch } from "./patch.ts";
import { badInput, requireObject } from "./require-object.ts";
import { type WriteMode, writeObject } from "./write-mode.ts";

/** "Same cell", from the earlier to the later frame. */
export interface CarriedLink {
  readonly from: string;
  readonly to: string;
  readonly kind: "link";
}

export interface Carried {
  /** Changes of the target canvases; apply them as one operation. */
  readonly changes: ObjectChange[];
  /** Links that must come into being with them. */
  readonly links: CarriedLink[];
}

export interface CopyTarget {
  /** Plane the copy goes to; another frame or slice than the source's, of the same size. */
  readonly canvas: LabelCanvas;
  /** The object the cell is linked with in that frame, if any: it takes the shape. */
  readonly linkedUid?: string;
  /** Uid of the copy when nothing is linked. */
  readonly newUid: string;
}

/**
 * Copies one object to another frame or slice.
 *
 * @returns no changes when neighbours hold all its pixels there, or the linked object has the shape already.
 * @throws FoundryError `edit.invalid` for an unknown object, the same plane, or planes of different size.
 * Cost: O(box of the object).
 */
export function copyObject(
  canvas: LabelCanvas,
  uid: string,
  target: CopyTarget,
  mode: WriteMode = "exclude",
): Carried {
  const shape = requireObject(canvas, uid);
  checkPlanes([canvas, target.canvas]);
  const { linkedUid, newUid } = target;
  if (linkedUid !== undefined) requireObject(target.canvas, linkedUid);
  const patch = emptyPatch(target.canvas, shape.bbox) as Patch;
  drawShapeInPlace(patch, shape, 1);
  const changes = writeObject(target.canvas, linkedUid ?? newUid, patch, mode);
  const isBorn = changes.length > 0 && linkedUid === undefined;
  return {
    changes,
    links: isBorn
      ? linkChain([
          [canvas, uid],
          [target.canvas, newUid],
        ])
      : [],
  };
}

/** Frames or slices between two key frames; as far as anyone interpolates one cell. */
export const interpolatedPlanesMax = 512;

export interface KeyFrame {
  readonly canvas: LabelCanvas;
  readonly uid: string;
}

/** A plane between, and the uid of the object that will be there. */
export interface BetweenPlane {
  readonly canvas: LabelCanvas;
  readonly newUid: string;
}

/**
 * Shapes of a cell in the planes between two key frames (see `interpolateShapes`).
 *
 * @param between  planes strictly between the two in one axis (time at one slice, or depth in one frame).
 * @returns births in plane order, and over time the links that chain the key frames; a plane where neighbours hold all
 *          pixels is left out and its neighbours in the chain are linked over it.
 * @throws FoundryError `edit.invalid` for unknown objects or planes that are not between; `limit.objects` above 512 planes.
 * Cost: O(planes x window of the two shapes).
 */
export function interpolateBetween(
  from: KeyFrame,
  to: KeyFrame,
  between: readonly BetweenPlane[],
  mode: WriteMode = "exclude",
): Carried {
  const a = requireObject(from.canvas, from.uid);
  const b = requireObject(to.canvas, to.uid);
  checkPlanes([from.canvas, to.canvas]);
  if (between.length > interpolatedPlanesMax) {
    throw new FoundryError("limit.objects", {
      message: `At most ${interpolatedPlanesMax} planes are filled between two key frames.`,
      details: { planes: between.length },
    });
  }
  const axis = from.canvas.t === to.canvas.t ? "z" : "t";
  if (axis === "t" && from.canvas.z !== to.canvas.z)
    throw badInput("Key frames differ in time or in depth, not in both.");
  const changes: ObjectChange[] = [];
  const chain: (readonly [LabelCanvas, string])[] = [[from.canvas, from.uid]];
  for (const { canvas, newUid } of between) {
    checkPlanes([from.canvas, canvas]);
    const share = (canvas[axis] - from.canvas[axis]) / (to.canvas[axis] - from.canvas[axis]);
    const other = axis === "t" ? "z" : "t";
    if (!(share > 0 && share < 1) || canvas[other] !== from.canvas[other]) {
      throw badInput("A plane to fill does not lie between the key frames.", { t: canvas.t, z: canvas.z });
    }
    const shape = interpolateShapes(a, b, share, canvas, { t: canvas.t, z: canvas.z });
    if (shape === null) continue;
    const patch = emptyPatch(canvas, shape.bbox) as Patch;
    drawShapeInPlace(patch, shape, 1);
    const written = writeObject(canvas, newUid, patch, mode);
    if (written.length === 0) continue;
    changes.push(...written);
    chain.push([canvas, newUid]);
  }
  chain.push([to.canvas, to.uid]);
  return { changes, links: changes.length === 0 ? [] : linkChain(chain) };
}

/** Links along objects of different frames, in the direction of time; none between slices of one frame. */
function linkChain(chain: readonly (readonly [LabelCanvas, string])[]): CarriedLink[] {
  const ordered = [...chain].sort((a, b) => a[0].t - b[0].t);
  return ordered.slice(1).flatMap(([canvas, to], k): CarriedLink[] => {
    const [before, from] = ordered[k] as readonly [LabelCanvas, string];
    return before.t === canvas.t ? [] : [{ from, to, kind: "link" }];
  });
}

function checkPlanes([a, b]: readonly [LabelCanvas, LabelCanvas]): void {
  const isSame = a.t === b.t && a.z === b.z;
  if (!isSame && a.height === b.height && a.width === b.width) return;
  throw badInput("A cell is carried to another frame or slice of the same image.", { t: b.t, z: b.z });
}

/** How far a cell moves between two key frames, in pixels: what a person is shown before planes are filled. */
export function carriedDistance(from: KeyFrame, to: KeyFrame): number {
  const a = shapeCentroid(requireObject(from.canvas, from.uid));
  const b = shapeCentroid(requireObject(to.canvas, to.uid));
  return Math.hypot(b.y - a.y, b.x - a.x);
}
