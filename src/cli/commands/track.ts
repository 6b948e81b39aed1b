/** `track`: movies become tracks with divisions, one folder of results per movie. */

import { basename, join, resolve } from "node:path";
import { errorToWire, type WireError } from "#core/errors.ts";
import type {
  CellSource,
  FilmFormat,
  FoundMovie,
  OpenLinker,
  TrackFormat,
  TrackingSummary,
  TrackSolver,
} from "#jobs/track/index.ts";
import type { ModelVersion, Store } from "#store/index.ts";
import { chosenModel } from "../chosen-model.ts";
import {
  type Command,
  type CommandInput,
  numberOption,
  requiredOption,
  textOption,
  usageError,
} from "../command.ts";
import { applyEngineOptions, engineOptions } from "../engine-options.ts";
import { withStore } from "../open.ts";
import { counted, duration, table } from "../output.ts";

/** A cell that is gone for longer is another one to any eye; each frame more widens the search. */
const gapMax = 10;
// Electron microscopes reach 0.0001 µm per pixel, slide overviews 100.
const mppRange = { low: 0.0001, high: 1000 } as const;

interface MovieState {
  readonly movie: string;
  readonly state: "done" | "failed";
  /** Folder of the results; `null` when there are none. */
  readonly out: string | null;
  readonly seconds: number;
  readonly error: WireError | null;
  readonly found: TrackingSummary | null;
}

export const trackCommand: Command = {
  usage: "track MOVIE... --out FOLDER (--model NAME@V | --labels FOLDER)",
  about:
    "Follows cells through movies: links, divisions and gaps, to optimality in windows. A movie is a TIFF whose pages are " +
    "frames, a folder with one image per frame, a folder of the Cell Tracking Challenge (each sequence is a movie), or an " +
    "OME-Zarr with t. A model version segments each frame, or label images are given. Masks of a model are repaired by what " +
    "is before and after them; every repair is listed in repairs.json and can be taken back. Each movie's results lie in a " +
    "folder of its name. A movie that fails does not stop the others; then the exit code is 1.",
  examples: [
    "cellfoundry track movie.tif --model nuclei-fluorescence --out tracks",
    "cellfoundry track Fluo-N2DL-HeLa --labels Fluo-N2DL-HeLa/01_ST/SEG --out tracks --format geff",
  ],
  options: {
    out: {
      type: "string",
      value: "FOLDER",
      help: "Where the results go, a folder per movie; made when missing",
    },
    model: {
      type: "string",
      value: "NAME@V",
      help: "Segment frames with this model version; NAME alone means the released one",
    },
    labels: {
      type: "string",
      value: "FOLDER",
      help: "Label images per frame, or one TIFF stack, in place of a model; of several movies, a folder with one of each name",
    },
    format: {
      type: "string",
      value: "FORMAT",
      help: "ctc (default; masks and table, written frame by frame), trk, geff, trackmate or track-csv",
    },
    render: {
      type: "string",
      value: "FORMAT",
      help: "Draw the tracks over the movie too: gif (tracks.gif) or png (an image per frame in film/)",
    },
    linker: {
      type: "string",
      value: "NAME@V",
      help: "Judge links with this linking model; default the one that ships, if there is one; plain: without learning",
    },
    repair: {
      type: "string",
      value: "on|off",
      help: "Repair masks by their neighbours in time; default on for a model's, off for given labels",
    },
    gap: { type: "string", value: "N", help: `Most frames a cell may be missing, 0 to ${gapMax}; default 2` },
    solver: {
      type: "string",
      value: "NAME",
      help: "exact (default), assignment or greedy; see docs/tracking.md",
    },
    mpp: { type: "string", value: "UM", help: "Pixel size in µm, in place of what the files say" },
    ...engineOptions,
  },
  run,
};

