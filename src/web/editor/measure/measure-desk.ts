/**
 * The measurements of one open image: asks a worker for them, keeps the table, notices when cells changed.
 *
 * Lives as long as the editor's session, so the table is still there when a person comes back to its tab. A table that
 * was quick to make is made anew by itself after edits; a slow one says how many cells changed and waits to be asked.
 */

import type { ImageDetail, LayerSummary } from "#api/index.ts";
import { errorFromWire } from "#core/errors.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import {
  defaultNeighbourDistancePx,
  defaultNeighbourDistanceUm,
  type MeasureColumn,
  type MeasureTable,
  tableRows,
  withCellFacts,
} from "#core/measure/index.ts";
import type { UmapPlaces } from "#core/umap/index.ts";
import type { TableText } from "#formats/measure/index.ts";
import { type PlaneAt, samePlane } from "../model/planes.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { Store } from "../session/store.ts";
import { type LikenessMap, mapColumns, mapFeatures } from "./likeness-map.ts";
import type { FileAsk, MeasureAnswer, MeasureAsk, MeasureQuestion } from "./measure-messages.ts";
import { packShapes } from "./pack-shapes.ts";

export interface MeasureState {
  readonly phase: "empty" | "working" | "ready" | "failed";
  /** How far it is, 0..1; null before the first pixels. */
  readonly share: number | null;
  readonly error: unknown;
  /** Kept while a newer one is made. */
  readonly table: MeasureTable | null;
  readonly rowOf: ReadonlyMap<string, number>;
  /** Cells that changed, came or went since the table was made. */
  readonly stale: number;
  /** µm where the pixel size is known, else pixels. */
  readonly distance: number;
  /** Only the plane on the screen, or all frames and slices. */
  readonly scope: "plane" | "all";
  readonly writing: "csv" | "parquet" | null;
  /** How far the map of likeness is, 0..1; null when none is being made. */
  readonly mapShare: number | null;
}

/** The part of a worker that is used, so that a test can stand for it. */
export type MeasureWorker = Pick<Worker, "postMessage" | "terminate" | "onmessage" | "onerror">;

export interface MeasureDeskParts {
  readonly session: EditorSession;
  readonly image: ImageDetail;
  readonly layer: LayerSummary;
  readonly imageUrl: string;
  readonly newWorker: () => MeasureWorker;
  /** Shapes of another layer of the image. */
  readonly readShapes: (layerId: string) => Promise<readonly ObjectShape[]>;
  /** Columns of what is known without measuring, for the rows of a table: spots. */
  readonly moreColumns?: (ids: readonly string[], planes: readonly PlaneAt[]) => MeasureColumn[];
  readonly now: () => number;
  /** @returns calls it off. */
  readonly schedule: (work: () => void, ms: number) => () => void;
}

/** A table made in this time is made anew without being asked for. */
const quickMs = 2_500;
/** After the last edit; a stroke is followed by the next one sooner. */
const restMs = 700;

const firstState: MeasureState = {
  phase: "empty",
  share: null,
  error: null,
  table: null,
  rowOf: new Map(),
  stale: 0,
  distance: defaultNeighbourDistanceUm,
  scope: "plane",
  writing: null,
  mapShare: null,
};

export class MeasureDesk {
  readonly store: Store<MeasureState>;
  readonly #parts: MeasureDeskParts;
  #worker: MeasureWorker | null = null;
  #asked = 0;
  #map: LikenessMap | null = null;
  /** The table without what may change while no cell does. */
  #bare: MeasureTable | null = null;
  #measured: ReadonlyMap<string, ObjectShape> = new Map();
  #tookMs = Infinity;
  #callOff: () => void = () => undefined;
  #callOffMore: () => void = () => undefined;
  /** Answers for a worker that was ended: nobody waits for ever. */
  #abandon: () => void = () => undefined;

  constructor(parts: MeasureDeskParts) {
    this.#parts = parts;
    const distance = parts.image.mpp === null ? defaultNeighbourDistancePx : defaultNeighbourDistanceUm;
    this.store = new Store<MeasureState>({ ...firstState, distance });
    let { version, plane } = parts.session.state;
    parts.session.store.subscribe(() => {
      const now = parts.session.state;
      if (now.version === version && samePlane(now.plane, plane)) return;
      ({ version, plane } = now);
      this.#cellsChanged();
    });
  }

