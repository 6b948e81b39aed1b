/**
 * Shapes to polygons along the edges of their pixels, for files that carry polygons.
 *
 * Exact: `shapeFromRings(shapeToRings(s))` is `s`, with holes and detached parts. Corners are whole numbers, x before y,
 * pixel (x, y) covering [x, x + 1); only corners where the direction changes are kept. Unlike `shapeToOutline` (drawn on
 * screen, one ring around pixels that touch by a corner), parts here are joined by sides only and no ring touches
 * itself: where a walk comes back to a corner it is cut there. So each polygon is valid for geometry programs (OGC simple
 * features: rings may meet in points but not in themselves). Seen with y downwards, outer rings run clockwise, holes
 * counter-clockwise.
 */
import { connectedComponents } from "./components.ts";
import { forEachRun, type ObjectShape } from "./object-shape.ts";
import type { Ring } from "./shape-from-rings.ts";

export interface RingPolygon {
  readonly outer: Ring;
  readonly holes: readonly Ring[];
}

/** All rings of a shape, each outer ring followed by its holes. Cost: O(area of its box). */
export function shapeToRings(shape: ObjectShape): Ring[] {
  return shapeToPolygons(shape).flatMap(({ outer, holes }) => [outer, ...holes]);
}

/**
 * One polygon per part of the shape; parts are joined by sides, in scan order of their first pixels.
 *
 * Cost: O(area of its box); 10 bytes of scratch per pixel of it.
 */
export function shapeToPolygons(shape: ObjectShape): RingPolygon[] {
  const [top, left, bottom, right] = shape.bbox;
  // One pixel of background all around, so that no step needs to look for the border.
  const width = right - left + 2;
  const height = bottom - top + 2;
  const mask = new Uint8Array(width * height);
  forEachRun(shape, (y, x0, x1) => {
    const row = (y - top + 1) * width - left + 1;
    mask.fill(1, row + x0, row + x1);
  });
  const partOf = connectedComponents({ dtype: "uint8", height, width, data: mask }, 4).data;
  const walk: Walk = {
    mask,
    width,
    walked: new Uint8Array(mask.length),
    placeOf: new Int32Array(mask.length),
    toPoint: (corner) => [left + (corner % width) - 1, top + Math.floor(corner / width) - 1],
  };
  const parts: { outer: Ring; holes: Ring[] }[] = [];
  for (let at = width; at < mask.length; at++) {
    if (mask[at] === 0 || mask[at - width] === 1 || walk.walked[at] === 1) continue;
    // The first top edge of a part in scan order lies on its outer ring; further ones not yet walked, on holes.
    const rings = walkRings(walk, at);
    const known = parts[(partOf[at] as number) - 1];
    if (known !== undefined) {
      known.holes.push(...rings);
      continue;
    }
    const outer = rings.findIndex((ring) => doubleArea(ring) > 0);
    parts.push({ outer: rings[outer] as Ring, holes: rings.filter((_, i) => i !== outer) });
  }
  return parts;
}

interface Walk {
  /** 0/1 with a border of zeros. A corner has the index of the pixel below and right of it. */
  readonly mask: Uint8Array;
  readonly width: number;
  /** Top edges already walked, as the pixel below them. */
  readonly walked: Uint8Array;
  /** Place of a corner on the stack of the present walk, from 1. */
  readonly placeOf: Int32Array;
  readonly toPoint: (corner: number) => readonly [x: number, y: number];
}

/**
 * Walks with the object on the right hand from the left end of the top edge of a pixel, and cuts the walk into rings
 * wherever it meets one of its own corners.
 */
function walkRings(walk: Walk, start: number): Ring[] {
  const { mask, width, walked, placeOf } = walk;
  const step = [1, width, -1, -width] as const;
  const rings: Ring[] = [];
  const stack = [start];
  placeOf[start] = 1;
  let corner = start;
  let direction = 0;
  for (;;) {
    if (direction === 0) walked[corner] = 1;
    corner += step[direction] as number;
    const turned = turn(mask, corner, width, direction);
    if (turned === direction) continue;
    direction = turned;
    if (corner === start && direction === 0) break;
    const place = placeOf[corner] as number;
    if (place > 0) rings.push(cutRing(walk, stack, place));
    else placeOf[corner] = stack.push(corner);
  }
  rings.push(cutRing(walk, stack, 1));
  placeOf[start] = 0;
  return rings;
}

/** Takes the corners from `place` on off the stack as a ring; the corner at `place` itself also stays. */
function cutRing(walk: Walk, stack: number[], place: number): Ring {
  const corners = stack.splice(place - 1);
  const ring: number[] = [];
  for (const corner of corners) {
    walk.placeOf[corner] = 0;
    ring.push(...walk.toPoint(corner));
  }
  const first = corners[0] as number;
  walk.placeOf[first] = stack.push(first);
  return ring;
}

/** Next direction at a corner: right unless the pixel ahead on the right belongs to the object, else left or straight. */
function turn(mask: Uint8Array, corner: number, width: number, direction: number): number {
  // The four pixels around a corner, clockwise from the upper left; ahead-left and ahead-right follow from the direction.
  const around = [corner - width - 1, corner - width, corner, corner - 1] as const;
  if (mask[around[(direction + 2) % 4] as number] === 0) return (direction + 1) % 4;
  return mask[around[(direction + 1) % 4] as number] === 1 ? (direction + 3) % 4 : direction;
}

/** Twice the area; above 0 when the ring runs clockwise seen with y downwards. */
function doubleArea(ring: Ring): number {
  let sum = 0;
  for (let i = 0; i < ring.length; i += 2) {
    const j = (i + 2) % ring.length;
    sum += (ring[i] as number) * (ring[j + 1] as number) - (ring[j] as number) * (ring[i + 1] as number);
  }
  return sum;
}
