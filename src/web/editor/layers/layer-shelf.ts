/**
 * The other label layers of the image: nuclei beside whole cells, proposals, branches, earlier revisions.
 *
 * One layer is edited; any others can lie below it on the screen. A layer's cells are read when it is first shown and
 * again when the server has newer ones; they are looked at here, never changed. What is shown follows the frame and
 * slice of the edited layer in the same breath.
 */

import type { LayerObjects, LayerSummary } from "#api/index.ts";
import { errorToWire, type WireError } from "#core/errors.ts";
import type { Rgb } from "#core/labels/index.ts";
import type { SheetSource } from "../gpu/sheet-source.ts";
import type { PlaneAt } from "../model/planes.ts";
import { LayerModel } from "../session/layer-model.ts";
import { Store } from "../session/store.ts";

export interface ShelfLook {
  readonly shown: boolean;
  readonly fillOpacity: number;
  readonly outlineOpacity: number;
}

export interface ShelfEntry {
  readonly layer: LayerSummary;
  readonly look: ShelfLook;
  readonly phase: "asleep" | "reading" | "ready" | "failed";
  readonly problem: WireError | null;
}

interface ShelfState {
  readonly entries: readonly ShelfEntry[];
  /** Counts every change of what is held. */
  readonly version: number;
}

export interface ShelfParts {
  readonly height: number;
  readonly width: number;
  /** The layer that is edited, which is not on the shelf. */
  readonly editedId: string;
  readonly readObjects: (layerId: string) => Promise<LayerObjects>;
}

/** Below the edited layer: outlines that do not outshine it. */
const firstLook: ShelfLook = { shown: false, fillOpacity: 0.1, outlineOpacity: 0.6 };

const none: ReadonlySet<string> = new Set();

interface Held {
  readonly model: LayerModel;
  readonly seq: number;
  readonly colourOf: (uid: string) => Rgb;
}

export class LayerShelf {
  readonly store = new Store<ShelfState>({ entries: [], version: 0 });
  readonly #parts: ShelfParts;
  readonly #held = new Map<string, Held>();
  /** Newest request of each layer: an answer to an older one is dropped. */
  readonly #asked = new Map<string, number>();
  #plane: PlaneAt;
  #closed = false;

  constructor(parts: ShelfParts, plane: PlaneAt) {
    this.#parts = parts;
    this.#plane = plane;
  }

  /** The image's layers as the server names them now; what is shown and newer there is read again. */
  setLayers(layers: readonly LayerSummary[]): void {
    const before = new Map(this.store.get().entries.map((entry) => [entry.layer.id, entry]));
    const entries = layers
      .filter(({ id }) => id !== this.#parts.editedId)
      .map((layer): ShelfEntry => {
        const known = before.get(layer.id);
        if (known !== undefined) return { ...known, layer };
        return { layer, look: firstLook, phase: "asleep", problem: null };
      });
    const kept = new Set(entries.map(({ layer }) => layer.id));
    for (const id of this.#held.keys()) if (!kept.has(id)) this.#held.delete(id);
    this.#set({ entries });
    for (const { layer } of entries) {
      const held = this.#held.get(layer.id);
      if (held !== undefined && held.seq < layer.seq) void this.read(layer.id);
    }
  }

  setLook(layerId: string, patch: Partial<ShelfLook>): void {
    this.#patch(layerId, (entry) => ({ ...entry, look: { ...entry.look, ...patch } }));
    if (patch.shown === true && !this.#held.has(layerId)) void this.read(layerId);
  }

  /** Cells of a layer of the shelf in the plane on the screen; null until they are read. */
  modelOf(layerId: string): LayerModel | null {
    return this.#held.get(layerId)?.model ?? null;
  }

  /** Reads a layer's cells. Failures are told in its entry. */
  async read(layerId: string): Promise<void> {
    const mine = (this.#asked.get(layerId) ?? 0) + 1;
    this.#asked.set(layerId, mine);
    this.#patch(layerId, (entry) => ({ ...entry, phase: "reading", problem: null }));
    try {
      const { objects, seq } = await this.#parts.readObjects(layerId);
      if (this.#closed || this.#asked.get(layerId) !== mine) return;
      const { height, width } = this.#parts;
      const entry = this.store.get().entries.find(({ layer }) => layer.id === layerId);
      const model = new LayerModel(height, width, entry?.layer.overlapAllowed);
      model.load(objects, [], { kind: "person", name: "" });
      model.show(this.#plane);
      this.#held.set(layerId, { model, seq, colourOf: (uid) => model.colourOf(uid) });
      this.#patch(layerId, (entry) => ({ ...entry, phase: "ready" }));
    } catch (error) {
      if (this.#closed || this.#asked.get(layerId) !== mine) return;
      this.#patch(layerId, (entry) => ({ ...entry, phase: "failed", problem: errorToWire(error) }));
    }
  }

  /** Another plane is on the screen. */
  show(plane: PlaneAt): void {
    this.#plane = plane;
    for (const { model } of this.#held.values()) model.show(plane);
    this.#set({});
  }

  /** What of the shelf is on the screen, bottom to top. @param marked  cells to mark, by layer. */
  sources(marked: ReadonlyMap<string, ReadonlySet<string>>): SheetSource[] {
    return this.store.get().entries.flatMap(({ layer, look }) => {
      const held = this.#held.get(layer.id);
      if (held === undefined || !look.shown) return [];
      const { model, colourOf } = held;
      const source = { id: layer.id, canvas: model.canvas, colourOf, look, isAbove: false };
      return [{ ...source, marked: marked.get(layer.id) ?? none }];
    });
  }

  close(): void {
    this.#closed = true;
  }

  #patch(layerId: string, change: (entry: ShelfEntry) => ShelfEntry): void {
    const { entries } = this.store.get();
    this.#set({ entries: entries.map((entry) => (entry.layer.id === layerId ? change(entry) : entry)) });
  }

  #set(patch: Partial<ShelfState>): void {
    this.store.set({ ...patch, version: this.store.get().version + 1 });
  }
}
