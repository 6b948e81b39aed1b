/**
 * One movie from its files to files of tracks: opened, segmented or read, linked, written.
 *
 * Results lie in a folder of their own that appears when it is complete, with `tracking.json` beside the tracks: what made
 * them, with digests, settings and versions. An existing folder is never written into.
 */
import { FoundryError } from "#core/errors.ts";
import { type MaskRepairKind, tracksOf } from "#core/tracking/index.ts";
import type { ExportLayer } from "#formats/export/index.ts";
import type { UsedScale } from "#nn/index.ts";
import { codeVersion } from "#platform/index.ts";
import type { ModelVersion, Store } from "#store/index.ts";
import { type ExportSink, openFolderSink } from "../export/sink.ts";
import { checkSettings, type PredictSettings } from "../predict/index.ts";
import { withSegmentationModel } from "../segmentation-models.ts";
import { openLabelFrames } from "./label-frames.ts";
import { type FoundMovie, type Movie, planeOfFrame } from "./movie.ts";
import type { LinkerName, OpenLinker } from "./open-linker.ts";
import { type FilmFormat, type FilmSource, gifPieces, pngFrames } from "./render-film.ts";
import { countRepairs, encodeRepairs } from "./repairs-file.ts";
import { segmentFrames } from "./segment-frames.ts";
import { type TrackedMovie, type TrackMovieOptions, type TrackSolver, trackMovie } from "./track-movie.ts";
import { assertWritable, type TrackFormat, writeTracking } from "./write-tracking.ts";

/** Where the cells of frames come from. */
export type CellSource =
  | { readonly kind: "labels"; readonly path: string }
  | {
      readonly kind: "model";
      readonly store: Store;
      readonly version: ModelVersion;
      readonly settings: PredictSettings;
    };

export interface RunTrackingOptions {
  readonly cells: CellSource;
  /** Folder of this movie's results; it must not exist, or be empty. */
  readonly out: string;
  readonly format: TrackFormat;
  readonly solver: TrackSolver;
  readonly gapFrames: number;
  /** Repair masks by their neighbours in time; default for those of a model, not for given labels. */
  readonly repairs?: boolean | undefined;
  /** What judges links; default the plain scorer. */
  readonly linker?: OpenLinker | undefined;
  /** Draw the tracks over the movie: `tracks.gif`, or `film/t000.png` and so on. Default: no film. */
  readonly render?: FilmFormat | undefined;
  /** Pixel size in µm in place of what the files say. */
  readonly mpp?: number | undefined;
  readonly signal: AbortSignal;
  readonly onFrame: (done: number, frameCount: number) => void;
}

/** Plain JSON. */
export interface TrackingSummary {
  readonly movie: string;
  readonly frameCount: number;
  readonly height: number;
  readonly width: number;
  readonly mpp: Movie["mpp"];
  /** Cells over all frames. */
  readonly detections: number;
  readonly tracks: number;
  readonly divisions: number;
  /** Links that skip frames. */
  readonly gaps: number;
  readonly format: TrackFormat;
  readonly solver: string;
  readonly scorer: string;
  /** The learned linker; `null` for the plain scorer. */
  readonly linker: LinkerName | null;
  /** Repairs of masks that stand, by kind; listed in `repairs.json`. `null`: none were looked for. */
  readonly repairs: Readonly<Record<MaskRepairKind, number>> | null;
  readonly gapFrames: number;
  readonly model: { readonly name: string; readonly digest: string } | null;
  readonly scale: UsedScale | null;
  readonly notes: readonly string[];
  readonly software: string;
}

/**
 * @throws FoundryError of opening (`findMovies`), of labels (`openLabelFrames`), of the model, `limit.memory`, `request.invalid`
 *         when there is something in the folder; nothing is left behind then.
 */
export async function runTracking(found: FoundMovie, options: RunTrackingOptions): Promise<TrackingSummary> {
  const { cells, format, signal } = options;
  if (cells.kind === "model") checkSettings(cells.settings);
  const movie = withPixelSize(await found.open(), options.mpp);
  assertWritable(movie, format);
  const sink = await openFolderSink(options.out, String(process.pid));
  try {
    const made = await trackCells(movie, options);
    const layer = { compartment: made.compartment, truth: "prediction", signal };
    const notes = [...made.notes, ...(await writeTracking(made.tracked, format, sink, layer))];
    const summary = summaryOf(made, options, notes);
    if (options.render !== undefined) await writeFilm(made, options.render, sink, signal);
    if (wantsRepairs(options)) await sink.write("repairs.json", encodeRepairs(made.tracked));
    await sink.write("tracking.json", new TextEncoder().encode(`${JSON.stringify(summary, null, 2)}\n`));
    await sink.finish();
    return summary;
  } catch (error) {
    await sink.discard();
    throw error;
  }
}