  /** Measures all cells as they are now; a measurement under way is dropped. */
  async measure(): Promise<void> {
    const id = this.#stop();
    const { session, image, layer } = this.#parts;
    const { scope, distance } = this.store.get();
    const shapes = this.#shapes(scope);
    const plane = session.state.plane;
    this.store.set({ phase: "working", share: null, error: null });
    const started = this.#parts.now();
    try {
      const nuclei = await this.#nuclei(layer, scope, plane);
      if (id !== this.#asked) return;
      const ask: MeasureAsk = {
        kind: "measure",
        id,
        imageUrl: this.#parts.imageUrl,
        height: image.height,
        width: image.width,
        mpp: image.mpp,
        channels: channelNames(image),
        neighbourDistance: distance,
        ids: [...shapes.keys()],
        cells: packShapes([...shapes.values()]),
        nuclei: nuclei === null ? null : packShapes(nuclei),
      };
      const table = await this.#run<MeasureTable>(ask, "table");
      if (table === null || id !== this.#asked) return;
      this.#measured = shapes;
      this.#tookMs = this.#parts.now() - started;
      this.#show(withCellFacts(table, (uid) => session.model.knownOf(uid)));
    } catch (error) {
      if (id === this.#asked) this.store.set({ phase: "failed", error });
    }
  }

  cancel(): void {
    this.#stop();
    this.store.set({ phase: this.store.get().table === null ? "empty" : "ready" });
  }

  setDistance(distance: number): void {
    this.store.set({ distance });
    if (this.store.get().table !== null) void this.measure();
  }

  setScope(scope: MeasureState["scope"]): void {
    this.store.set({ scope });
    if (this.store.get().table !== null) void this.measure();
  }

  /** The table as a file. @param rows  which rows, in which order. @param texts  words for these rows. @throws FoundryError when it cannot be written. */
  async file(
    format: "csv" | "parquet",
    rows: readonly number[],
    createdBy: string,
    texts: readonly TableText[] = [],
  ): Promise<Blob | null> {
    const { table } = this.store.get();
    if (table === null) return null;
    this.store.set({ writing: format });
    try {
      const { image, layer } = this.#parts;
      const ask: FileAsk = {
        kind: "file",
        id: 0,
        format,
        table: tableRows(table, rows),
        facts: { image: image.name, imageId: image.id, layer: layer.name || layer.compartment },
        texts,
        createdBy,
      };
      return await this.#run<Blob>(ask, "file");
    } finally {
      this.store.set({ writing: null });
    }
  }

  /** One question to a worker of its own, which ends with it. Null when it was called off. */
  #run<T extends MeasureTable | Blob | UmapPlaces>(
    question: MeasureQuestion,
    wanted: "table" | "file" | "map",
  ): Promise<T | null> {
    const worker = this.#parts.newWorker();
    return new Promise<T | null>((resolve, reject) => {
      if (question.kind === "measure") {
        this.#worker = worker;
        this.#abandon = () => resolve(null);
      }
      worker.onmessage = ({ data }: MessageEvent<MeasureAnswer>) => {
        if (data.kind === "progress")
          this.store.set(question.kind === "map" ? { mapShare: data.share } : { share: data.share });
        else if (data.kind === "error") reject(errorFromWire(data.error));
        else if (data.kind === wanted) resolve(answerOf(data) as T);
      };
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(question, transferOf(question));
    }).finally(() => {
      worker.terminate();
      if (this.#worker === worker) this.#worker = null;
    });
  }

  #stop(): number {
    this.#callOff();
    this.#worker?.terminate();
    this.#worker = null;
    this.#abandon();
    this.#asked += 1;
    return this.#asked;
  }

  #shapes(scope: MeasureState["scope"]): Map<string, ObjectShape> {
    const { session } = this.#parts;
    if (scope === "plane") return new Map(session.model.shapesAt(session.state.plane));
    const { planes } = session.state;
    const all = new Map<string, ObjectShape>();
    for (let t = 0; t < planes.t; t++) {
      for (let z = 0; z < planes.z; z++)
        for (const [uid, shape] of session.model.shapesAt({ t, z })) all.set(uid, shape);
    }
    return all;
  }

  /** Nuclei of the image's nuclear layer when whole cells are measured. */
  async #nuclei(
    layer: LayerSummary,
    scope: MeasureState["scope"],
    plane: PlaneAt,
  ): Promise<readonly ObjectShape[] | null> {
    if (layer.compartment !== "wholeCell") return null;
    const nuclear = this.#parts.image.layers.find(
      (one) => one.compartment === "nuclear" && one.kind === "instances" && one.branchOf === null,
    );
    if (nuclear === undefined || nuclear.objectCount === 0) return null;
    const shapes = await this.#parts.readShapes(nuclear.id);
    return scope === "all" ? shapes : shapes.filter((shape) => samePlane(shape, plane));
  }

  #show(measured: MeasureTable): void {
    this.#bare = measured;
    const table = this.#withMore(measured);
    const rowOf = new Map(table.ids.map((uid, row) => [uid, row]));
    this.store.set({ phase: "ready", share: null, table, rowOf });
    this.#cellsChanged();
  }

  #cellsChanged(): void {
    const { table, scope, phase } = this.store.get();
    if (table === null) return;
    const now = this.#shapes(scope);
    let stale = 0;
    for (const [uid, shape] of now) if (this.#measured.get(uid) !== shape) stale++;
    for (const uid of this.#measured.keys()) if (!now.has(uid)) stale++;
    this.store.set({ stale });
    this.#refreshMore();
    this.#callOff();
    if (stale === 0 || phase === "working" || this.#tookMs > quickMs) return;
    this.#callOff = this.#parts.schedule(() => {
      if (this.#parts.session.state.playing === null) void this.measure();
    }, restMs);
  }

  #withMore(table: MeasureTable): MeasureTable {
    const more = [
      ...(this.#parts.moreColumns?.(table.ids, this.#planes(this.store.get().scope)) ?? []),
      ...(this.#map === null ? [] : mapColumns(this.#map, table.ids)),
    ];
    return more.length === 0 ? table : { ...table, columns: [...table.columns, ...more] };
  }

  /** Makes a map of likeness of the cells in the table, from all features but their place. */
  async makeMap(): Promise<void> {
    const { table, mapShare } = this.store.get();
    if (table === null || mapShare !== null) return;
    this.store.set({ mapShare: 0, error: null });
    try {
      const columns = mapFeatures(table).map(({ values }) => values.slice());
      const places = await this.#run<UmapPlaces>({ kind: "map", id: 0, columns }, "map");
      if (places === null) return;
      this.#map = { ids: table.ids, places };
      if (this.#bare !== null) this.store.set({ table: this.#withMore(this.#bare) });
    } finally {
      this.store.set({ mapShare: null });
    }
  }

  /** Spots changed: the columns about them are made anew, once the hand rests. */
  #refreshMore(): void {
    this.#callOffMore();
    if (this.#parts.moreColumns === undefined || this.#parts.session.model.beside.spots.size === 0) return;
    this.#callOffMore = this.#parts.schedule(() => {
      if (this.#bare !== null && this.store.get().phase === "ready")
        this.store.set({ table: this.#withMore(this.#bare) });
    }, restMs);
  }

  #planes(scope: MeasureState["scope"]): PlaneAt[] {
    const { planes, plane } = this.#parts.session.state;
    if (scope === "plane") return [plane];
    return Array.from({ length: planes.t * planes.z }, (_, i) => ({
      t: Math.floor(i / planes.z),
      z: i % planes.z,
    }));
  }

  /** Name of files made here, without its ending. */
  get fileStem(): string {
    return this.#parts.image.name.replace(/\.[A-Za-z0-9]{1,5}$/, "");
  }
}

/** Names of all channels by index; those without one are numbered. */
export function channelNames({ channels, axes, shape }: ImageDetail): string[] {
  const at = axes.indexOf("c");
  const count = at < 0 ? 1 : (shape[at] ?? 1);
  return Array.from({ length: count }, (_, c) => {
    const name = channels.find(({ index }) => index === c)?.name ?? "";
    return name === "" ? `Channel ${c + 1}` : name;
  });
}

function answerOf(data: MeasureAnswer): MeasureTable | Blob | UmapPlaces | null {
  if (data.kind === "table") return data.table;
  if (data.kind === "file") return data.file;
  return data.kind === "map" ? data.places : null;
}

function transferOf(question: MeasureQuestion): Transferable[] {
  if (question.kind === "map") return question.columns.map(({ buffer }) => buffer as ArrayBuffer);
  if (question.kind === "file")
    return question.table.columns.map(({ values }) => values.buffer as ArrayBuffer);
  const packed = [question.cells, ...(question.nuclei === null ? [] : [question.nuclei])];
  return packed.flatMap(({ boxes, bits }) => [boxes.buffer, bits.buffer]);
}
