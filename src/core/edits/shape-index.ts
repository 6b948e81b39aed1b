/**
 * Which objects lie near a box, kept up to date in place.
 *
 * A raster shows one object per pixel; where objects may overlap, a change must find the others around it without
 * walking through all. Squares of 64 pixels, each with the uids whose boxes reach into it.
 */

import type { BoundingBox } from "../array/index.ts";

const side = 64;

export class ShapeIndex {
  readonly #squares = new Map<number, Set<string>>();
  readonly #columns: number;

  /** @param width  of the canvas in pixels. */
  constructor(width: number) {
    this.#columns = Math.ceil(width / side);
  }

  add(uid: string, box: BoundingBox): void {
    this.#each(box, (square) => {
      const held = this.#squares.get(square);
      if (held === undefined) this.#squares.set(square, new Set([uid]));
      else held.add(uid);
    });
  }

  /** @param box  the one it was added with. */
  remove(uid: string, box: BoundingBox): void {
    this.#each(box, (square) => this.#squares.get(square)?.delete(uid));
  }

  /** Uids whose boxes may meet a box; a few more than that. */
  near(box: BoundingBox): Set<string> {
    const found = new Set<string>();
    this.#each(box, (square) => {
      for (const uid of this.#squares.get(square) ?? []) found.add(uid);
    });
    return found;
  }

  #each([y0, x0, y1, x1]: BoundingBox, visit: (square: number) => void): void {
    for (let y = Math.floor(y0 / side); y * side < y1; y++) {
      for (let x = Math.floor(x0 / side); x * side < x1; x++) visit(y * this.#columns + x);
    }
  }
}