async function writeFilm(
  { tracked, channel }: MadeTracks,
  format: FilmFormat,
  sink: ExportSink,
  signal: AbortSignal,
): Promise<void> {
  const { movie, graph } = tracked;
  const parents = tracksOf(graph).flatMap(({ label, parent }) =>
    parent === null ? [] : [[label, parent] as const],
  );
  const source: FilmSource = {
    ...{ height: movie.height, width: movie.width, frameCount: movie.frameCount, style: "outline" },
    ...{ mppUm: movie.mpp?.y ?? null, frameIntervalS: movie.frameIntervalS, parents: new Map(parents) },
    planeOf: async (t) => planeOfFrame(await movie.readFrame(t), channel),
    tracksOf: (t) => tracked.tracksOfFrame(t),
  };
  if (format === "gif") await sink.write("tracks.gif", gifPieces(source, signal));
  else for await (const { name, bytes } of pngFrames(source, signal)) await sink.write(`film/${name}`, bytes);
}

interface MadeTracks {
  readonly tracked: TrackedMovie;
  /** Channel that shows the cells. */
  readonly channel: number;
  readonly compartment: ExportLayer["compartment"];
  readonly scale: UsedScale | null;
  readonly notes: readonly string[];
}

async function trackCells(movie: Movie, options: RunTrackingOptions): Promise<MadeTracks> {
  const { cells, solver, gapFrames, signal, linker } = options;
  const ask: Omit<TrackMovieOptions, "labelsOf" | "channel" | "leaveOutDebris"> = {
    solver,
    ...(linker === undefined ? {} : { scorer: linker }),
    gapFrames,
    repairs: wantsRepairs(options),
    signal,
    onFrame: (done) => options.onFrame(done, movie.frameCount),
  };
  if (cells.kind === "labels") {
    const readLabelsOf = await openLabelFrames(cells.path, movie);
    const given = { labelsOf: readLabelsOf, channel: 0, leaveOutDebris: false };
    const tracked = await trackMovie(movie, { ...ask, ...given });
    return { tracked, channel: 0, compartment: "nuclear", scale: null, notes: [] };
  }
  return withSegmentationModel(cells.store, cells.version, async (model) => {
    const segmenter = segmentFrames(model, movie, cells.settings, signal);
    const { labelsOf, channel } = segmenter;
    const tracked = await trackMovie(movie, { ...ask, labelsOf, channel, leaveOutDebris: true });
    const { scale, warnings } = segmenter.found();
    const compartment = model.contract.compartments[0]?.compartment ?? "nuclear";
    return { tracked, channel, compartment, scale, notes: warnings };
  });
}

const wantsRepairs = ({ repairs, cells }: RunTrackingOptions): boolean => repairs ?? cells.kind === "model";

function withPixelSize(movie: Movie, mpp: number | undefined): Movie {
  return mpp === undefined ? movie : { ...movie, mpp: { y: mpp, x: mpp } };
}

function summaryOf(
  { tracked, scale }: MadeTracks,
  options: RunTrackingOptions,
  notes: readonly string[],
): TrackingSummary {
  const { cells, format, gapFrames, linker } = options;
  const { movie, graph, solver, scorer, hardWindows } = tracked;
  const counts = countsOf(tracked);
  if (counts.detections === 0)
    throw new FoundryError("dataset.empty", {
      message: `No cell was found in ${movie.name}.`,
      hint:
        cells.kind === "labels"
          ? "Check that the label images are those of the movie."
          : "State the pixel size with --mpp, or choose another model.",
    });
  const hard =
    hardWindows === 0
      ? []
      : [`${hardWindows} windows were too hard for the exact solver; assignment linked them.`];
  return {
    movie: movie.name,
    frameCount: graph.offsets.length - 1,
    height: movie.height,
    width: movie.width,
    mpp: movie.mpp,
    ...counts,
    format,
    solver,
    scorer,
    linker: linker === undefined ? null : { name: linker.name, digest: linker.digest },
    repairs: wantsRepairs(options) ? countRepairs(tracked.repairs) : null,
    gapFrames,
    model:
      cells.kind === "labels"
        ? null
        : { name: `${cells.version.name}@${cells.version.version}`, digest: cells.version.onnxDigest },
    scale,
    notes: [...movie.notes, ...notes, ...hard],
    software: `cellfoundry ${codeVersion()}`,
  };
}

function countsOf({
  graph,
}: TrackedMovie): Pick<TrackingSummary, "detections" | "tracks" | "divisions" | "gaps"> {
  const { tracks, origins, divided, offsets } = graph;
  const frames = new Int32Array(tracks.length);
  for (let f = 0; f + 1 < offsets.length; f++) frames.fill(f, offsets[f], offsets[f + 1]);
  const names = new Set<number>();
  const parents = new Set<number>();
  let [detections, gaps] = [0, 0];
  for (let at = 0; at < tracks.length; at++) {
    if (tracks[at] === 0) continue;
    detections++;
    names.add(tracks[at]!);
    const origin = origins[at]!;
    if (origin === -1) continue;
    if (divided[at] === 1) parents.add(origin);
    else if (frames[at]! > frames[origin]! + 1) gaps++;
  }
  return { detections, tracks: names.size, divisions: parents.size, gaps };
}