async function run(input: CommandInput): Promise<number> {
  const out = requiredOption(input, "out", trackCommand);
  const [model, labels] = [textOption(input, "model"), textOption(input, "labels")];
  if (input.positionals.length === 0) throw usageError("MOVIE is missing.", trackCommand);
  if ((model === undefined) === (labels === undefined))
    throw usageError(
      "Give either --model or --labels: where the cells of each frame come from.",
      trackCommand,
    );
  const { filmFormats, trackFormats, trackSolvers } = await import("#jobs/track/index.ts");
  const settings: Settings = {
    out,
    format: oneOf(input, "format", trackFormats),
    solver: oneOf(input, "solver", trackSolvers),
    gapFrames: numberOption(input, "gap", { low: 0, high: gapMax, integer: true }) ?? 2,
    mpp: numberOption(input, "mpp", mppRange),
    repairs: repairWish(input),
    render: renderWish(input, filmFormats),
  };
  await applyEngineOptions(input);
  const linkerName = textOption(input, "linker");
  const isNamed = linkerName !== undefined && linkerName !== plainLinker;
  if (labels !== undefined && !isNamed) return trackAll(input, settings, labelsFor(labels));
  return withStore(input, async (opened) => {
    const linker = isNamed ? await chosenModel(opened, linkerName) : undefined;
    const named = {
      ...settings,
      ...(linker === undefined ? {} : { linker: { store: opened.store, version: linker } }),
    };
    if (labels !== undefined) return trackAll(input, named, labelsFor(labels));
    const version = await chosenModel(opened, model ?? "");
    const cells: CellSource = { kind: "model", store: opened.store, version, settings: {} };
    try {
      return await trackAll(input, named, () => cells);
    } finally {
      const { releaseSegmentationModels } = await import("#jobs/index.ts");
      await releaseSegmentationModels();
    }
  });
}

/** In place of a name: the scorer that was not trained. */
const plainLinker = "plain";

function renderWish(input: CommandInput, formats: readonly FilmFormat[]): FilmFormat | undefined {
  const wish = textOption(input, "render");
  if (wish === undefined) return undefined;
  if (wish === "mp4")
    throw usageError(
      "--render mp4 needs a video encoder, which does not come along; use gif or png.",
      trackCommand,
    );
  const format = formats.find((known) => known === wish);
  if (format === undefined)
    throw usageError(`--render is "${wish}"; it is one of ${formats.join(", ")}.`, trackCommand);
  return format;
}

function repairWish(input: CommandInput): boolean | undefined {
  const wish = textOption(input, "repair");
  if (wish === undefined) return undefined;
  if (wish !== "on" && wish !== "off")
    throw usageError(`--repair is "${wish}"; it is on or off.`, trackCommand);
  return wish === "on";
}

/** The version that was asked for, or what ships; `undefined` for the plain scorer. */
async function openLinker(input: CommandInput, { linker }: Settings): Promise<OpenLinker | undefined> {
  const { openShippedLinker, openStoredLinker } = await import("#jobs/track/index.ts");
  if (linker !== undefined) return openStoredLinker(linker.store, linker.version);
  if (textOption(input, "linker") === plainLinker) return undefined;
  return (await openShippedLinker()) ?? undefined;
}

interface Settings {
  readonly out: string;
  readonly format: TrackFormat;
  readonly solver: TrackSolver;
  readonly gapFrames: number;
  readonly mpp: number | undefined;
  readonly repairs: boolean | undefined;
  readonly render: FilmFormat | undefined;
  /** A version that was asked for by name. */
  readonly linker?: { readonly store: Store; readonly version: ModelVersion };
}

type CellsFor = (movie: string, count: number) => CellSource;

/** Of one movie the folder itself; of several, what has the name of each in it. */
function labelsFor(folder: string): CellsFor {
  return (movie, count) => ({ kind: "labels", path: resolve(count === 1 ? folder : join(folder, movie)) });
}

function oneOf<Name extends string>(
  input: CommandInput,
  option: string,
  names: readonly [Name, ...Name[]],
): Name {
  const text = textOption(input, option);
  if (text === undefined) return names[0];
  const name = names.find((known) => known === text);
  if (name === undefined)
    throw usageError(`--${option} is "${text}"; it is one of ${names.join(", ")}.`, trackCommand);
  return name;
}

async function trackAll(input: CommandInput, settings: Settings, cellsFor: CellsFor): Promise<number> {
  const movies = await listMovies(input.positionals);
  const { createFileNames } = await import("#formats/export/index.ts");
  const nameOf = createFileNames();
  const states: MovieState[] = [];
  const linker = await openLinker(input, settings);
  try {
    for (const [i, movie] of movies.entries()) {
      const folder = nameOf(movie.name);
      const cells = cellsFor(movie.name, movies.length);
      const one = { movie, folder, cells, linker, which: [i, movies.length] } as const;
      states.push(await trackOne(input, settings, one));
    }
  } finally {
    await linker?.release();
  }
  const failed = states.filter(({ state }) => state === "failed").length;
  input.out.result({ format: settings.format, movies: states }, () => report(states, failed));
  return failed === 0 ? 0 : 1;
}

