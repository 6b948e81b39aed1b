/**
 * Star polygons as runs of pixels, drawn again and again into the same memory.
 *
 * A pixel belongs to a polygon when its centre lies inside (left and upper edges included). For each edge the crossings
 * with pixel rows are noted, then paired row by row. Nothing is allocated per polygon: non-maximum suppression draws
 * thousands.
 */

import type { PackedRays } from "./packed-rays.ts";
import type { StarTargets } from "./star-polygon-targets.ts";
import { rayDirections } from "./star-polygon-targets.ts";

export interface StarGrid extends Pick<StarTargets, "rays" | "grid"> {
  /** Grid points in a row. */
  readonly gridWidth: number;
}

export class StarRaster {
  /** Three numbers per run: row, x0, x1 (half-open), inside the image. Valid up to `runCount`. */
  runs = new Int32Array(3 * 64);
  runCount = 0;
  readonly #maps: StarGrid;
  readonly #packed: PackedRays;
  readonly #height: number;
  readonly #width: number;
  readonly #dy: Float64Array;
  readonly #dx: Float64Array;
  readonly #y: Float64Array;
  readonly #x: Float64Array;
  /** First row at or below each vertex, within the image. */
  readonly #firsts: Int32Array;
  /** Crossings of each row, `rays` places per row; their numbers are 0 between two polygons. */
  #crossings: Float64Array;
  #counts: Int32Array;

  constructor(maps: StarGrid, packed: PackedRays, height: number, width: number) {
    this.#maps = maps;
    this.#packed = packed;
    this.#height = height;
    this.#width = width;
    [this.#dy, this.#dx] = rayDirections(maps.rays);
    this.#y = new Float64Array(maps.rays + 1);
    this.#x = new Float64Array(maps.rays + 1);
    this.#firsts = new Int32Array(maps.rays + 1);
    this.#counts = new Int32Array(64);
    this.#crossings = new Float64Array(64 * maps.rays);
  }

  /**
   * Runs of the polygon of grid point `at`, whose rays are packed.
   *
   * @param top, bottom  rows that are drawn, half-open; default all.
   * @returns the pixels drawn; parts outside the image are left out.
   */
  draw(at: number, top = 0, bottom = this.#height): number {
    const { rays, grid, gridWidth } = this.#maps;
    const { lengths, starts } = this.#packed;
    const column = at % gridWidth;
    const cx = column * grid;
    const cy = ((at - column) / gridWidth) * grid;
    const ys = this.#y;
    const xs = this.#x;
    const firsts = this.#firsts;
    const dy = this.#dy;
    const dx = this.#dx;
    const limit = this.#height;
    let [low, high] = [limit, 0];
    for (let k = 0, from = starts[at]!; k < rays; k++, from++) {
      const distance = lengths[from]!;
      const y = cy + distance * dy[k]!;
      ys[k] = y;
      xs[k] = cx + distance * dx[k]!;
      const first = y > limit ? limit : y > 0 ? Math.ceil(y) : 0;
      firsts[k] = first;
      if (first < low) low = first;
      if (first > high) high = first;
    }
    ys[rays] = ys[0]!;
    xs[rays] = xs[0]!;
    firsts[rays] = firsts[0]!;
    const y0 = Math.max(low, top);
    const rows = Math.min(high, bottom) - y0;
    this.runCount = 0;
    if (rows <= 0) return 0;
    this.#reserve(rows);
    this.#cross(y0, rows);
    return this.#pair(y0, rows);
  }

  #reserve(rows: number): void {
    const { rays } = this.#maps;
    if (rows > this.#counts.length) {
      const room = Math.min(this.#height, 2 * rows);
      this.#counts = new Int32Array(room);
      this.#crossings = new Float64Array(room * rays);
    }
    const runs = 3 * rows * Math.ceil(rays / 2);
    if (runs > this.runs.length) this.runs = new Int32Array(2 * runs);
  }

  /** Notes where edges cross the rows from y0 on. An edge crosses those from the first row below one end to that of the other. */
  #cross(y0: number, rows: number): void {
    const { rays } = this.#maps;
    const ys = this.#y;
    const xs = this.#x;
    const firsts = this.#firsts;
    const counts = this.#counts;
    const list = this.#crossings;
    const y1 = y0 + rows;
    for (let k = 0; k < rays; k++) {
      const [a, b] = [firsts[k]!, firsts[k + 1]!];
      if (a === b) continue;
      const from = a < b ? Math.max(a, y0) : Math.max(b, y0);
      const to = a < b ? Math.min(b, y1) : Math.min(a, y1);
      if (from >= to) continue;
      const ya = ys[k]!;
      const xa = xs[k]!;
      const slope = (xs[k + 1]! - xa) / (ys[k + 1]! - ya);
      for (let row = from - y0; row < to - y0; row++) {
        const x = xa + (y0 + row - ya) * slope;
        // Insertion into a short sorted list: two crossings are the rule.
        const start = row * rays;
        let at = start + counts[row]!;
        while (at > start && list[at - 1]! > x) {
          list[at] = list[at - 1]!;
          at--;
        }
        list[at] = x;
        counts[row]!++;
      }
    }
  }

  #pair(y0: number, rows: number): number {
    const { rays } = this.#maps;
    const { runs } = this;
    const counts = this.#counts;
    const list = this.#crossings;
    const width = this.#width;
    let [area, next] = [0, 0];
    for (let row = 0; row < rows; row++) {
      const start = row * rays;
      const end = start + counts[row]!;
      counts[row] = 0;
      for (let k = start; k + 1 < end; k += 2) {
        const left = Math.ceil(list[k]!);
        const right = Math.ceil(list[k + 1]!);
        const x0 = Math.max(left, 0);
        const x1 = Math.min(right, width);
        if (x0 >= x1) continue;
        runs[next] = y0 + row;
        runs[next + 1] = x0;
        runs[next + 2] = x1;
        next += 3;
        area += x1 - x0;
      }
    }
    this.runCount = next / 3;
    return area;
  }
}
