/**
 * The worker behind the sliders of a server's prediction: fetches the maps once, then answers without the server.
 */
/// <reference lib="webworker" />
import type { LabelImage } from "#core/array/index.ts";
import { errorToWire, isFoundryError, type WireError } from "#core/errors.ts";
import { readNpy, writeLabelTiff } from "#formats/index.ts";
import type { Compartment, InputContract, PredictedPlanes } from "#nn/index.ts";
import { overlayPng } from "./private-pictures.ts";
import type { SettingsByCompartment } from "./private-settings.ts";
import { labelsFromMaps, mapsOf } from "./threshold-maps.ts";

/** What is asked; the newest question is answered, older ones may be left out. */
export interface ThresholdAsk {
  readonly id: number;
  readonly mapsUrl: string;
  readonly contract: InputContract;
  readonly settings: SettingsByCompartment;
  readonly height: number;
  readonly width: number;
  /** Give a TIFF of this compartment instead of pictures. */
  readonly save?: {
    readonly compartment: Compartment;
    readonly description: Readonly<Record<string, string>>;
  };
}

export type ThresholdAnswer =
  | { readonly id: number; readonly kind: "cells"; readonly cells: readonly ThresholdCells[] }
  | { readonly id: number; readonly kind: "file"; readonly file: Blob }
  | { readonly id: number; readonly kind: "error"; readonly error: WireError };

export interface ThresholdCells {
  readonly compartment: Compartment;
  readonly cellCount: number;
  readonly overlay: Blob;
}

const scope = self as unknown as {
  postMessage(message: ThresholdAnswer): void;
  onmessage: ((event: MessageEvent<ThresholdAsk>) => void) | null;
};

// Two planes of 4,096 squared for each of two compartments, the most the server keeps.
const MAP_BYTES_MAX = 2 ** 28;

let loaded: { readonly url: string; readonly maps: Promise<PredictedPlanes[]> } | null = null;
let latest = 0;

function mapsAt(url: string): Promise<PredictedPlanes[]> {
  if (loaded?.url !== url) loaded = { url, maps: fetchMaps(url) };
  return loaded.maps;
}

async function fetchMaps(url: string): Promise<PredictedPlanes[]> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  const limits = { samplesMax: MAP_BYTES_MAX / 2, decodedBytesMax: MAP_BYTES_MAX };
  const array = readNpy(new Uint8Array(await response.arrayBuffer()), { name: "maps.npy", limits });
  return mapsOf(array as { shape: readonly number[]; data: ArrayLike<unknown> });
}

async function answer(ask: ThresholdAsk): Promise<ThresholdAnswer | null> {
  const { id, contract, settings, save } = ask;
  const maps = await mapsAt(ask.mapsUrl);
  // A slider asks at every step; while maps were loading or cells were made, a newer question has come.
  if (save === undefined && id !== latest) return null;
  const found = labelsFromMaps(maps, contract, settings, ask);
  if (save !== undefined) {
    const labels = found.find(({ compartment }) => compartment === save.compartment)?.labels as LabelImage;
    const bytes = writeLabelTiff(labels, { description: save.description });
    return { id, kind: "file", file: new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "image/tiff" }) };
  }
  const cells = found.map(async ({ compartment, cellCount, labels }) => ({
    compartment,
    cellCount,
    overlay: await overlayPng(labels),
  }));
  return { id, kind: "cells", cells: await Promise.all(cells) };
}

scope.onmessage = ({ data }) => {
  if (data.save === undefined) latest = data.id;
  // Lets the questions that wait be counted before the newest is worked on.
  setTimeout(() => {
    answer(data).then(
      (found) => {
        if (found !== null) scope.postMessage(found);
      },
      (error: unknown) => {
        loaded = null;
        scope.postMessage({ id: data.id, kind: "error", error: wireOf(error) });
      },
    );
  }, 0);
};

function wireOf(error: unknown): WireError {
  if (isFoundryError(error)) return errorToWire(error);
  return {
    code: "engine.failed",
    message: `The thresholds could not be applied: ${error instanceof Error ? error.message : String(error)}`,
    hint: "Try again, or predict again with thresholds on the command line.",
  };
}
