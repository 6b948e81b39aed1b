/**
 * Measurements of the cells of chosen tracks: asked of the worker that measures, kept until cells or choice change.
 *
 * Only the chosen tracks are measured, so a plot of three cells of a long movie reads three boxes a frame, not the movie.
 */

import type { ImageDetail } from "#api/index.ts";
import type { CellTrack } from "#core/cell-tracks/index.ts";
import { errorFromWire } from "#core/errors.ts";
import {
  defaultNeighbourDistancePx,
  defaultNeighbourDistanceUm,
  type MeasureTable,
} from "#core/measure/index.ts";
import { channelNames, type MeasureWorker } from "../measure/measure-desk.ts";
import type { MeasureAnswer, MeasureAsk } from "../measure/measure-messages.ts";
import { packShapes } from "../measure/pack-shapes.ts";
import type { EditorSession } from "../session/editor-session.ts";
import { Store } from "../session/store.ts";

export interface SeriesState {
  readonly phase: "empty" | "working" | "ready" | "failed";
  /** 0..1; null before the first pixels. */
  readonly share: number | null;
  readonly error: unknown;
  readonly table: MeasureTable | null;
  /** What the table holds: tracks and version of the cells. */
  readonly of: string;
}

export interface SeriesDeskParts {
  readonly session: EditorSession;
  readonly image: ImageDetail;
  readonly imageUrl: string;
  readonly newWorker: () => MeasureWorker;
}

/** More cells at once are measured in the Measure tab. */
const seriesCellsMax = 20_000;

export class SeriesDesk {
  readonly store = new Store<SeriesState>({
    phase: "empty",
    share: null,
    error: null,
    table: null,
    of: "",
  });
  readonly #parts: SeriesDeskParts;
  #worker: MeasureWorker | null = null;

  constructor(parts: SeriesDeskParts) {
    this.#parts = parts;
  }

  /** Measures all cells of the tracks; a measurement under way is dropped. */
  measure(tracks: readonly CellTrack[]): void {
    const { session, image, imageUrl } = this.#parts;
    const of = seriesKey(tracks, session.state.version);
    if (this.store.get().of === of && this.store.get().phase !== "failed") return;
    this.close();
    const cells = tracks.flatMap((track) => track.cells.map(({ uid }) => uid)).slice(0, seriesCellsMax);
    const known = cells.flatMap((uid) => {
      const shape = session.model.shapeOf(uid);
      return shape === undefined ? [] : [{ uid, shape }];
    });
    this.store.set({ phase: "working", share: null, error: null, of });
    const worker = this.#parts.newWorker();
    this.#worker = worker;
    const end = (patch: Partial<SeriesState>): void => {
      worker.terminate();
      if (this.#worker !== worker) return;
      this.#worker = null;
      this.store.set(patch);
    };
    worker.onmessage = ({ data }: MessageEvent<MeasureAnswer>) => {
      if (data.kind === "progress") this.store.set({ share: data.share });
      else if (data.kind === "table") end({ phase: "ready", table: data.table });
      else if (data.kind === "error") end({ phase: "failed", error: errorFromWire(data.error) });
    };
    worker.onerror = (event) => end({ phase: "failed", error: new Error(event.message) });
    const packed = packShapes(known.map(({ shape }) => shape));
    const ask: MeasureAsk = {
      kind: "measure",
      id: 1,
      imageUrl,
      height: image.height,
      width: image.width,
      mpp: image.mpp,
      channels: channelNames(image),
      neighbourDistance: image.mpp === null ? defaultNeighbourDistancePx : defaultNeighbourDistanceUm,
      ids: known.map(({ uid }) => uid),
      cells: packed,
      nuclei: null,
    };
    worker.postMessage(ask, [packed.boxes.buffer, packed.bits.buffer]);
  }

  close(): void {
    this.#worker?.terminate();
    this.#worker = null;
  }
}

const seriesKey = (tracks: readonly CellTrack[], version: number): string =>
  `${version} ${tracks.map(({ index }) => index).join(",")}`;
