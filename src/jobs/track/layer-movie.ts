/**
 * A stored time-lapse with the labels of one of its layers, as a movie that can be tracked, frame after frame.
 *
 * Neither pixels nor shapes of more than one frame are held. Cells are known by uid, frame and label from the start; what
 * other people draw or delete while the movie is read does not belong to it.
 */
import { type ImageArray, imageArray } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import type { LabelledShape } from "#core/tracking/index.ts";
import {
  frameObjects,
  getImage,
  type ImageDetail,
  type LayerCell,
  type LayerSummary,
  layerCells,
  openArrayFrames,
  type Store,
} from "#store/index.ts";
import { assertMovie, type Movie } from "./movie.ts";

export interface LayerMovie {
  readonly movie: Movie;
  readonly image: ImageDetail;
  readonly cells: readonly LayerCell[];
  /** Cells of a frame by their own shapes: where they overlap, a label image would lack some. */
  cellsOf(t: number): Promise<readonly LabelledShape[]>;
  close(): Promise<void>;
}

/**
 * Memory: a plane, the shapes of a frame, and some hundred bytes per cell of the movie.
 *
 * @throws FoundryError `array.axes` for an image without time, or with several focal planes; `dataset.empty` for a layer
 *         without objects; `blob.missing`, `blob.corrupt`.
 */
export async function openLayerMovie(store: Store, layer: LayerSummary): Promise<LayerMovie> {
  const image = await getImage(store, layer.imageId);
  const { movie, close } = await openStoredMovie(store, image, channelOf(image, layer));
  const cells = await layerCells(store, layer.id);
  if (cells.length === 0) {
    await close();
    throw new FoundryError("dataset.empty", {
      message: `The layer ${layer.compartment} of "${image.name}" has no cells to track.`,
      hint: "Label the frames first, or let a model find the cells.",
    });
  }
  const known = new Set(cells.map(({ uid }) => uid));
  return {
    ...{ movie, image, cells, close },
    cellsOf: async (t) => (await frameObjects(store, layer.id, t)).filter(({ uid }) => known.has(uid)),
  };
}

/**
 * A stored image as a movie whose frames are read one at a time.
 *
 * @param channel  the one that frames show; all of them when it is left out.
 * @throws as `openLayerMovie`, but for the layer.
 */
export async function openStoredMovie(
  store: Store,
  image: ImageDetail,
  channel?: number,
): Promise<{ readonly movie: Movie; close(): Promise<void> }> {
  const lengthOf = (axis: string): number => image.shape[image.axes.indexOf(axis)] ?? 1;
  const [frameCount, height, width] = [lengthOf("t"), lengthOf("y"), lengthOf("x")];
  assertMovie(image.name, { t: frameCount, z: lengthOf("z") });
  const frames = await openArrayFrames(store, image.arrayDigest);
  const channelCount = lengthOf("c");
  const readFrame = async (t: number): Promise<ImageArray> => {
    if (channel !== undefined || channelCount === 1) return frames.readPlane({ t, c: channel ?? 0 });
    const all = imageArray(frames.dtype, "cyx", [channelCount, height, width]);
    for (let c = 0; c < channelCount; c++)
      all.data.set((await frames.readPlane({ t, c })).data, c * height * width);
    return all;
  };
  const movie: Movie = {
    name: image.name,
    ...{ frameCount, height, width, dtype: frames.dtype, mpp: image.mpp, readFrame },
    ...{ frameIntervalS: null, modality: undefined, sequence: null, notes: [] },
    channels: channel === undefined ? image.channels.map(({ name, role }) => ({ name, role })) : [],
    numbers: Array.from({ length: frameCount }, (_, t) => t),
    frameName: (t) => `frame ${t} of ${image.name}`,
  };
  return { movie, close: () => frames.close() };
}

/** Channel that shows the layer's cells: that of the compartment where there is one, else the first. */
export function channelOf(
  { channels }: ImageDetail,
  { compartment }: Pick<LayerSummary, "compartment">,
): number {
  const role = compartment === "nuclear" ? "nuclear" : "membrane";
  return Math.max(
    0,
    channels.findIndex((channel) => channel.role === role),
  );
}
