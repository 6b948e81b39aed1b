/**
 * A stored image as a model sees it: channels by role, pixel size and words of its metadata; large ones by rows.
 */
import { axisLength, channelPlane, type ImageArray, type LabelImage, labelImage } from "#core/array/index.ts";
import { joinLabelsInPlace } from "#core/labels/index.ts";
import {
  type Compartment,
  channelsForModel,
  finite,
  type PredictionFacts,
  type PredictOptions,
  rowsOfPlanes,
  type SegmentationModel,
} from "#nn/index.ts";
import { type ImageDetail, readImageArray, type Store } from "#store/index.ts";
import { inputChannels } from "./predict-channels.ts";

// Above 4,096 squared the maps of a whole image would take more than the labels and the image together.
const WHOLE_PIXELS_MAX = 2 ** 24;

export interface StoredPrediction extends PredictionFacts {
  readonly compartments: readonly {
    readonly compartment: Compartment;
    readonly labels: LabelImage;
    readonly confidence: ReadonlyMap<number, number>;
  }[];
}

/** @throws FoundryError `array.shapeMismatch` for channels that do not fit, and as `SegmentationModel.predict`. */
export async function predictStored(
  store: Store,
  model: SegmentationModel,
  image: ImageDetail,
  options: Pick<PredictOptions, "signal"> = {},
): Promise<StoredPrediction> {
  const array = await readImageArray(store, image.id);
  const channels =
    axisLength(array, "t") > 1 || axisLength(array, "z") > 1
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
  const pixels = axisLength(array, "y") * axisLength(array, "x");
  if (pixels <= WHOLE_PIXELS_MAX) return model.predict(array, { ...ask, indices });
  return byRows(model, array, indices, ask);
}

const word = (value: unknown): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? value : undefined;

async function byRows(
  model: SegmentationModel,
  image: ImageArray,
  indices: readonly (number | null)[] | undefined,
  ask: PredictOptions,
): Promise<StoredPrediction> {
  const fitting = indices === undefined ? channelsForModel(image, model.contract) : image;
  const planes = (indices ?? model.contract.channels.map((_, c) => c)).map((c) =>
    c === null ? null : finite(channelPlane(fitting, { c }), "the image"),
  );
  const source = rowsOfPlanes(planes);
  const labels = model.contract.compartments.map(() => labelImage(source.height, source.width));
  const result = await model.predictRows(
    source,
    async ({ compartment, y0, labels: rows }) => {
      labels[compartment]?.data.set(rows.data, y0 * source.width);
    },
    ask,
  );
  return {
    ...result,
    compartments: result.compartments.map(({ compartment, confidence, joins }, i) => {
      const own = labels[i] as LabelImage;
      joinLabelsInPlace(own, joins);
      return { compartment, confidence, labels: own };
    }),
  };
}
