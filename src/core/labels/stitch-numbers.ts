/**
 * Numbers of stitched objects: which painted object a tile's object is, and which numbers turned out to be one.
 *
 * A union-find over the numbers given so far, with the painted area of each; a few bytes per object of the plane.
 */

import type { TileObjects } from "./tile-objects.ts";

export interface StitchNumbers {
  /** Number for object k of a tile: that of the painted object it is, or a new one. May join painted numbers. */
  identify(view: TileObjects, k: number): number;
  /** Adds painted pixels to a number; `whole` false marks it as longer than the halo. */
  grow(id: number, area: number, whole: boolean): void;
  /** Every number that is not its own, with the one it belongs to. */
  joins(): ReadonlyMap<number, number>;
  /** The largest number given. */
  count(): number;
}

export function createStitchNumbers(): StitchNumbers {
  let parent = new Int32Array(1024);
  let areas = new Int32Array(1024);
  let whole = new Uint8Array(1024);
  let count = 0;
  let joined = false;
  const rootOf = (id: number): number => {
    let root = id;
    while (parent[root] !== root) root = parent[root] as number;
    return root;
  };
  const create = (): number => {
    count++;
    if (count === parent.length) [parent, areas, whole] = [double(parent), double(areas), double8(whole)];
    parent[count] = count;
    whole[count] = 1;
    return count;
  };
  const join = (a: number, b: number): number => {
    const [low, high] = [Math.min(rootOf(a), rootOf(b)), Math.max(rootOf(a), rootOf(b))];
    if (low === high) return low;
    joined = true;
    parent[high] = low;
    areas[low] = (areas[low] as number) + (areas[high] as number);
    whole[low] = 0;
    return low;
  };
  /** More than half of the smaller of the two is shared; of long objects only what both tiles saw is compared. */
  const isSame = (view: TileObjects, k: number, id: number, shared: number): boolean => {
    const bothWhole = view.isWhole(k) && whole[rootOf(id)] === 1;
    const own = bothWhole ? view.area(k) : Math.max(1, view.earlierArea(k));
    const other = bothWhole ? (areas[rootOf(id)] as number) : view.paintedArea(id);
    return 2 * shared > Math.min(own, other);
  };
  return {
    identify: (view, k) => {
      let best = 0;
      let most = 0;
      for (const [id, shared] of view.overlaps(k)) {
        if (!isSame(view, k, id, shared)) continue;
        const isLong = !view.isWhole(k) || whole[rootOf(id)] === 0;
        // Two parts of one long object, met from different sides.
        if (best !== 0 && isLong && whole[rootOf(best)] === 0) {
          best = join(best, id);
          most += shared;
        } else if (shared > most) {
          best = rootOf(id);
          most = shared;
        }
      }
      return best === 0 ? create() : best;
    },
    grow: (id, area, isWhole) => {
      areas[id] = Math.min(2 ** 31 - 1, (areas[id] as number) + area);
      if (!isWhole) whole[id] = 0;
    },
    joins: () => {
      const joins = new Map<number, number>();
      if (!joined) return joins;
      for (let id = 1; id <= count; id++) if (parent[id] !== id) joins.set(id, rootOf(id));
      return joins;
    },
    count: () => count,
  };
}

function double(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}

function double8(array: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(2 * array.length);
  larger.set(array);
  return larger;
}
