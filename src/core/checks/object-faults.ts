/**
 * What is wrong with the geometry of one object: holes and loose pieces, found on its own bitmap.
 *
 * A hole is a 4-connected piece of background that does not reach the outside of the object's box; where another
 * object lies in it, it is that object's place and no hole. Pieces are 8-connected. Most objects have neither, and for
 * them one look at the bitmap is the whole cost.
 */

import type { LabelImage, Mask } from "../array/index.ts";
import {
  connectedComponents,
  forEachRun,
  type ObjectShape,
  objectShapeFromMask,
  shapeArea,
  shapeToMask,
} from "../labels/index.ts";

export interface ObjectFaults {
  readonly holes: readonly ObjectShape[];
  /** 8-connected pieces, largest first, ties in scan order; one for a whole object. */
  readonly pieces: readonly ObjectShape[];
}

/** @param isTaken  whether pixel (y, x) of the plane belongs to another object. Cost: O(box). */
export function objectFaults(shape: ObjectShape, isTaken: (y: number, x: number) => boolean): ObjectFaults {
  if (isPlain(shape)) return { holes: [], pieces: [shape] };
  const mask = shapeToMask(shape);
  return { holes: findHoles(shape, mask, isTaken), pieces: findPieces(shape, mask) };
}

/** One run per row, each touching the one above: neither hole nor second piece. True for nearly all cells. */
function isPlain(shape: ObjectShape): boolean {
  let plain = true;
  let [row, before, beforeEnd] = [shape.bbox[0] - 1, -Infinity, Infinity];
  forEachRun(shape, (y, from, to) => {
    if (y !== row + 1 || from > beforeEnd || to < before) plain = false;
    [row, before, beforeEnd] = [y, from, to];
  });
  return plain;
}

function findPieces(shape: ObjectShape, mask: Mask): ObjectShape[] {
  const pieces = partsOf(connectedComponents(mask, 8), shape);
  if (pieces.length < 2) return [shape];
  return pieces.map(({ part }) => part).sort((a, b) => shapeArea(b) - shapeArea(a));
}

function findHoles(
  shape: ObjectShape,
  mask: Mask,
  isTaken: (y: number, x: number) => boolean,
): ObjectShape[] {
  const background = { ...mask, data: mask.data.map((value) => 1 - value) };
  const [y0, x0] = shape.bbox;
  const { height, width } = mask;
  return partsOf(connectedComponents(background, 4), shape).flatMap(({ part, cells }) => {
    const [top, left, bottom, right] = part.bbox;
    const reachesOut = top === y0 || left === x0 || bottom === y0 + height || right === x0 + width;
    if (reachesOut) return [];
    const taken = cells.some((cell) => isTaken(y0 + Math.floor(cell / width), x0 + (cell % width)));
    return taken ? [] : [part];
  });
}

interface Part {
  readonly part: ObjectShape;
  /** Positions in the box of the object. */
  readonly cells: readonly number[];
}

/** Components of the box of an object as shapes in the image's coordinates, in scan order. */
function partsOf(components: LabelImage, { t, z, bbox }: ObjectShape): Part[] {
  const cellsOf = new Map<number, number[]>();
  components.data.forEach((component, cell) => {
    if (component === 0) return;
    const cells = cellsOf.get(component);
    if (cells === undefined) cellsOf.set(component, [cell]);
    else cells.push(cell);
  });
  return [...cellsOf.values()].map((cells) => {
    const data = new Uint8Array(components.data.length);
    for (const cell of cells) data[cell] = 1;
    const mask: Mask = { dtype: "uint8", height: components.height, width: components.width, data };
    const part = objectShapeFromMask(mask, { t, z, y: bbox[0], x: bbox[1] }) as ObjectShape;
    return { part, cells };
  });
}
