/**
 * A stored image as a model sees it: channels by role, pixel size and words of its metadata; large ones by rows.
 */
import { axisLength, channelPlane, type ImageArray } from "#core/array/index.ts";
import { createShapeCollector, type ObjectShape, objectShapesFromLabels } from "#core/labels/index.ts";
import {
  type Compartment,
  channelsForModel,
  finite,
  type PredictionFacts,
  type PredictOptions,
  type RowSource,
  rowsOfPlanes,
  type SegmentationModel,
} from "#nn/index.ts";
import { type ImageDetail, isLargeImage, readImageArray, type Store, withArrayFile } from "#store/index.ts";
import { inputChannels } from "./input-channels.ts";
import { rowsOfStored } from "./stored-rows.ts";

// Above 4,096 squared the maps of a whole image would take more than the labels and the image together.
const WHOLE_PIXELS_MAX = 2 ** 24;

export interface StoredPrediction extends PredictionFacts {
  readonly compartments: readonly {
    readonly compartment: Compartment;
    /** Cells by label; of a large image they are never drawn into a plane. */
    readonly shapes: ReadonlyMap<number, ObjectShape>;
    readonly confidence: ReadonlyMap<number, number>;
  }[];
}

/** @throws FoundryError `array.shapeMismatch` for channels that do not fit, and as `SegmentationModel.predict`. */
export async function predictStored(
  store: Store,
  model: SegmentationModel,
  image: ImageDetail,
  options: Pick<PredictOptions, "signal" | "onProgress" | "changes" | "scale"> = {},
): Promise<StoredPrediction> {
  const form = { axes: image.axes, shape: image.shape, dtype: "uint8" as const };
  const channels =
    axisLength(form, "t") > 1 || axisLength(form, "z") > 1
      ? "luminance"
      : inputChannels(image.channels, model.contract);
  const indices = channels === "luminance" ? undefined : channels.indices;
  const { modality, platform } = image.metadata;
  const ask: PredictOptions = {
    ...options,
    mpp: image.mpp,
    modality: word(modality),
    platform: word(platform),
  };
  if (isLargeImage(store, image)) {
    return withArrayFile(store, image.arrayDigest, (file) =>
      byRows(model, rowsOfStored(file, channels, image.name), ask),
    );
  }
  const array = await readImageArray(store, image.id);
  const pixels = axisLength(array, "y") * axisLength(array, "x");
  if (pixels > WHOLE_PIXELS_MAX) return byRows(model, rowsOfArray(model, array, indices), ask);
  const answer = await model.predict(array, { ...ask, indices });
  return {
    ...answer,
    compartments: answer.compartments.map(({ compartment, labels, confidence }) => ({
      compartment,
      shapes: objectShapesFromLabels(labels),
      confidence,
    })),
  };
}

const word = (value: unknown): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? value : undefined;

function rowsOfArray(
  model: SegmentationModel,
  image: ImageArray,
  indices: readonly (number | null)[] | undefined,
): RowSource {
  const fitting = indices === undefined ? channelsForModel(image, model.contract) : image;
  const planes = (indices ?? model.contract.channels.map((_, c) => c)).map((c) =>
    c === null ? null : finite(channelPlane(fitting, { c }), "the image"),
  );
  return rowsOfPlanes(planes);
}

async function byRows(
  model: SegmentationModel,
  source: RowSource,
  ask: PredictOptions,
): Promise<StoredPrediction> {
  const collectors = model.contract.compartments.map(() => createShapeCollector());
  const result = await model.predictRows(
    source,
    async ({ compartment, labels }) => collectors[compartment]?.add(labels),
    ask,
  );
  return {
    ...result,
    compartments: result.compartments.map(({ compartment, confidence, joins }, i) => ({
      compartment,
      confidence,
      shapes: collectors[i]?.finish(joins) ?? new Map(),
    })),
  };
}
