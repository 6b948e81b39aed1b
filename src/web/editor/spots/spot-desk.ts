/**
 * Spots of one open image: drawn, moved, deleted, assigned by hand, and which cell each belongs to.
 *
 * Every change is an edit of the layer, so undo, journal and history are those of the cells. Assignment is computed from the
 * cells on the screen when it is asked for, and kept until cells or spots change.
 */

import type { BoundingBox, Point } from "#core/array/index.ts";
import type { LabelCanvas } from "#core/edits/index.ts";
import type { Rgb } from "#core/labels/index.ts";
import {
  type AssignOptions,
  cellOfSpot,
  roundedSpot,
  type Spot,
  type SpotChange,
} from "#core/spots/index.ts";
import { type PlaneAt, planeKey, samePlane } from "../model/planes.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { Store } from "../session/store.ts";
import { changesPerEditMax } from "../sync/batch.ts";
import { SpotDraft, type SpotDraftParts } from "./spot-draft.ts";

export interface SpotState {
  readonly shown: boolean;
  /** Clicks on the image draw, move and delete spots. */
  readonly editing: boolean;
  /** Kind of the next spot; "" until someone names one. */
  readonly kind: string;
  readonly hidden: ReadonlySet<string>;
  readonly selected: string | null;
  /** Longest distance to a cell that does not hold the spot: µm where the pixel size is known, else px. */
  readonly distance: number;
}

/** Half a nucleus: transcripts of a cell lie around it. */
const firstDistanceUm = 5;
const firstDistancePx = 10;

const palette: readonly Rgb[] = [
  [255, 92, 92],
  [92, 200, 255],
  [255, 214, 64],
  [120, 235, 120],
  [255, 140, 235],
  [255, 165, 60],
  [170, 150, 255],
  [64, 224, 208],
];

export interface PlacedSpot extends Spot {
  readonly uid: string;
}

