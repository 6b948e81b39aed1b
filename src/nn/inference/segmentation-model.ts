/**
 * A released segmentation model, ready to be asked.
 *
 * Image in, label images out: channels, scale, normalisation, tiles, post-processing, confidence and the comparison with
 * the model's training images as its contract says. Two ways lead through it, for images in memory and for images that
 * come in rows; both give the same cells.
 */
import type { ImageArray, LabelImage } from "#core/array/index.ts";
import { axisLength } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { resampleLabels, resamplePlane } from "#core/image/index.ts";
import type {
  Compartment,
  ImageFacts,
  InputContract,
  PixelSize,
  PlaneStatistics,
  RangeWarning,
} from "../contract/index.ts";
import { compareWithRange, planeStatistics, upgradeContract } from "../contract/index.ts";
import type { Engine, Session } from "../engine/engine.ts";
import type { ScaleRequest, UsedScale } from "./choose-scale.ts";
import { needsEstimate, sizeForModel } from "./choose-scale.ts";
import { estimateScale } from "./estimate-scale.ts";
import type { PostprocessingChanges } from "./label-maps.ts";
import { labelMaps, mapNames, pairMaps } from "./label-maps.ts";
import {
  channelsForModel,
  modelPlanes,
  type NormalisationLimits,
  normalisationLimits,
  normaliseBetween,
  normalisedPlane,
} from "./model-input.ts";
import type { ModelSize } from "./model-rows.ts";
import type { PredictedPlanes } from "./predict-planes.ts";
import { predictMaps } from "./predict-planes.ts";
import type { LabelRows, StreamOptions } from "./predict-stream.ts";
import { predictStream } from "./predict-stream.ts";
import type { RowSource } from "./row-source.ts";
import { sampleRows, samplesOfPlanes } from "./scale-samples.ts";
import type { StreamedCompartment } from "./stream-objects.ts";

// 2^28 pixels (16,384 squared): five planes of float32 at this size need 5 GB, the most a server of ours offers a job.
const PIXELS_MAX = 2 ** 28;
// 2^24 on a side is the readers' limit; 2^36 pixels are 260,000 squared, a whole slide at 40x.
const STREAM_PIXELS_MAX = 2 ** 36;

