/**
 * A model that answers for windows of single frames and slices of a stored image.
 *
 * Intensities are brought to 0..1 by the limits of the whole plane, and the scale found in the first window is kept for the
 * others, so that a cell looks the same to the model however it is asked for.
 */

import {
  axisLength,
  type BoundingBox,
  channelPlane,
  type ImageArray,
  imageArray,
  type Plane,
} from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { type ObjectShape, objectShapesFromLabels } from "#core/labels/index.ts";
import {
  channelsForModel,
  modelPlanes,
  normalisationLimits,
  type PredictOptions,
  type SegmentationModel,
} from "#nn/index.ts";
import type { ImageDetail, LayerSummary } from "#store/index.ts";
import { inputChannels } from "../predict-channels.ts";

export interface FoundCell {
  readonly shape: ObjectShape;
  readonly confidence: number | null;
}

export interface PlaneModel {
  /** Every cell of the layer's compartment in a window of a plane; shapes in coordinates of the image. */
  cellsIn(at: { readonly t: number; readonly z: number }, window: BoundingBox): Promise<FoundCell[]>;
  /** The channel that the model looks at first, of a window. */
  planeOf(at: { readonly t: number; readonly z: number }, window: BoundingBox): Plane;
  warnings(): readonly string[];
}

/** @throws FoundryError `array.shapeMismatch` for channels that do not fit, `model.invalid` for another compartment. */
export function openPlaneModel(
  model: SegmentationModel,
  image: ImageDetail,
  array: ImageArray,
  { compartment }: Pick<LayerSummary, "compartment">,
  signal: AbortSignal,
): PlaneModel {
  const found = model.contract.compartments.findIndex((one) => one.compartment === compartment);
  if (found < 0) {
    const known = model.contract.compartments.map((one) => one.compartment).join(" and ");
    throw new FoundryError("model.invalid", {
      message: `This model finds ${known}; the layer holds ${compartment}.`,
      hint: "Choose a model for this compartment.",
    });
  }
  const channels = inputChannels(image.channels, model.contract);
  const indices = channels === "luminance" ? undefined : channels.indices;
  const warnings = new Set<string>();
  let scale: PredictOptions["scale"];
  return {
    async cellsIn(at, window) {
      const whole = planeArray(array, at, null);
      const fitting = indices === undefined ? channelsForModel(whole, model.contract) : whole;
      const limits = modelPlanes(fitting, model.contract, { indices }).map((plane) =>
        normalisationLimits(plane, model.contract),
      );
      const answer = await model.predict(planeArray(array, at, window), {
        mpp: image.mpp,
        indices,
        limits,
        scale,
        modality: wordOf(image.metadata["modality"]),
        platform: wordOf(image.metadata["platform"]),
        signal,
      });
      if (answer.scale.estimate?.sure === true) scale ??= answer.scale.factor;
      for (const { message } of answer.warnings) warnings.add(message);
      const { labels, confidence } = answer.compartments[found] as (typeof answer.compartments)[number];
      return [...objectShapesFromLabels(labels, at)].map(([label, shape]) => ({
        shape: moved(shape, window),
        confidence: confidence.get(label) ?? null,
      }));
    },
    planeOf: (at, window) => {
      const c = indices?.find((index) => index !== null) ?? 0;
      return cropped(channelPlane(array, { ...at, c }), window);
    },
    warnings: () => [...warnings],
  };
}

const wordOf = (value: unknown): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? value : undefined;

/** Shapes have boxes of their own bits, so a move changes the box alone. */
function moved(shape: ObjectShape, [dy, dx]: BoundingBox): ObjectShape {
  const [y0, x0, y1, x1] = shape.bbox;
  return { ...shape, bbox: [y0 + dy, x0 + dx, y1 + dy, x1 + dx] };
}

/** All channels of a frame and slice, axes cyx, as a copy of its own. */
function planeArray(
  array: ImageArray,
  at: { readonly t: number; readonly z: number },
  window: BoundingBox | null,
): ImageArray {
  const count = axisLength(array, "c");
  const planes = Array.from({ length: count }, (_, c) => {
    const plane = channelPlane(array, { ...at, c });
    return window === null ? plane : cropped(plane, window);
  });
  const { height, width, data } = planes[0] as Plane;
  const joined = data.slice(0, 0).constructor as new (length: number) => typeof data;
  const all = new joined(count * height * width);
  planes.forEach((plane, c) => {
    (all as Float32Array).set(plane.data as Float32Array, c * height * width);
  });
  return imageArray(array.dtype, "cyx", [count, height, width], all);
}

function cropped(plane: Plane, [y0, x0, y1, x1]: BoundingBox): Plane {
  const [height, width] = [y1 - y0, x1 - x0];
  const data = plane.data.slice(0, 0).constructor as new (length: number) => typeof plane.data;
  const out = new data(height * width);
  for (let y = 0; y < height; y++) {
    const row = (y0 + y) * plane.width + x0;
    (out as Float32Array).set(plane.data.subarray(row, row + width) as Float32Array, y * width);
  }
  return { ...plane, height, width, data: out } as Plane;
}
