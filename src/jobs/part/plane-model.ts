/**
 * A model that answers for windows of single frames and slices of a stored image.
 *
 * Intensities are brought to 0..1 by the limits of the whole plane, and the scale found in the first window is kept for the
 * others, so that a cell looks the same to the model however it is asked for.
 */

import { type BoundingBox, channelPlane, type Plane } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { type ObjectShape, objectShapesFromLabels } from "#core/labels/index.ts";
import type { PredictOptions, SegmentationModel } from "#nn/index.ts";
import type { ImageDetail, LayerSummary } from "#store/index.ts";
import { fitToImage, type ImageFit, inputChannels } from "../predict/index.ts";
import type { PlanePlace, PlaneSource } from "./plane-source.ts";

export interface FoundCell {
  readonly shape: ObjectShape;
  readonly confidence: number | null;
}

export interface PlaneModel {
  /** Every cell of the layer's compartment in a window of a plane; shapes in coordinates of the image. */
  cellsIn(at: PlanePlace, window: BoundingBox): Promise<FoundCell[]>;
  /** The channel that the model looks at first, of a window. */
  planeOf(at: PlanePlace, window: BoundingBox): Promise<Plane>;
  warnings(): readonly string[];
}

/** @throws FoundryError `array.shapeMismatch` for channels that do not fit, `model.invalid` for another compartment. */
export function openPlaneModel(
  model: SegmentationModel,
  image: ImageDetail,
  source: PlaneSource,
  { compartment }: Pick<LayerSummary, "compartment">,
  { signal, fit }: { readonly signal: AbortSignal; readonly fit?: ImageFit | undefined },
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
  const { changes, scale: asked } = fitToImage(model.contract, fit);
  let scale: PredictOptions["scale"] = asked;
  return {
    async cellsIn(at, window) {
      const limits = await source.limits(at, model.contract, indices);
      const answer = await model.predict(await source.window(at, window), {
        mpp: image.mpp,
        indices,
        limits,
        scale,
        changes,
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
    planeOf: async (at, window) => {
      const c = indices?.find((index) => index !== null) ?? 0;
      return channelPlane(await source.window(at, window), { c });
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
