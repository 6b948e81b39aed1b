/**
 * Frames of a movie segmented by a model, all at one scale.
 *
 * Where nobody knows the pixel size, the scale is estimated from the cells of the first frame that shows enough of them
 * and then kept: an estimate per frame would make cells breathe, and costs as much as the segmentation.
 */
import type { ImageArray } from "#core/array/index.ts";
import type { PredictOptions, Segmentation, SegmentationModel } from "#nn/index.ts";
import { changesFor, inputChannels, type PredictSettings } from "../predict/index.ts";
import type { Movie } from "./movie.ts";
import type { LabelsOfFrame } from "./track-movie.ts";

export interface FrameSegmenter {
  readonly labelsOf: LabelsOfFrame;
  /** Channel of the image that the model's first input takes. */
  readonly channel: number;
  /** Scale that was used last, and all warnings so far, each once. */
  found(): { readonly scale: Segmentation["scale"] | null; readonly warnings: readonly string[] };
}

/** @throws FoundryError `array.shapeMismatch` when channels do not fit the model. */
export function segmentFrames(
  model: SegmentationModel,
  movie: Movie,
  settings: PredictSettings,
  signal: AbortSignal,
): FrameSegmenter {
  const channels = inputChannels(movie.channels, model.contract, settings.channels);
  const indices = channels === "luminance" ? undefined : channels.indices;
  const warnings = new Set<string>();
  let scale: Segmentation["scale"] | null = null;
  let kept: PredictOptions["scale"] = settings.scale;
  const ask: PredictOptions = {
    mpp: settings.mpp === undefined ? movie.mpp : { y: settings.mpp, x: settings.mpp },
    changes: changesFor(model.contract, settings.thresholds),
    modality: movie.modality,
    indices,
    signal,
  };
  return {
    channel: indices?.find((index) => index !== null) ?? 0,
    async labelsOf(_t: number, frame: ImageArray) {
      const result = await model.predict(frame, { ...ask, scale: kept });
      scale ??= result.scale;
      for (const { message } of result.warnings) warnings.add(message);
      // Also when it came out so close to 1 that it was not used.
      if (typeof kept !== "number" && result.scale.estimate?.sure === true) {
        scale = result.scale;
        kept = result.scale.factor;
      }
      return result.labels;
    },
    found: () => ({ scale, warnings: [...warnings] }),
  };
}
