/**
 * Candidates for images that show overlapping parts of one field: planes that share anchors at one and the same offset.
 *
 * A vote is one window found in both planes; two votes for the same offset make a candidate, which the caller confirms
 * by comparing the pixels themselves.
 */

import type { Plane } from "../array/index.ts";
import type { PixelAnchor } from "../image/index.ts";

export interface AnchoredPlane {
  readonly side: number;
  readonly anchors: readonly PixelAnchor[];
}

export interface RegionCandidate {
  /** Positions in the list given. */
  readonly a: number;
  readonly b: number;
  /** Where the upper left pixel of `b` lies in `a`. */
  readonly offsetY: number;
  readonly offsetX: number;
  readonly votes: number;
}

const votesMin = 2;

/** A window in more planes than this is a pattern (a ruler, a logo), not a place. */
const planesPerWindowMax = 64;

/** Candidates among planes on different sides, most votes first. Deterministic. Cost: O(anchors) for distinct windows. */
export function sharedRegions(planes: readonly AnchoredPlane[]): RegionCandidate[] {
  const places = new Map<number, { plane: number; anchor: PixelAnchor }[]>();
  planes.forEach(({ anchors }, plane) => {
    for (const anchor of anchors) {
      // 52 bits of the two hashes: exact as a number.
      const key = (anchor.key[0] >>> 6) * 2 ** 26 + (anchor.key[1] >>> 6);
      const list = places.get(key);
      if (list === undefined) places.set(key, [{ plane, anchor }]);
      else if (list.length < planesPerWindowMax) list.push({ plane, anchor });
    }
  });
  const votes = new Map<string, RegionCandidate>();
  for (const list of places.values()) {
    if (list.length > 1 && list.length < planesPerWindowMax) vote(planes, list, votes);
  }
  const best = new Map<string, RegionCandidate>();
  for (const candidate of votes.values()) {
    const pair = `${candidate.a} ${candidate.b}`;
    if (candidate.votes >= votesMin && candidate.votes > (best.get(pair)?.votes ?? 0))
      best.set(pair, candidate);
  }
  return [...best.values()].sort((p, q) => q.votes - p.votes || p.a - q.a || p.b - q.b);
}

function vote(
  planes: readonly AnchoredPlane[],
  list: readonly { readonly plane: number; readonly anchor: PixelAnchor }[],
  votes: Map<string, RegionCandidate>,
): void {
  for (const [i, { plane: a, anchor: one }] of list.entries()) {
    for (const { plane: b, anchor: other } of list.slice(i + 1)) {
      if (planes[a]?.side === planes[b]?.side) continue;
      const [offsetY, offsetX] = [one.y - other.y, one.x - other.x];
      const key = `${a} ${b} ${offsetY} ${offsetX}`;
      votes.set(key, { a, b, offsetY, offsetX, votes: (votes.get(key)?.votes ?? 0) + 1 });
    }
  }
}

export interface Overlap {
  readonly height: number;
  readonly width: number;
  /** Share of the common pixels that are equal, 0..1. */
  readonly equal: number;
}

/** How far two planes agree where they overlap when `b` lies at an offset in `a`. Cost: O(pixels in common). */
export function overlapOf(a: Plane, b: Plane, offsetY: number, offsetX: number): Overlap {
  const [top, left] = [Math.max(0, offsetY), Math.max(0, offsetX)];
  const bottom = Math.min(a.height, offsetY + b.height);
  const right = Math.min(a.width, offsetX + b.width);
  const [height, width] = [Math.max(0, bottom - top), Math.max(0, right - left)];
  let equal = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      if (a.data[y * a.width + x] === b.data[(y - offsetY) * b.width + (x - offsetX)]) equal++;
    }
  }
  return { height, width, equal: height * width === 0 ? 0 : equal / (height * width) };
}
