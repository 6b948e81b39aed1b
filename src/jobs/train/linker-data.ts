/**
 * What a linker learns from: windows of the frozen movies of a dataset version in which people judged links.
 *
 * Pixels and shapes of one window are held at a time. Validation groups are held out where they have judged windows; else
 * every fourth window of the training groups is.
 */

import { channelPlane, type ImageArray } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { parseSplitView } from "#core/select/index.ts";
import { type FrameDetections, type LabelledShape, measureShapes } from "#core/tracking/index.ts";
import { type JudgedWindow, judgedWindow, planJudgedWindows } from "#nn/linking/index.ts";
import {
  type DatasetItem,
  type DatasetVersionDetail,
  datasetItemsInView,
  getImage,
  getLayer,
  type Store,
} from "#store/index.ts";
import { type KnownTracks, readKnownTracks } from "../track/known-tracks.ts";
import { channelOf, openStoredMovie } from "../track/layer-movie.ts";

/** Windows taken of one movie: a fully known movie has hundreds that say the same. */
const windowsPerMovieMax = 24;
/** One of so many windows is held out where no group is. */
const heldOutEvery = 4;

interface LinkerMovie {
  readonly name: string;
  readonly group: string;
  /** Decided one by one, and frames they are in. */
  readonly decisions: number;
  readonly frames: number;
  readonly windows: number;
  readonly digest: string;
}

export interface LinkerData {
  readonly train: JudgedWindow[];
  readonly heldOut: JudgedWindow[];
  /** Where the held-out windows are from. */
  readonly heldOutFrom: "validation groups" | "windows of the training groups";
  readonly movies: LinkerMovie[];
}

/** @throws FoundryError `training.config` when too little was judged; of reading. */
export async function openLinkerData(
  store: Store,
  dataset: DatasetVersionDetail,
  view: string,
  signal: AbortSignal,
): Promise<LinkerData> {
  const items = (await datasetItemsInView(store, dataset, parseSplitView(view))).filter(
    ({ role }) => role !== "test",
  );
  const movies: LinkerMovie[] = [];
  const byRole = { train: [] as JudgedWindow[], validation: [] as JudgedWindow[] };
  for (const item of items) {
    signal.throwIfAborted();
    const made = await windowsOf(store, item);
    if (made === null) continue;
    byRole[item.role === "train" ? "train" : "validation"].push(...made.windows);
    movies.push(made.movie);
  }
  const { train, validation } = byRole;
  if (train.length > 0 && validation.length > 0)
    return { train, heldOut: validation, heldOutFrom: "validation groups", movies };
  const isHeldOut = (k: number): boolean =>
    k % heldOutEvery === heldOutEvery - 1 || (train.length < heldOutEvery && k === train.length - 1);
  const split = {
    train: train.filter((_, k) => !isHeldOut(k)),
    heldOut: train.filter((_, k) => isHeldOut(k)),
  };
  if (split.train.length > 0 && split.heldOut.length > 0)
    return { ...split, heldOutFrom: "windows of the training groups", movies };
  throw new FoundryError("training.config", {
    message: `The movies of ${dataset.name}@${dataset.version} hold too few judged links: ${train.length} stretches of frames in the training groups, at least 2 are needed.`,
    hint: "Correct or accept links in a few frames of a movie, accept its labels, and freeze the dataset again.",
    details: { windows: train.length, movies: movies.map(({ name, decisions }) => ({ name, decisions })) },
  });
}

async function windowsOf(
  store: Store,
  item: DatasetItem,
): Promise<{ readonly windows: JudgedWindow[]; readonly movie: LinkerMovie } | null> {
  const opened = await openFrozenMovie(store, item);
  if (opened === null) return null;
  const { known, detectionsOf, close } = opened;
  try {
    const planned = evenly(planJudgedWindows(known.judged, opened.frameCount), windowsPerMovieMax);
    const windows: JudgedWindow[] = [];
    for (const { from, to, counted } of planned) {
      const frames: FrameDetections[] = [];
      for (let t = from; t < to; t++) frames.push(await detectionsOf(t));
      const window = judgedWindow(frames, known.origins, counted);
      if (window !== null) windows.push(window);
    }
    const { decisions, digest } = known;
    const movie = { name: item.name, group: item.group, decisions, digest };
    return { windows, movie: { ...movie, frames: known.judged.length, windows: windows.length } };
  } finally {
    await close();
  }
}

export interface FrozenMovie {
  readonly known: KnownTracks;
  readonly frameCount: number;
  detectionsOf(t: number): Promise<FrameDetections>;
  readonly height: number;
  readonly width: number;
  cellsOf(t: number): readonly LabelledShape[];
  readFrame(t: number): Promise<ImageArray>;
  close(): Promise<void>;
}

/** A frozen item as a movie with what is known of its tracks; `null` for a still image, and where nothing is known. */
export async function openFrozenMovie(store: Store, item: DatasetItem): Promise<FrozenMovie | null> {
  const image = await getImage(store, item.imageId);
  const lengthOf = (axis: string): number => image.shape[image.axes.indexOf(axis)] ?? 1;
  if (lengthOf("t") < 2 || lengthOf("z") > 1) return null;
  const known = await readKnownTracks(store, item.layerRevisionId);
  if (known.judged.length === 0) return null;
  const layer = await getLayer(store, known.layerId);
  const { movie, close } = await openStoredMovie(
    store,
    { ...image, arrayDigest: item.arrayDigest },
    channelOf(image, layer),
  );
  const byFrame = Map.groupBy(known.objects, ({ shape }) => shape.t);
  const cellsOf = (t: number): readonly LabelledShape[] => byFrame.get(t) ?? [];
  return {
    known,
    frameCount: movie.frameCount,
    height: movie.height,
    width: movie.width,
    cellsOf,
    readFrame: movie.readFrame,
    detectionsOf: async (t) =>
      measureShapes(cellsOf(t), movie, channelPlane(await movie.readFrame(t), {}), t),
    close,
  };
}

function evenly<T>(list: readonly T[], count: number): readonly T[] {
  if (list.length <= count) return list;
  return Array.from({ length: count }, (_, i) => list[Math.floor(((i + 0.5) * list.length) / count)] as T);
}
