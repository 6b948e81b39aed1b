/**
 * Spots that a search found and nobody has kept yet: shown while the threshold is moved, kept as edits or dropped.
 *
 * The search runs once per channel, size and part of the image; moving the threshold only counts.
 */

import type { BoundingBox } from "#core/array/index.ts";
import { errorFromWire } from "#core/errors.ts";
import { countAbove, type FoundSpots, type Spot } from "#core/spots/index.ts";
import type { PlaneAt } from "../model/planes.ts";
import { Store } from "../session/store.ts";
import type { SpotAnswer, SpotAsk } from "./spot-messages.ts";

export interface SpotDraftState {
  readonly phase: "none" | "searching" | "ready" | "failed";
  readonly error: unknown;
  readonly found: FoundSpots | null;
  readonly plane: PlaneAt | null;
  readonly threshold: number;
  /** How many answer at least so strongly. */
  readonly count: number;
}

/** The part of a worker that is used, so that a test can stand for it. */
export type SpotWorker = Pick<Worker, "postMessage" | "terminate" | "onmessage" | "onerror">;

export interface SpotDraftParts {
  readonly imageUrl: string;
  readonly newWorker: () => SpotWorker;
  readonly keep: (spots: readonly Spot[]) => void;
}

/** Pixels that one search reads: a 4,096 x 4,096 field in some seconds. */
export const searchPixelsMax = 2 ** 24;
/** Times the spread of the response without spots; what is above is rarely noise. */
const firstThresholdTimes = 6;

const none: SpotDraftState = { phase: "none", error: null, found: null, plane: null, threshold: 0, count: 0 };

export class SpotDraft {
  readonly store = new Store<SpotDraftState>(none);
  readonly #parts: SpotDraftParts;
  #worker: SpotWorker | null = null;
  #asked = 0;

  constructor(parts: SpotDraftParts) {
    this.#parts = parts;
  }

  /** Searches a part of a plane. An earlier search is dropped; the threshold stays where a person put it. */
  search(plane: PlaneAt, channel: number, sigmaPx: number, box: BoundingBox): void {
    const { found, threshold } = this.store.get();
    this.#stop();
    const id = ++this.#asked;
    const worker = this.#parts.newWorker();
    this.#worker = worker;
    this.store.set({ ...none, phase: "searching", found, threshold });
    worker.onmessage = ({ data }: MessageEvent<SpotAnswer>) => {
      if (data.id !== this.#asked) return;
      this.#stop();
      if (data.kind === "error")
        this.store.set({ ...none, phase: "failed", error: errorFromWire(data.error) });
      else this.#show(data.found, plane, found === null ? null : threshold);
    };
    worker.onerror = (event) => this.store.set({ ...none, phase: "failed", error: new Error(event.message) });
    const ask: SpotAsk = { id, imageUrl: this.#parts.imageUrl, channel, ...plane, box, sigmaPx };
    worker.postMessage(ask);
  }

  setThreshold(threshold: number): void {
    const { found } = this.store.get();
    if (found !== null) this.store.set({ threshold, count: countAbove(found, threshold) });
  }

  /** Those above the threshold become spots of a kind. */
  keep(kind: string): void {
    const { found, plane, count } = this.store.get();
    if (found === null || plane === null) return;
    const { t, z } = plane;
    const spots = Array.from({ length: count }, (_, i): Spot => {
      const [y, x, score] = [found.y[i], found.x[i], found.response[i]] as [number, number, number];
      return { t, z, y, x, kind, score, cell: null };
    });
    this.drop();
    this.#parts.keep(spots);
  }

  drop(): void {
    this.#stop();
    this.#asked++;
    this.store.set(none);
  }

  #show(found: FoundSpots, plane: PlaneAt, kept: number | null): void {
    const threshold = kept ?? Math.min(firstThresholdTimes * found.noise, found.response[0] ?? 0);
    this.store.set({
      phase: "ready",
      error: null,
      found,
      plane,
      threshold,
      count: countAbove(found, threshold),
    });
  }

  #stop(): void {
    this.#worker?.terminate();
    this.#worker = null;
  }
}
