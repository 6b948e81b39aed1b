/**
 * Everything on the screen that speaks of several label layers: the shelf, the comparison, links of nuclei and cells.
 *
 * Joins the three with the session: what they show follows its plane, its edits and its selection, and reaches the
 * picture as sources of sheets. What follows edits is computed when the hand rests, never within a stroke.
 */

import type { ImageDetail, LayerSummary } from "#api/index.ts";
import { errorFromWire, FoundryError } from "#core/errors.ts";
import { CompareDesk, type OtherSide } from "../compare/compare-desk.ts";
import { type ExtraSheetsStore, noExtraSheets } from "../gpu/sheet-source.ts";
import { samePlane } from "../model/planes.ts";
import { mateCompartment, NestingDesk } from "../nesting/nesting-desk.ts";
import type { EditorSession } from "../session/editor-session.ts";
import type { ViewController } from "../view/view-controller.ts";
import { LayerShelf, type ShelfParts } from "./layer-shelf.ts";
import { layerTitle } from "./layer-words.ts";

/** After the last edit. Comparing 20,000 cells takes about a tenth of this. */
const restMs = 300;

export interface LayersDeskParts {
  readonly session: EditorSession;
  readonly view: Pick<ViewController, "flyToBox">;
  readonly edited: LayerSummary;
  readonly readObjects: ShelfParts["readObjects"];
  readonly schedule: (work: () => void, ms: number) => () => void;
}

export class LayersDesk {
  readonly extras: ExtraSheetsStore = noExtraSheets();
  readonly shelf: LayerShelf;
  readonly compare: CompareDesk;
  readonly nesting: NestingDesk;
  readonly #parts: LayersDeskParts;
  readonly #stops: (() => void)[] = [];
  #hovered: string | undefined;
  #callOff: (() => void) | null = null;

  constructor(parts: LayersDeskParts) {
    const { session, view, edited } = parts;
    const { height, width } = session.model.canvas;
    this.#parts = parts;
    this.shelf = new LayerShelf(
      { height, width, editedId: edited.id, readObjects: parts.readObjects },
      session.state.plane,
    );
    this.compare = new CompareDesk({
      model: session.model,
      flyTo: ({ first, box }) => {
        const own = first.find(({ id }) => session.model.cells.has(id));
        session.select(own === undefined ? [] : [own.id]);
        view.flyToBox(box);
      },
      note: (text) => session.note(text),
    });
    this.nesting = new NestingDesk({
      model: session.model,
      edited: edited.compartment,
      show: (uid, isEdited) => {
        if (isEdited) session.showCell(uid);
        else {
          const box = this.#mate()?.canvas.shapes.get(uid)?.bbox;
          if (box !== undefined) view.flyToBox(box);
        }
      },
      note: (text) => session.note(text),
    });
  }

  /** Follows the session until the returned function is called. */
  start(): () => void {
    const { session } = this.#parts;
    let { plane, version, selection } = session.state;
    const follow = (): void => {
      const state = session.state;
      if (!samePlane(plane, state.plane)) {
        ({ plane, version } = state);
        this.shelf.show(plane);
        this.#refresh();
      } else if (version !== state.version) {
        ({ version } = state);
        this.#refreshLater();
      }
      if (selection !== state.selection) {
        ({ selection } = state);
        this.#publish();
      }
    };
    this.#stops.push(session.store.subscribe(follow));
    this.#stops.push(this.shelf.store.subscribe(() => this.#shelfChanged()));
    this.#stops.push(this.compare.store.subscribe(() => this.#publish()));
    this.#stops.push(this.nesting.store.subscribe(() => this.#publish()));
    return () => {
      this.#callOff?.();
      for (const stop of this.#stops.splice(0)) stop();
    };
  }

  setLayers(layers: ImageDetail["layers"]): void {
    this.shelf.setLayers(layers);
  }

  /** The cell of the edited layer under the pointer. */
  hover(uid: string | undefined): void {
    if (uid === this.#hovered) return;
    this.#hovered = uid;
    if (this.nesting.otherId !== null) this.#publish();
  }

  /** Compares the edited layer with one of the shelf. */
  compareWith(layerId: string): void {
    const entry = this.shelf.store.get().entries.find(({ layer }) => layer.id === layerId);
    if (entry === undefined) return;
    const { edited } = this.#parts;
    const { layer } = entry;
    const isBranch = layer.branchOf === edited.id || edited.branchOf === layer.id;
    const isSibling = layer.branchOf !== null && layer.branchOf === edited.branchOf;
    void this.compare.begin({
      id: layerId,
      title: layerTitle(layer),
      identity: isBranch || isSibling ? "id" : "place",
      open: async () => {
        if (this.shelf.modelOf(layerId) === null) await this.shelf.read(layerId);
        const model = this.shelf.modelOf(layerId);
        if (model !== null) return model;
        throw this.#problemOf(layerId);
      },
    });
  }

  compareWithSide(side: OtherSide): void {
    void this.compare.begin(side);
  }

  #problemOf(layerId: string): FoundryError {
    const { entries } = this.shelf.store.get();
    const problem = entries.find(({ layer }) => layer.id === layerId)?.problem ?? null;
    if (problem !== null) return errorFromWire(problem);
    return new FoundryError("layer.notFound", { message: "The layer to compare with is there no more." });
  }

  #mate() {
    const { otherId } = this.nesting;
    return otherId === null ? null : this.shelf.modelOf(otherId);
  }

  #shelfChanged(): void {
    const compartment = mateCompartment(this.#parts.edited.compartment);
    const mate = this.shelf.store
      .get()
      .entries.find(
        ({ layer, look, phase }) => layer.compartment === compartment && look.shown && phase === "ready",
      );
    this.nesting.setOther(
      mate?.layer.id ?? null,
      mate === undefined ? null : this.shelf.modelOf(mate.layer.id),
    );
    const compared = this.compare.store.get().with;
    const model = compared === null ? null : this.shelf.modelOf(compared.id);
    if (model !== null && this.compare.other !== null && model !== this.compare.other)
      this.compare.replaceOther(model);
    this.#publish();
  }

  #refreshLater(): void {
    if (this.nesting.otherId === null && this.compare.other === null) return;
    this.#callOff?.();
    this.#callOff = this.#parts.schedule(() => {
      this.#callOff = null;
      this.#refresh();
    }, restMs);
  }

  #refresh(): void {
    this.nesting.refresh();
    this.compare.refresh();
  }

  #publish(): void {
    const { session } = this.#parts;
    const marked = new Map<string, ReadonlySet<string>>();
    const { otherId } = this.nesting;
    if (otherId !== null) {
      const looked = [...session.state.selection, ...(this.#hovered === undefined ? [] : [this.#hovered])];
      marked.set(otherId, new Set(looked.flatMap((uid) => this.nesting.matesOf(uid))));
    }
    this.extras.set({
      sources: [...this.shelf.sources(marked), ...this.compare.sources()],
      isEditedQuiet: this.compare.store.get().comparison !== null,
    });
  }
}
