/**
 * Star polygons as runs of pixels, drawn again and again into the same memory.
 *
 * A pixel belongs to a polygon when its centre lies inside (left and upper edges included). For each edge the crossings
 * with pixel rows are noted, then paired row by row. Nothing is allocated per polygon: non-maximum suppression draws
 * thousands.
 */

import type { StarTargets } from "./star-polygon-targets.ts";
import { rayDirections } from "./star-polygon-targets.ts";

type StarMaps = Pick<StarTargets, "distances" | "rays" | "grid"> & {
  readonly gridHeight: number;
  readonly gridWidth: number;
};

export class StarRaster {
  /** Three numbers per run: row, x0, x1 (half-open), inside the image. Valid up to `runCount`. */
  runs = new Int32Array(3 * 64);
  runCount = 0;
  readonly #maps: StarMaps;
  readonly #height: number;
  readonly #width: number;
  readonly #dy: Float64Array;
  readonly #dx: Float64Array;
  readonly #y: Float64Array;
  readonly #x: Float64Array;
  /** Crossings of each row, `rays` places per row. */
  #crossings: Float64Array;
  #counts: Int32Array;

  constructor(maps: StarMaps, height: number, width: number) {
    this.#maps = maps;
    this.#height = height;
    this.#width = width;
    [this.#dy, this.#dx] = rayDirections(maps.rays);
    this.#y = new Float64Array(maps.rays + 1);
    this.#x = new Float64Array(maps.rays + 1);
    this.#counts = new Int32Array(64);
    this.#crossings = new Float64Array(64 * maps.rays);
  }

  /** Runs of the polygon of grid point `at`. @returns its area in pixels, the part outside the image left out. */
  draw(at: number): number {
    const { rays, grid, distances, gridHeight, gridWidth } = this.#maps;
    const size = gridHeight * gridWidth;
    const cx = (at % gridWidth) * grid;
    const cy = ((at - (at % gridWidth)) / gridWidth) * grid;
    let top = Infinity;
    let bottom = -Infinity;
    for (let k = 0; k < rays; k++) {
      const distance = Math.max(0, distances[k * size + at] as number);
      const y = cy + distance * (this.#dy[k] as number);
      this.#y[k] = y;
      this.#x[k] = cx + distance * (this.#dx[k] as number);
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
    this.#y[rays] = this.#y[0] as number;
    this.#x[rays] = this.#x[0] as number;
    const y0 = Math.max(0, Math.ceil(top));
    const rows = Math.min(this.#height, Math.ceil(bottom)) - y0;
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

  #cross(y0: number, rows: number): void {
    const { rays } = this.#maps;
    this.#counts.fill(0, 0, rows);
    for (let k = 0; k < rays; k++) {
      const [ya, yb] = [this.#y[k] as number, this.#y[k + 1] as number];
      const [xa, xb] = [this.#x[k] as number, this.#x[k + 1] as number];
      const from = Math.max(0, Math.ceil(Math.min(ya, yb)) - y0);
      const to = Math.min(rows, Math.ceil(Math.max(ya, yb)) - y0);
      if (from >= to) continue;
      const slope = (xb - xa) / (yb - ya);
      for (let row = from; row < to; row++) {
        const count = this.#counts[row] as number;
        this.#insert(row * rays, count, xa + (y0 + row - ya) * slope);
        this.#counts[row] = count + 1;
      }
    }
  }

  /** Insertion into a short sorted list: two crossings are the rule. */
  #insert(start: number, count: number, x: number): void {
    const list = this.#crossings;
    let at = start + count;
    while (at > start && (list[at - 1] as number) > x) {
      list[at] = list[at - 1] as number;
      at--;
    }
    list[at] = x;
  }

  #pair(y0: number, rows: number): number {
    const { rays } = this.#maps;
    let area = 0;
    for (let row = 0; row < rows; row++) {
      const count = this.#counts[row] as number;
      for (let k = 0; k + 1 < count; k += 2) {
        const x0 = Math.max(0, Math.ceil(this.#crossings[row * rays + k] as number));
        const x1 = Math.min(this.#width, Math.ceil(this.#crossings[row * rays + k + 1] as number));
        if (x0 >= x1) continue;
        this.runs[3 * this.runCount] = y0 + row;
        this.runs[3 * this.runCount + 1] = x0;
        this.runs[3 * this.runCount + 2] = x1;
        this.runCount++;
        area += x1 - x0;
      }
    }
    return area;
  }
}