interface OneMovie {
  readonly movie: FoundMovie;
  readonly folder: string;
  readonly cells: CellSource;
  readonly linker: OpenLinker | undefined;
  /** Its place and how many there are. */
  readonly which: readonly [index: number, count: number];
}

async function trackOne(
  input: CommandInput,
  { out, linker: _named, ...settings }: Settings,
  { movie, folder, cells, linker, which }: OneMovie,
): Promise<MovieState> {
  const { runTracking } = await import("#jobs/track/index.ts");
  const startedAt = performance.now();
  const target = join(out, folder);
  const seconds = (): number => Math.round((performance.now() - startedAt) / 100) / 10;
  try {
    const found = await runTracking(movie, {
      ...settings,
      cells,
      linker,
      out: resolve(target),
      signal: input.signal,
      onFrame: progressOf(input, movie.name, which, startedAt),
    });
    return { movie: movie.name, state: "done", out: target, seconds: seconds(), error: null, found };
  } catch (error) {
    if (input.signal.aborted) throw error;
    // What no other movie would survive either, and what is no fault of a file, ends the command.
    const wire = errorToWire(error);
    const ends = ["model.invalid", "engine.unavailable", "disk.full", "blob.corrupt", "server.internal"];
    if (ends.includes(wire.code)) throw error;
    return { movie: movie.name, state: "failed", out: null, seconds: seconds(), error: wire, found: null };
  }
}

/** `42 %  Tracking movie 1 of 3: plate, frame 12 of 60  3 min left`. */
function progressOf(
  input: CommandInput,
  name: string,
  [index, count]: OneMovie["which"],
  startedAt: number,
): (done: number, frameCount: number) => void {
  const which = count === 1 ? name : `movie ${index + 1} of ${count}: ${name}`;
  return (done, frameCount) => {
    const elapsed = performance.now() - startedAt;
    const left = (elapsed / done) * (frameCount - done);
    const percent = `${String(Math.floor((100 * done) / frameCount)).padStart(3)} %`;
    input.out.progress(
      `${percent}  Tracking ${which}, frame ${done} of ${frameCount}  ${duration(left)} left`,
    );
  };
}

/** Movies as given; of a path that cannot be opened one that will fail. */
async function listMovies(paths: readonly string[]): Promise<FoundMovie[]> {
  const { findMovies } = await import("#jobs/track/index.ts");
  const movies: FoundMovie[] = [];
  for (const path of paths) {
    try {
      movies.push(...(await findMovies(path)));
    } catch (error) {
      movies.push({ name: basename(path), open: () => Promise.reject(error) });
    }
  }
  return movies;
}

function repairCount(found: TrackingSummary | null): number | null {
  if (found === null || found.repairs === null) return null;
  return Object.values(found.repairs).reduce((sum, count) => sum + count, 0);
}

function report(states: readonly MovieState[], failed: number): string {
  const reason = ({ error }: MovieState): string =>
    [error?.message, error?.hint].filter((part) => part !== undefined).join(" ");
  const notes = states.flatMap(({ movie, found }) => (found?.notes ?? []).map((note) => `${movie}: ${note}`));
  return [
    table(
      [
        ...["movie", "state", "frames", "cells", "tracks", "divisions", "gaps"],
        ...["repairs", "seconds", "results or reason"],
      ],
      states.map((one) => [
        one.movie,
        one.state,
        one.found?.frameCount ?? null,
        one.found?.detections ?? null,
        one.found?.tracks ?? null,
        one.found?.divisions ?? null,
        one.found?.gaps ?? null,
        repairCount(one.found),
        one.seconds,
        one.out ?? reason(one),
      ]),
    ),
    ...(notes.length === 0 ? [] : ["", ...notes]),
    "",
    failed === 0 ? counted(states.length, "movie") : `${failed} of ${counted(states.length, "movie")} failed`,
  ].join("\n");
}