export interface PredictOptions {
  /** Pixel size of the image, µm; used when the model knows its own. */
  readonly mpp?: PixelSize | null | undefined;
  /** Default "auto". */
  readonly scale?: ScaleRequest | undefined;
  /** Channel of the image for each input of the model; see `ModelPlanesOptions`. */
  readonly indices?: readonly (number | null)[] | undefined;
  /** For each input, what becomes 0 and 1; for a part of a plane, those of the whole plane. Default: from the image given. */
  readonly limits?: readonly (NormalisationLimits | null)[] | undefined;
  /** Thresholds set by a person. */
  readonly changes?: PostprocessingChanges | undefined;
  /** Words of the image's metadata, compared with those of the training images. */
  readonly modality?: string | undefined;
  readonly platform?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with 0..1 as tiles are done. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

export interface SegmentedCompartment {
  readonly compartment: Compartment;
  /** Same height and width as the image. */
  readonly labels: LabelImage;
  /** 0..1 by label; the expected share of such objects that are right, where the model is calibrated. */
  readonly confidence: ReadonlyMap<number, number>;
}

export interface PredictionFacts {
  readonly scale: UsedScale;
  /** In what the image is unlike the model's training images. */
  readonly warnings: readonly RangeWarning[];
  /** Median diameter of the cells of the first compartment, pixels of the model; `null` without cells. */
  readonly diameterPx: number | null;
}

export interface Segmentation extends PredictionFacts {
  /** Labels and confidence of the first compartment. */
  readonly labels: LabelImage;
  readonly confidence: ReadonlyMap<number, number>;
  /** In the contract's order. */
  readonly compartments: readonly SegmentedCompartment[];
  /** Nucleus and its cell by their labels, for models of both. */
  readonly pairs: readonly (readonly [nucleus: number, cell: number])[];
  /** What the network answered, per compartment, at the model's size. */
  readonly maps: readonly PredictedPlanes[];
}

export interface RowSegmentation extends PredictionFacts {
  readonly compartments: readonly StreamedCompartment[];
}

export interface SegmentationModel {
  readonly contract: InputContract;
  /** Throws `array.nan`, `array.shapeMismatch`, `array.axes`, `limit.pixels`, `job.canceled`. */
  predict(image: ImageArray, options?: PredictOptions): Promise<Segmentation>;
  /** The same for an image that comes in rows; labels are given in rows as well. Memory does not grow with the height. */
  predictRows(
    source: RowSource,
    give: (rows: LabelRows) => Promise<void>,
    options?: PredictOptions & Pick<StreamOptions, "geometry">,
  ): Promise<RowSegmentation>;
  release(): Promise<void>;
}

function assertPixels({ height, width }: ModelSize, limit: number): void {
  if (height * width <= limit) return;
  throw new FoundryError("limit.pixels", {
    message: `The image would be ${height} x ${width} pixels for the model; the limit is ${limit} pixels.`,
    hint: "Crop the image, or check its pixel size or scale.",
  });
}

async function segment(
  session: Session,
  contract: InputContract,
  image: ImageArray,
  options: PredictOptions,
): Promise<Segmentation> {
  const indices = options.indices;
  const fitting = indices === undefined ? channelsForModel(image, contract) : image;
  const originals = modelPlanes(fitting, contract, { indices });
  const present = contract.channels.map((_, c) => indices?.[c] !== null);
  const [height, width] = [axisLength(image, "y"), axisLength(image, "x")];
  const mpp = options.mpp ?? null;
  const request = options.scale ?? "auto";
  const estimate = needsEstimate(contract, mpp, request)
    ? await estimateScale(
        session,
        contract,
        samplesOfPlanes(originals.map((plane, c) => (present[c] === true ? plane : null))),
        originals.map((plane, c) => (present[c] === true ? normalisationLimits(plane, contract) : null)),
        options.signal,
      )
    : null;
  const { size, scale } = sizeForModel({ height, width }, contract, mpp, request, estimate);
  assertPixels(size, PIXELS_MAX);
  const same = size.height === height && size.width === width;
  const planes = originals.map((plane, c) => {
    const sized = same ? plane : resamplePlane(plane, size.height, size.width);
    const limits = options.limits?.[c] ?? null;
    return limits === null ? normalisedPlane(sized, contract) : normaliseBetween(sized, limits);
  });
  const maps = pairMaps(
    await predictMaps(session, planes, mapNames(contract.compartments), {
      stride: contract.stride,
      reach: contract.receptiveRadiusPx,
      signal: options.signal,
      onProgress: options.onProgress,
    }),
  );
  const found = labelMaps(maps, contract.compartments, options.changes);
  const compartments = found.compartments.map(
    ({ compartment, confidence, labels }): SegmentedCompartment => ({
      compartment,
      confidence,
      labels: same ? labels : resampleLabels(labels, height, width),
    }),
  );
  const diameters = found.compartments[0]?.diametersPx ?? [];
  const diameterPx = diameters[diameters.length >> 1] ?? null;
  const statistics = planes.map((plane, c) => (present[c] === true ? planeStatistics(plane) : null));
  const first = compartments[0] as SegmentedCompartment;
  return {
    labels: first.labels,
    confidence: first.confidence,
    compartments,
    pairs: found.pairs,
    maps,
    scale,
    diameterPx,
    warnings: compareWithRange(factsOf(options, statistics, diameterPx), contract.range),
  };
}

function factsOf(
  options: PredictOptions,
  statistics: readonly (PlaneStatistics | null)[],
  cellDiameterPx: number | null,
): ImageFacts {
  const { modality, platform, mpp = null } = options;
  return { mpp, modality, platform, statistics, cellDiameterPx };
}

async function segmentRows(
  session: Session,
  contract: InputContract,
  source: RowSource,
  give: (rows: LabelRows) => Promise<void>,
  options: PredictOptions & Pick<StreamOptions, "geometry">,
): Promise<RowSegmentation> {
  const mpp = options.mpp ?? null;
  const request = options.scale ?? "auto";
  let estimate: Awaited<ReturnType<typeof estimateScale>> = null;
  if (needsEstimate(contract, mpp, request)) {
    const { samples, limits } = await sampleRows(source, contract);
    estimate = await estimateScale(session, contract, samples, limits, options.signal);
  }
  const { size, scale } = sizeForModel(source, contract, mpp, request, estimate);
  assertPixels(size, STREAM_PIXELS_MAX);
  const { changes, signal, onProgress, geometry = {} } = options;
  const streamed = await predictStream(session, contract, source, size, give, {
    changes,
    signal,
    onProgress,
    geometry,
  });
  const diameterPx = streamed.compartments[0]?.diameterPx ?? null;
  return {
    compartments: streamed.compartments,
    scale,
    diameterPx,
    warnings: compareWithRange(factsOf(options, streamed.statistics, diameterPx), contract.range),
  };
}

/**
 * Loads a model version.
 *
 * @param onnx inference graph made by training. @param stored contract stored with it, of any version.
 * @throws FoundryError `model.invalid` when either is damaged, or the graph has other inputs and outputs.
 */
export async function loadSegmentationModel(
  engine: Engine,
  onnx: Uint8Array,
  stored: unknown,
): Promise<SegmentationModel> {
  const contract = upgradeContract(stored);
  const session = await engine.createSession(onnx);
  const wanted = mapNames(contract.compartments);
  const fits =
    session.inputNames.join() === "image" && wanted.every((name) => session.outputNames.includes(name));
  if (!fits) {
    await session.release();
    throw new FoundryError("model.invalid", {
      message: `The model has inputs (${session.inputNames.join(", ")}) and outputs (${session.outputNames.join(", ")}); its contract says image to ${wanted.join(", ")}.`,
    });
  }
  return {
    contract,
    predict: (image, options = {}) => segment(session, contract, image, options),
    predictRows: (source, give, options = {}) => segmentRows(session, contract, source, give, options),
    release: () => session.release(),
  };
}
