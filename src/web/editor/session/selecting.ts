/** Which cells are selected: what a person meant outlives a change of plane, what is gone is selected no more. */

import type { ObjectShape } from "#core/labels/index.ts";
import type { PlaneAt } from "../model/planes.ts";
import type { EditorState } from "./editor-state.ts";
import type { LayerModel } from "./layer-model.ts";
import type { SessionView } from "./session-parts.ts";
import type { Store } from "./store.ts";

export interface SelectingParts {
  readonly store: Store<EditorState>;
  readonly model: LayerModel;
  readonly view: () => SessionView | null;
  readonly goTo: (plane: PlaneAt) => void;
}

export class Selecting {
  readonly #parts: SelectingParts;
  /** What a person selected, in whatever plane: the same cell is selected in every plane it is in. */
  #meant: readonly string[] = [];

  constructor(parts: SelectingParts) {
    this.#parts = parts;
  }

  set(selection: readonly string[]): void {
    const here = selection.filter((uid) => this.#parts.model.cells.has(uid));
    this.#meant = here.length > 0 ? here : selection;
    this.#mark(here);
  }

  /** Selects a cell and brings it into view, in whatever plane it lies. */
  show(uid: string): void {
    const { model, view, goTo } = this.#parts;
    const shape = model.shapeOf(uid);
    if (shape === undefined) return;
    goTo(shape);
    this.#meant = [uid];
    if (model.cells.has(uid)) this.set([uid]);
    view()?.flyTo(shape.bbox);
  }

  /** Brings a place into view, whether a cell is there or not. */
  lookAt(shape: Pick<ObjectShape, "t" | "z" | "bbox">): void {
    this.#parts.goTo(shape);
    this.#parts.view()?.flyTo(shape.bbox);
  }

  /** Another plane is on the screen: what was meant is selected there. */
  planeShown(plane: PlaneAt): void {
    const seen = this.#meant.map((uid) => this.#parts.model.mateOf(uid, plane));
    this.#mark([...new Set(seen.filter((uid) => uid !== undefined))]);
  }

  /** Cells that are gone are selected no more. */
  keepLiving(): void {
    const { store, model } = this.#parts;
    this.#mark(store.get().selection.filter((uid) => model.cells.has(uid)));
  }

  #mark(selection: readonly string[]): void {
    const { store, view } = this.#parts;
    const before = store.get().selection;
    if (before.length === selection.length && before.every((uid, i) => uid === selection[i])) return;
    store.set({ selection });
    view()?.cellsChanged([...before, ...selection]);
  }
}
