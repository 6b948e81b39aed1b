/**
 * A released segmentation model, ready to be asked.
 *
 * Image in, label image out: channel choice, pixel size, normalisation, tiles, post-processing and confidence as the
 * model's contract says.
 */
import type { ImageArray, LabelImage, Plane } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { resampleLabels, resamplePlane } from "#core/image/index.ts";
import { labelsFromDeepWatershed } from "#core/labels/index.ts";
import type { CompartmentContract, InputContract, PixelSize } from "../contract/index.ts";
import { resampledSize, upgradeContract } from "../contract/index.ts";
import type { Engine, Session } from "../engine/engine.ts";
import { objectConfidence } from "./confidence.ts";
import { modelPlane, normalisedPlane } from "./model-input.ts";
import type { PredictedPlanes } from "./predict-planes.ts";
import { predictPlanes } from "./predict-planes.ts";

// 2^28 pixels (16,384 squared): five planes of float32 at this size need 5 GB, the most a server of ours offers a job.
const PIXELS_MAX = 2 ** 28;

export interface PredictOptions {
  /** Pixel size of the image, µm; used when the model knows its own. */
  readonly mpp?: PixelSize | null;
  readonly signal?: AbortSignal;
  /** Called with 0..1 as tiles are done. */
  readonly onProgress?: (fraction: number) => void;
}

export interface Segmentation extends PredictedPlanes {
  /** Same height and width as the image. */
  readonly labels: LabelImage;
  /** 0..1 by label. */
  readonly confidence: ReadonlyMap<number, number>;
}

export interface SegmentationModel {
  readonly contract: InputContract;
  /** Throws `array.nan`, `array.shapeMismatch`, `array.axes`, `limit.pixels`, `job.canceled`. */
  predict(image: ImageArray, options?: PredictOptions): Promise<Segmentation>;
  release(): Promise<void>;
}

function assertPixels({ height, width }: { readonly height: number; readonly width: number }): void {
  if (height * width <= PIXELS_MAX) return;
  throw new FoundryError("limit.pixels", {
    message: `The image would be ${height} x ${width} pixels for the model; the limit is ${PIXELS_MAX} pixels.`,
    hint: "Crop the image, or check its pixel size.",
  });
}

async function segment(
  session: Session,
  contract: InputContract,
  image: ImageArray,
  options: PredictOptions,
): Promise<Segmentation> {
  const compartment = contract.compartments[0] as CompartmentContract;
  const original = modelPlane(image, contract);
  const { height, width } = resampledSize(original, options.mpp ?? null, contract.mpp);
  assertPixels({ height, width });
  const same = height === original.height && width === original.width;
  const plane = normalisedPlane(same ? original : resamplePlane(original, height, width), contract);
  const planes = await predictPlanes(session, [plane], {
    outputs: compartment.outputs,
    stride: contract.stride,
    reach: contract.receptiveRadiusPx,
    signal: options.signal,
    onProgress: options.onProgress,
  });
  const labels = labelsFromDeepWatershed(planes, compartment.postprocessing);
  const confidence = objectConfidence(labels, planes);
  if (same) return { ...planes, labels, confidence };
  const back = (p: Plane<"float32">): Plane<"float32"> => resamplePlane(p, original.height, original.width);
  return {
    innerDistance: back(planes.innerDistance),
    foreground: back(planes.foreground),
    labels: resampleLabels(labels, original.height, original.width),
    confidence,
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
  const wanted = contract.compartments.flatMap(({ outputs }) => [outputs.innerDistance, outputs.foreground]);
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
    release: () => session.release(),
  };
}
