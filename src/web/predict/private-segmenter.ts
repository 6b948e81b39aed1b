/**
 * Segmentation inside the worker: the server's own code (`#nn`) on the browser's runtime.
 *
 * Engine and model are kept between questions, so a second image with the same model starts at once. A graphics card
 * that fails in the middle of a run is given up and the processor does the whole image again.
 */
import { axisLength, type ImageArray } from "#core/array/index.ts";
import { assert, isFoundryError } from "#core/errors.ts";
import { resampleLabels } from "#core/image/index.ts";
import {
  type Compartment,
  type InputContract,
  labelMaps,
  loadSegmentationModel,
  type RangeWarning,
  type Segmentation,
  type SegmentationModel,
  type UsedScale,
} from "#nn/index.ts";
import { type PrivateEngine, startEngine, startProcessor } from "./private-device.ts";
import { loadModelFile } from "./private-model-store.ts";
import type {
  DeviceChoice,
  DeviceFacts,
  LoadedBytes,
  PlaneChoice,
  PrivateModel,
  PrivateProgress,
} from "./private-protocol.ts";
import type { SavedPrediction } from "./private-save.ts";
import { type SettingsByCompartment, settingsOf } from "./private-settings.ts";

type Report = (progress: PrivateProgress) => void;

/** A finished prediction with all that sliders and downloads need. */
export interface Segmented extends Omit<SavedPrediction, "labels" | "confidence"> {
  readonly contract: InputContract;
  readonly compartments: Segmentation["compartments"];
  readonly settings: SettingsByCompartment;
  /** What the network said, one pair per compartment. */
  readonly maps: Segmentation["maps"];
  readonly scale: UsedScale;
  readonly warnings: readonly RangeWarning[];
}

export interface SegmentAsk {
  readonly image: ImageArray;
  readonly model: PrivateModel;
  readonly choice: PlaneChoice;
  readonly device: DeviceChoice;
}

export interface SegmentAnswer {
  readonly segmented: Segmented;
  readonly device: DeviceFacts;
  readonly loaded: LoadedBytes;
  /** From the first tile to the labels, ms. */
  readonly computeMs: number;
}

interface LoadedModel {
  readonly digest: string;
  readonly from: PrivateEngine;
  readonly model: SegmentationModel;
}

/** Engines and the last model of one worker; use one question at a time. */
export interface Segmenter {
  readonly engines: Map<DeviceChoice, PrivateEngine>;
  loaded: LoadedModel | null;
}

export const createSegmenter = (): Segmenter => ({ engines: new Map(), loaded: null });

/** Bytes of the runtime's compiled part that came over the network so far; browsers tell it per address. */
function runtimeBytesFetched(): number {
  const entries = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
  return entries.filter(({ name }) => name.endsWith(".wasm")).reduce((sum, one) => sum + one.transferSize, 0);
}

async function engineFor(segmenter: Segmenter, choice: DeviceChoice): Promise<PrivateEngine> {
  const engine = segmenter.engines.get(choice) ?? (await startEngine(choice));
  segmenter.engines.set(choice, engine);
  return engine;
}

async function modelFor(
  segmenter: Segmenter,
  model: PrivateModel,
  from: PrivateEngine,
  report: Report,
): Promise<{ readonly model: SegmentationModel; readonly fetched: number }> {
  const kept = segmenter.loaded;
  if (kept?.digest === model.onnxDigest && kept.from === from) return { model: kept.model, fetched: 0 };
  segmenter.loaded = null;
  await kept?.model.release();
  const file = await loadModelFile(model, (fraction) => report({ phase: "model", fraction, msLeft: null }));
  const loaded = await loadSegmentationModel(from.engine, file.bytes, model.contract);
  segmenter.loaded = { digest: model.onnxDigest, from, model: loaded };
  return { model: loaded, fetched: file.fetched };
}

/** Segments a plane on the chosen device. @throws FoundryError of `#nn`, of the model store, `engine.unavailable`. */
export async function segment(segmenter: Segmenter, ask: SegmentAsk, report: Report): Promise<SegmentAnswer> {
  report({ phase: "runtime", fraction: null, msLeft: null });
  const before = runtimeBytesFetched();
  const engine = await engineFor(segmenter, ask.device);
  try {
    return await segmentOn(segmenter, engine, ask, before, report);
  } catch (error) {
    if (engine.facts.device !== "webgpu" || !isFoundryError(error, "engine.failed")) throw error;
    segmenter.loaded = null;
    const processor = await startProcessor(error.message);
    segmenter.engines.set(ask.device, processor);
    return segmentOn(segmenter, processor, ask, before, report);
  }
}

async function segmentOn(
  segmenter: Segmenter,
  engine: PrivateEngine,
  { image, model, choice }: SegmentAsk,
  runtimeBefore: number,
  report: Report,
): Promise<SegmentAnswer> {
  const { model: ready, fetched } = await modelFor(segmenter, model, engine, report);
  const startedAt = performance.now();
  report({ phase: "segmenting", fraction: 0, msLeft: null });
  const { compartments, maps, scale, warnings } = await ready.predict(image, {
    mpp: choice.mpp,
    scale: choice.scale,
    ...(choice.channels === null ? {} : { indices: choice.channels }),
    onProgress: (fraction) => {
      const elapsed = performance.now() - startedAt;
      const msLeft = fraction > 0 ? (elapsed / fraction) * (1 - fraction) : null;
      report({ phase: "segmenting", fraction, msLeft });
    },
  });
  return {
    segmented: {
      image,
      mpp: choice.mpp,
      model: model.name,
      modelVersionId: model.id,
      contract: ready.contract,
      compartments,
      settings: settingsOf(ready.contract),
      maps,
      scale,
      warnings,
    },
    device: engine.facts,
    loaded: { runtime: runtimeBytesFetched() - runtimeBefore, model: fetched },
    computeMs: performance.now() - startedAt,
  };
}

/** Labels from the kept maps with other settings; the network does not run again. Cost: O(pixels). */
export function segmentAgain(before: Segmented, settings: SettingsByCompartment): Segmented {
  const { image, maps, contract } = before;
  const [height, width] = [axisLength(image, "y"), axisLength(image, "x")];
  // Maps have the model's size, labels the image's.
  const compartments = labelMaps(maps, contract.compartments, settings).compartments.map((one) => ({
    ...one,
    labels:
      one.labels.height === height && one.labels.width === width
        ? one.labels
        : resampleLabels(one.labels, height, width),
  }));
  return { ...before, compartments, settings };
}

/** What is taken away of one compartment. */
export function savedOf(segmented: Segmented, wanted: Compartment): SavedPrediction {
  const { image, mpp, model, modelVersionId } = segmented;
  const found = segmented.compartments.find(({ compartment }) => compartment === wanted);
  assert(found !== undefined, "the page asks for a compartment of the model");
  return { image, mpp, model, modelVersionId, labels: found.labels, confidence: found.confidence };
}
