/** A stored time-lapse with the labels of one of its layers, as a movie that can be tracked. */
import { channelPlane, imageArray, type LabelImage } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { renderObjects } from "#core/labels/index.ts";
import {
  getImage,
  type ImageDetail,
  type LayerSummary,
  layerObjects,
  readImageArray,
  type Store,
} from "#store/index.ts";
import { assertMovie, type Movie } from "./movie.ts";

/** An object of the layer: a detection by frame and label. */
export interface LayerCell {
  readonly uid: string;
  readonly t: number;
  readonly label: number;
  /** What it comes from now. */
  readonly origin: { readonly uid: string; readonly kind: "link" | "division" } | null;
}

export interface LayerMovie {
  readonly movie: Movie;
  readonly image: ImageDetail;
  readonly cells: readonly LayerCell[];
  labelsOf(t: number): Promise<LabelImage>;
}

/**
 * Pixels of the whole movie and shapes of all objects are held; label images are drawn when asked for.
 *
 * @throws FoundryError `array.axes` for an image without time, or with several focal planes; `dataset.empty` for a layer
 *         without objects; `blob.missing`, `blob.corrupt`.
 */
export async function openLayerMovie(store: Store, layer: LayerSummary): Promise<LayerMovie> {
  const image = await getImage(store, layer.imageId);
  const lengthOf = (axis: string): number => image.shape[image.axes.indexOf(axis)] ?? 1;
  const frameCount = lengthOf("t");
  assertMovie(image.name, { t: frameCount, z: lengthOf("z") });
  const { objects, height, width } = await layerObjects(store, layer.id);
  if (objects.length === 0)
    throw new FoundryError("dataset.empty", {
      message: `The layer ${layer.compartment} of "${image.name}" has no cells to track.`,
      hint: "Label the frames first, or let a model propose cells.",
    });
  const frames = Map.groupBy(objects, ({ shape }) => shape.t);
  const array = await readImageArray(store, image.id);
  const channel = channelOf(image, layer);
  const movie: Movie = {
    name: image.name,
    ...{ frameCount, height, width, dtype: array.dtype },
    ...{ channels: [], mpp: image.mpp, frameIntervalS: null, modality: undefined, sequence: null, notes: [] },
    numbers: Array.from({ length: frameCount }, (_, t) => t),
    frameName: (t) => `frame ${t} of ${image.name}`,
    readFrame: async (t) => {
      const { dtype, data } = channelPlane(array, { t, c: channel });
      return imageArray(dtype, "yx", [height, width], data);
    },
  };
  return {
    movie,
    image,
    cells: objects.map(({ uid, label, shape, origin }) => ({
      uid,
      t: shape.t,
      label,
      origin: origin ?? null,
    })),
    labelsOf: async (t) => renderObjects(height, width, frames.get(t) ?? []),
  };
}

/** Channel that shows the layer's cells: that of the compartment where there is one, else the first. */
function channelOf({ channels }: ImageDetail, { compartment }: LayerSummary): number {
  const role = compartment === "nuclear" ? "nuclear" : "membrane";
  return Math.max(
    0,
    channels.findIndex((channel) => channel.role === role),
  );
}