export class SpotDesk {
  readonly store: Store<SpotState>;
  readonly draft: SpotDraft;
  /** Part of the image on the screen; null until it is drawn. */
  seen: BoundingBox | null = null;
  readonly #session: EditorSession;
  readonly #newId: () => string;
  /** Spots of planes with their cells, by plane; of one version of the cells, one distance. */
  #assigned: {
    readonly key: string;
    readonly planes: Map<string, ReadonlyMap<string, string | null>>;
  } | null = null;

  constructor(session: EditorSession, newId: () => string, draft: Omit<SpotDraftParts, "keep">) {
    this.#session = session;
    this.#newId = newId;
    this.store = new Store<SpotState>({
      shown: true,
      editing: false,
      kind: "",
      hidden: new Set(),
      selected: null,
      distance: session.mpp === null ? firstDistancePx : firstDistanceUm,
    });
    this.draft = new SpotDraft({ ...draft, keep: (spots) => this.add(spots, "find spots") });
  }

  /** Kinds that occur in the layer, in order of name. */
  get kinds(): string[] {
    return [...new Set([...this.#session.model.beside.spots.values()].map(({ kind }) => kind))].sort();
  }

  colourOf(kind: string): Rgb {
    const at = this.kinds.indexOf(kind);
    return palette[(at < 0 ? this.kinds.length : at) % palette.length] as Rgb;
  }

  /** Spots of a plane, those of hidden kinds too. */
  spotsAt(plane: PlaneAt): PlacedSpot[] {
    return [...this.#session.model.beside.spots].flatMap(([uid, spot]) =>
      samePlane(spot, plane) ? [{ uid, ...spot }] : [],
    );
  }

  /** The cell of each spot of a plane; null for none. Cost: O(spots), once per change of cells, spots or distance. */
  cellsOf(plane: PlaneAt): ReadonlyMap<string, string | null> {
    const { version } = this.#session.state;
    const { distance } = this.store.get();
    const key = `${version} ${distance}`;
    if (this.#assigned?.key !== key) this.#assigned = { key, planes: new Map() };
    const known = this.#assigned.planes.get(planeKey(plane));
    if (known !== undefined) return known;
    const ground = groundOf(this.#session.model.canvasAt(plane), (uid) => this.#session.model.has(uid));
    const options: AssignOptions = { distanceMax: distance, mpp: this.#session.mpp ?? { y: 1, x: 1 } };
    const cells = new Map(this.spotsAt(plane).map((spot) => [spot.uid, cellOfSpot(spot, ground, options)]));
    this.#assigned.planes.set(planeKey(plane), cells);
    return cells;
  }

  /** The spot nearest to a place, within a reach, of kinds that are shown. */
  spotNear(at: Point, reachPx: number): PlacedSpot | null {
    const { hidden } = this.store.get();
    let [best, nearest]: [PlacedSpot | null, number] = [null, reachPx];
    for (const spot of this.spotsAt(this.#session.state.plane)) {
      const distance = Math.hypot(spot.y - at.y, spot.x - at.x);
      if (distance > nearest || hidden.has(spot.kind)) continue;
      [best, nearest] = [spot, distance];
    }
    return best;
  }

  /** A click of a person who draws spots: selects the one that lies there, else makes one. */
  click(at: Point, reachPx: number): void {
    const found = this.spotNear(at, reachPx);
    if (found !== null) this.store.set({ selected: found.uid, kind: found.kind });
    else this.drawAt(at);
  }

  drawAt(at: Point): void {
    const { kind } = this.store.get();
    const { height, width } = this.#session.model.canvas;
    if (at.y < -0.5 || at.x < -0.5 || at.y > height - 0.5 || at.x > width - 0.5) return;
    if (kind === "") {
      this.#session.note("Name the spots first, such as ACTB.");
      return;
    }
    const { t, z } = this.#session.state.plane;
    this.add([{ t, z, y: at.y, x: at.x, kind, score: null, cell: null }], "spot");
  }

  /** New spots, in edits of at most as many as one holds. */
  add(spots: readonly Spot[], tool: string): void {
    const changes = spots.map(
      (spot): SpotChange => ({ uid: this.#newId(), before: null, after: roundedSpot(spot) }),
    );
    this.#edit(tool, changes);
    if (changes.length === 1) this.store.set({ selected: (changes[0] as SpotChange).uid });
  }

  move(uid: string, to: Point): void {
    this.#change([uid], "move spot", (spot) => ({ ...spot, y: to.y, x: to.x }));
  }

  rename(uids: readonly string[], kind: string): void {
    this.#change(uids, "name spot", (spot) => ({ ...spot, kind }));
  }

  /** @param cell  uid, "" for no cell, null to compute it again. */
  assign(uids: readonly string[], cell: string | null): void {
    this.#change(uids, "assign spot", (spot) => ({ ...spot, cell }));
  }

  remove(uids: readonly string[]): void {
    this.#change(uids, "delete spot", () => null);
    this.store.set({ selected: null });
  }

  #change(uids: readonly string[], tool: string, change: (spot: Spot) => Spot | null): void {
    const { spots } = this.#session.model.beside;
    const changes = uids.flatMap((uid): SpotChange[] => {
      const before = spots.get(uid);
      if (before === undefined) return [];
      const wanted = change(before);
      const after = wanted === null ? null : roundedSpot(wanted);
      return JSON.stringify(after) === JSON.stringify(before) ? [] : [{ uid, before, after }];
    });
    this.#edit(tool, changes);
  }

  #edit(tool: string, changes: readonly SpotChange[]): void {
    for (let from = 0; from < changes.length; from += changesPerEditMax) {
      const spots = changes.slice(from, from + changesPerEditMax);
      const { selection } = this.#session.state;
      this.#session.run(() => ({ kind: "spots", tool, changes: [], selection, spots }), "");
    }
  }
}

const groundOf = (canvas: LabelCanvas, has: (uid: string) => boolean) => ({
  height: canvas.height,
  width: canvas.width,
  uidAt: (y: number, x: number) => canvas.uidAt(y, x),
  has,
});
