/**
 * Which objects lie near a box, kept up to date in place.
 *
 * A part of the raster is drawn from the objects that reach into it, and where objects may overlap a change must find the
 * others around it, without walking through all. Squares of 64 pixels, each with the uids whose boxes reach into it.
 */

import type { BoundingBox } from "../array/index.ts";

const side = 64;

export class ShapeIndex {
  readonly #squares = new Map<number, string[]>();
  readonly #columns: number;

  /** @param width  of the canvas in pixels. */
  constructor(width: number) {
    this.#columns = Math.ceil(width / side);
  }

  add(uid: string, box: BoundingBox): void {
    this.#each(box, (square) => {
      const held = this.#squares.get(square);
      if (held === undefined) this.#squares.set(square, [uid]);
      else held.push(uid);
    });
  }

  /** @param box  the one it was added with. */
  remove(uid: string, box: BoundingBox): void {
    this.#each(box, (square) => {
      const held = this.#squares.get(square);
      const at = held?.indexOf(uid) ?? -1;
      if (held === undefined || at < 0) return;
      held[at] = held[held.length - 1] as string;
      held.pop();
      if (held.length === 0) this.#squares.delete(square);
    });
  }

  /** Uids whose boxes may meet a box; a few more than that. */
  near(box: BoundingBox): Set<string> {
    const found = new Set<string>();
    const [y0, x0, y1, x1] = box;
    const squares = ((y1 - y0) / side + 1) * ((x1 - x0) / side + 1);
    // Of a whole slide, fewer squares hold something than the box has.
    if (squares > this.#squares.size) {
      for (const [square, uids] of this.#squares) {
        const [top, left] = [Math.floor(square / this.#columns) * side, (square % this.#columns) * side];
        if (top >= y1 || left >= x1 || top + side <= y0 || left + side <= x0) continue;
        for (const uid of uids) found.add(uid);
      }
      return found;
    }
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
