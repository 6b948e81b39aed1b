/**
 * The job `track`: one layer, or the movies of a list, one after the other; a movie that fails stops no other.
 *
 * A movie's cells are those of its layer, or found by a segmentation model first. Each movie is an item of the job with its
 * own end, so the list of a job says which movies have tracks.
 */

import { errorToWire, FoundryError } from "#core/errors.ts";
import {
  ensureAgent,
  ensureLayer,
  getImage,
  getLayer,
  getModelVersion,
  type ImageDetail,
  type LayerSummary,
} from "#store/index.ts";
import type { JobContext, JobOutcome } from "../job.ts";
import { createRateMeter } from "../progress.ts";
import { findCells } from "./find-cells.ts";
import { trackLayer } from "./track-layer.ts";

/** What became of a movie; plain JSON. */
interface MovieOutcome {
  readonly imageId: string;
  readonly name: string;
  readonly layerId: string;
  readonly cells: number;
  readonly tracks: number;
  readonly divisions: number;
  readonly changed: number;
}

/** @throws FoundryError as `trackLayer`; of a list `request.invalid` when no movie could be tracked. */
export async function track(context: JobContext<"track">): Promise<JobOutcome> {
  const { params, signal } = context;
  const { layerId, imageIds = [] } = params;
  if (layerId !== undefined) {
    const { result } = await trackLayer(context, layerId, (done, frames) => ({
      fraction: done / frames,
      text: `Tracking: frame ${done} of ${frames}`,
    }));
    return { result };
  }
  const { store } = context;
  const images: (ImageDetail | null)[] = [];
  for (const id of imageIds) images.push(await getImage(store, id).catch(() => null));
  const framesOf = (image: ImageDetail | null): number => (image === null ? 1 : lengthOf(image, "t"));
  const total = images.reduce((sum, image) => sum + framesOf(image), 0);
  const meter = createRateMeter(() => performance.now());
  const movies: MovieOutcome[] = [];
  const failures: unknown[] = [];
  let before = 0;
  for (const [k, imageId] of imageIds.entries()) {
    signal.throwIfAborted();
    const own = framesOf(images[k] ?? null);
    const name = images[k]?.name ?? imageId;
    const step = (share: number, text: string): void =>
      context.report({
        fraction: (before + share * own) / total,
        text: `${name} (${k + 1} of ${imageIds.length}): ${text}`,
        msLeft: meter.msLeft(before + share * own, total),
      });
    try {
      movies.push(await trackMovieOf(context, imageId, step));
      await context.item({ name, state: "done", error: null, id: imageId });
    } catch (error) {
      signal.throwIfAborted();
      failures.push(error);
      await context.item({ name, state: "failed", error: errorToWire(error), id: imageId });
    }
    before += own;
  }
  // Of one movie the reason is the job's own.
  if (movies.length === 0 && failures.length === 1) throw failures[0];
  if (movies.length === 0)
    throw new FoundryError("request.invalid", {
      message: `None of the ${imageIds.length} movies could be tracked.`,
      hint: "The list of movies says why for each.",
    });
  const sum = (read: (movie: MovieOutcome) => number): number =>
    movies.reduce((a, movie) => a + read(movie), 0);
  return {
    result: {
      movies,
      failed: failures.length,
      cells: sum(({ cells }) => cells),
      tracks: sum(({ tracks }) => tracks),
      divisions: sum(({ divisions }) => divisions),
    },
  };
}

const lengthOf = ({ axes, shape }: ImageDetail, axis: string): number => shape[axes.indexOf(axis)] ?? 1;

/** Share of the work of a movie that finding its cells takes, where a model does. */
const findingShare = 0.7;

async function trackMovieOf(
  context: JobContext<"track">,
  imageId: string,
  step: (share: number, text: string) => void,
): Promise<MovieOutcome> {
  const { store, params } = context;
  const image = await getImage(store, imageId);
  const found =
    params.modelVersionId === undefined ? null : await withCells(context, image, params.modelVersionId, step);
  const layer = found ?? mainLayer(image, null);
  if (layer === null)
    throw new FoundryError("dataset.empty", {
      message: `"${image.name}" has no cells to track.`,
      hint: "Choose a model that finds them, or label the frames first.",
    });
  const start = found === null ? 0 : findingShare;
  const { result } = await trackLayer(context, layer.id, (done, frames) => {
    step(start + (1 - start) * (done / frames), `linking frame ${done} of ${frames}`);
    return null;
  });
  const count = (name: string): number => Number(result[name] ?? 0);
  return {
    ...{ imageId, name: image.name, layerId: layer.id },
    ...{
      cells: count("cells"),
      tracks: count("tracks"),
      divisions: count("divisions"),
      changed: count("changed"),
    },
  };
}

/** The main layer with cells; of `compartment` where one is named. */
function mainLayer({ layers }: ImageDetail, compartment: string | null): LayerSummary | null {
  const open = layers.filter(
    ({ name, branchOf, objectCount }) => name === "" && branchOf === null && objectCount > 0,
  );
  return open.find((layer) => compartment === null || layer.compartment === compartment) ?? null;
}

/** Lets a model find the cells of all frames, in the main layer where that is empty, else in a layer of the model's name. */
async function withCells(
  context: JobContext<"track">,
  image: ImageDetail,
  modelVersionId: string,
  step: (share: number, text: string) => void,
): Promise<LayerSummary> {
  const { store, signal } = context;
  const version = await getModelVersion(store, modelVersionId);
  const agent = await ensureAgent(store, "model", `${version.name}@${version.version}`);
  const frames = lengthOf(image, "t");
  const { compartment, write } = await findCells(store, version, image, signal, (done) =>
    step((findingShare * done) / frames, `finding cells in frame ${done} of ${frames}`),
  );
  const taken = mainLayer(image, compartment) !== null;
  const name = taken ? `${version.name} ${version.version}` : "";
  const layer = await ensureLayer(store, agent, image.id, compartment, { name });
  if (layer.objectCount > 0)
    throw new FoundryError("request.invalid", {
      message: `"${image.name}" has cells of ${version.name}@${version.version} already.`,
      hint: "Track that layer without a model, or remove its cells first.",
    });
  signal.throwIfAborted();
  await write(agent, layer.id);
  return getLayer(store, layer.id);
}
