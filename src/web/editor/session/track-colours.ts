/**
 * Colours of cells over frames and slices: neighbours of a plane differ, and a cell keeps its colour along its track.
 *
 * Each plane has its own neighbourhood. A cell whose track (the same cell in another frame) has a colour takes it; any
 * other chooses among what its neighbours leave. Planes are coloured in order, so a reload gives the same colours.
 */

import type { BoundingBox } from "#core/array/index.ts";
import { CellColours } from "#core/labels/index.ts";
import { type PlaneAt, planeKey } from "../model/planes.ts";

export class TrackColours {
  readonly #planes = new Map<string, CellColours>();
  /** Colour of every cell that ever had one: undo brings the same cell back. */
  readonly #colours = new Map<string, number>();

  /** Index into the palette; -1 for a cell that was never placed. */
  indexOf(uid: string): number {
    return this.#colours.get(uid) ?? -1;
  }

  /** Enters or moves a cell. @param same  the same cell in another frame, if any. */
  place(uid: string, plane: PlaneAt, box: BoundingBox, same: string | undefined): number {
    const known = this.#colours.get(uid) ?? (same === undefined ? undefined : this.#colours.get(same));
    const colour = this.#planeOf(plane).place(uid, box, known);
    this.#colours.set(uid, colour);
    return colour;
  }

  /** Gives a cell the colour of the one it goes on from now; without one it keeps its own. */
  follow(uid: string, plane: PlaneAt, box: BoundingBox, same: string | undefined): void {
    const colour = same === undefined ? undefined : this.#colours.get(same);
    if (colour === undefined || colour === this.#colours.get(uid)) return;
    this.#planeOf(plane).recolour(uid, box, colour);
    this.#colours.set(uid, colour);
  }

  /** Takes a cell out of its neighbours' way. */
  lift(uid: string, plane: PlaneAt): void {
    this.#planeOf(plane).lift(uid);
  }

  #planeOf(plane: PlaneAt): CellColours {
    const key = planeKey(plane);
    const found = this.#planes.get(key);
    if (found !== undefined) return found;
    const made = new CellColours();
    this.#planes.set(key, made);
    return made;
  }
}
