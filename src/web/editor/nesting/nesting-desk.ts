/**
 * Which nucleus belongs to which cell, while either is edited.
 *
 * Where an image has a layer of nuclei and one of whole cells, and both are on the screen, they are linked by the rule for
 * tissue (`findNucleusHomes`): the mate of the cell under the pointer or selected is marked in the other layer, and what
 * does not fit (a nucleus outside any cell, a cell with none or several) is a list to go through.
 */

import type { LayerSummary } from "#api/index.ts";
import { findNucleusHomes, type NucleusHomes } from "#core/labels/index.ts";
import type { LayerModel } from "../session/layer-model.ts";
import { Store } from "../session/store.ts";

export const nestingFaults = ["outside", "empty", "crowded"] as const;
export type NestingFault = (typeof nestingFaults)[number];

interface NestingState {
  /** Null while the other layer is not on the screen. */
  readonly homes: NucleusHomes | null;
  /** Place in the list of each fault that was gone to last; -1 before the first. */
  readonly at: Readonly<Record<NestingFault, number>>;
}

export interface NestingParts {
  readonly model: LayerModel;
  /** What the edited layer outlines. */
  readonly edited: LayerSummary["compartment"];
  /** Goes to a cell of the edited layer, or of the other one. */
  readonly show: (uid: string, isEdited: boolean) => void;
  readonly note: (text: string) => void;
}

const start = { outside: -1, empty: -1, crowded: -1 } as const;

/** The compartment that is linked with another; null where there is no such rule. */
export function mateCompartment(edited: LayerSummary["compartment"]): LayerSummary["compartment"] | null {
  if (edited === "nuclear") return "wholeCell";
  return edited === "wholeCell" ? "nuclear" : null;
}

export class NestingDesk {
  readonly store = new Store<NestingState>({ homes: null, at: start });
  readonly #parts: NestingParts;
  #otherId: string | null = null;
  #other: LayerModel | null = null;

  constructor(parts: NestingParts) {
    this.#parts = parts;
  }

  get otherId(): string | null {
    return this.#otherId;
  }

  /** The layer to link with; null when none is on the screen. */
  setOther(layerId: string | null, model: LayerModel | null): void {
    const isSame = layerId === this.#otherId && model === this.#other;
    this.#otherId = model === null ? null : layerId;
    this.#other = model;
    if (!isSame) this.refresh();
  }

  /** Links again: cells or the plane changed. Cost: O(nuclei and cells of the plane). */
  refresh(): void {
    const other = this.#other;
    if (other === null) {
      if (this.store.get().homes !== null) this.store.set({ homes: null, at: start });
      return;
    }
    const { model, edited } = this.#parts;
    const [own, its] = [model.canvas.shapes, other.shapesAt(model.plane)];
    const homes = edited === "nuclear" ? findNucleusHomes(own, its) : findNucleusHomes(its, own);
    this.store.set({ homes });
  }

  /** What belongs to a cell of the edited layer, in the other layer. */
  matesOf(uid: string): readonly string[] {
    const { homes } = this.store.get();
    if (homes === null) return [];
    if (this.#parts.edited !== "nuclear") return homes.nucleiOf.get(uid) ?? [];
    const cell = homes.cellOf.get(uid);
    return cell === undefined || cell === null ? [] : [cell];
  }

  /** Goes to the next one that does not fit, around the end. */
  next(fault: NestingFault): void {
    const { homes, at } = this.store.get();
    const uids = homes?.[fault] ?? [];
    if (uids.length === 0) {
      this.#parts.note("There is none in this picture.");
      return;
    }
    const k = (at[fault] + 1) % uids.length;
    this.store.set({ at: { ...at, [fault]: k } });
    const isNucleus = fault === "outside";
    this.#parts.show(uids[k] as string, isNucleus === (this.#parts.edited === "nuclear"));
  }
}
