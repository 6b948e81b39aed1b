/**
 * Comparing the cells on the screen with another layer, or with an earlier revision of this one.
 *
 * Computed on the page, so edits that are not saved yet count, and again whenever either side changes. The plane on the
 * screen is compared; in another frame the comparison goes along.
 */

import { errorToWire, isFoundryError, type WireError } from "#core/errors.ts";
import type { ObjectShape, Rgb } from "#core/labels/index.ts";
import {
  compareLayers,
  type Disagreement,
  disagreements,
  type LayerComparison,
  type LayerDifference,
  type VersionObject,
} from "#core/versions/index.ts";
import type { SheetSource } from "../gpu/sheet-source.ts";
import { planeOf, samePlane } from "../model/planes.ts";
import type { LayerModel } from "../session/layer-model.ts";
import { Store } from "../session/store.ts";
import { type DifferencePicture, drawDifferences } from "./difference-sheet.ts";

/** The other side: its cells, and whether ids mean the same object on both sides. */
export interface OtherSide {
  readonly id: string;
  readonly title: string;
  readonly identity: "id" | "place";
  /** Reads its cells when they are not here yet. */
  readonly open: () => Promise<LayerModel>;
}

interface CompareState {
  readonly with: Pick<OtherSide, "id" | "title"> | null;
  readonly phase: "off" | "reading" | "ready" | "failed";
  readonly problem: WireError | null;
  readonly comparison: LayerComparison | null;
  readonly shown: ReadonlySet<Disagreement>;
  /** Difference that was gone to last, by its place in the list; -1 before the first. */
  readonly at: number;
  readonly isSideBySide: boolean;
}

export interface ComparePartsOfDesk {
  readonly model: LayerModel;
  /** Brings a difference into view. */
  readonly flyTo: (difference: LayerDifference) => void;
  readonly note: (text: string) => void;
}

const firstCompare: CompareState = {
  with: null,
  phase: "off",
  problem: null,
  comparison: null,
  shown: new Set(disagreements),
  at: -1,
  isSideBySide: false,
};

const none: ReadonlySet<string> = new Set();
const look = { shown: true, fillOpacity: 0.35, outlineOpacity: 1 };
const otherLook = { shown: true, fillOpacity: 0, outlineOpacity: 0.5 };

export class CompareDesk {
  readonly store = new Store<CompareState>(firstCompare);
  readonly #parts: ComparePartsOfDesk;
  #side: OtherSide | null = null;
  #other: LayerModel | null = null;
  #picture: DifferencePicture | null = null;
  /** Counts choices: an answer to an older one is dropped. */
  #chosen = 0;

  constructor(parts: ComparePartsOfDesk) {
    this.#parts = parts;
  }

  /** The other side's cells while there is a comparison. */
  get other(): LayerModel | null {
    return this.#other;
  }

  async begin(side: OtherSide): Promise<void> {
    const mine = ++this.#chosen;
    this.#side = side;
    this.#other = null;
    this.#picture = null;
    const chosen = { id: side.id, title: side.title };
    this.store.set({ with: chosen, phase: "reading", problem: null, comparison: null, at: -1 });
    try {
      const other = await side.open();
      if (mine !== this.#chosen) return;
      this.#other = other;
      this.refresh();
    } catch (error) {
      if (mine !== this.#chosen) return;
      this.store.set({ phase: "failed", problem: errorToWire(error) });
    }
  }

  end(): void {
    this.#chosen++;
    this.#side = null;
    this.#other = null;
    this.#picture = null;
    this.store.set({ ...firstCompare, shown: this.store.get().shown });
  }

  /** Compares again: cells or the plane changed. Cost: as `compareLayers` on one plane. */
  refresh(): void {
    const [side, other, { model }] = [this.#side, this.#other, this.#parts];
    if (side === null || other === null) return;
    if (!samePlane(other.plane, model.plane)) other.show(model.plane);
    try {
      const comparison = compareLayers(
        objectsOf(model.canvas.shapes),
        objectsOf(other.shapesAt(model.plane)),
        {
          identity: side.identity,
        },
      );
      const { at } = this.store.get();
      this.#draw(comparison);
      this.store.set({ phase: "ready", comparison, at: Math.min(at, comparison.differences.length - 1) });
    } catch (error) {
      if (!isFoundryError(error)) throw error;
      this.store.set({ phase: "failed", problem: errorToWire(error) });
    }
  }

  /** The other side was read again. */
  replaceOther(other: LayerModel): void {
    if (this.#side === null) return;
    this.#other = other;
    this.refresh();
  }

  toggleKind(kind: Disagreement): void {
    const shown = new Set(this.store.get().shown);
    if (!shown.delete(kind)) shown.add(kind);
    this.store.set({ shown });
    const { comparison } = this.store.get();
    if (comparison === null) return;
    this.#draw(comparison);
    // Listeners look for the picture: a new one must be told too.
    this.store.set({ comparison: { ...comparison } });
  }

  setSideBySide(isSideBySide: boolean): void {
    this.store.set({ isSideBySide });
  }

  /** Goes to the next difference (of one kind, or of those shown), around the end. */
  next(kind?: Disagreement, direction: 1 | -1 = 1): void {
    const { comparison, shown, at } = this.store.get();
    const all = comparison?.differences ?? [];
    const isWanted = (one: LayerDifference): boolean =>
      kind === undefined ? shown.has(one.kind) : one.kind === kind;
    for (let step = 1; step <= all.length; step++) {
      // Before the first, going back begins at the end.
      const from = at < 0 && direction < 0 ? 0 : at;
      const k = (((from + direction * step) % all.length) + all.length) % all.length;
      const difference = all[k] as LayerDifference;
      if (!isWanted(difference)) continue;
      this.store.set({ at: k });
      this.#parts.flyTo(difference);
      return;
    }
    this.#parts.note("There is no difference of this kind here.");
  }

  /** Class of a cell of this side in the comparison, for colours; undefined where both agree. */
  kindsOfCells(): ReadonlyMap<string, Disagreement> {
    const kinds = new Map<string, Disagreement>();
    for (const { kind, first } of this.store.get().comparison?.differences ?? [])
      for (const { id } of first) kinds.set(id, kind);
    return kinds;
  }

  /** Over the edited layer. */
  sources(): SheetSource[] {
    const picture = this.#picture;
    if (picture === null) return [];
    const { canvas, colourOf } = picture;
    return [{ id: "differences", canvas, colourOf, look, marked: none, isAbove: true }];
  }

  /** For the pane beside: the other side's cells, and the differences over them. */
  otherSources(): SheetSource[] {
    const other = this.#other;
    if (other === null) return [];
    const { canvas } = other;
    const own = { id: "other", canvas, colourOf: this.#otherColour, marked: none, isAbove: false };
    return [{ ...own, look: otherLook }, ...this.sources()];
  }

  readonly #otherColour = (uid: string): Rgb => this.#other?.colourOf(uid) ?? [255, 255, 255];

  #draw(comparison: LayerComparison): void {
    const { canvas } = this.#parts.model;
    const { height, width } = canvas;
    this.#picture = drawDifferences(
      { height, width },
      planeOf(canvas),
      comparison.differences,
      this.store.get().shown,
    );
  }
}

const objectsOf = (shapes: ReadonlyMap<string, ObjectShape>): VersionObject[] =>
  [...shapes].map(([id, shape]) => ({ id, shape }));
