/** `simulate movie`: time-lapses with exact masks and lineages, in the layout of the Cell Tracking Challenge. */

import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { MovieDensity, MovieLook, MovieWishes } from "#core/movie/index.ts";
import { movieDensities, movieLooks } from "#core/movie/index.ts";
import { rng } from "#core/rng.ts";
import type { MovieEntry } from "#formats/index.ts";
import {
  type Command,
  type CommandInput,
  flagOption,
  numberOption,
  requiredPositional,
  textOption,
  usageError,
} from "../command.ts";
import { counted } from "../output.ts";

/** More would take days; several folders with different seeds do the same. */
const moviesMax = 1000;
const framesMax = 10_000;

export const simulateMovieCommand: Command = {
  usage: "simulate movie OUT [--movies N] [--frames N] [--look nuclear|phase] [--seed S]",
  about:
    "Makes time-lapses of growing cells with exact masks and lineages: cells walk, grow, round up, divide in two, die, press " +
    "against each other, come and go at the edges; the light bleaches, the stage drifts, frames are lost. Each movie is " +
    "a sequence of the Cell Tracking Challenge (t000.tif, man_track000.tif, man_track.txt). What is not asked for is drawn anew for " +
    "each movie and written into the list; `cellfoundry import OUT` brings movies and tracks in.",
  examples: [
    "cellfoundry simulate movie movies --movies 10 --frames 60 --seed 7",
    "cellfoundry simulate movie crowd --look phase --density dense --frames 200 --interval 5 --errors 0.05",
  ],
  options: {
    movies: { type: "string", value: "N", help: `How many, up to ${moviesMax}; default 1` },
    frames: { type: "string", value: "N", help: `Frames of each, up to ${framesMax}; default 60` },
    size: { type: "string", value: "PX", help: "Height and width; default 512" },
    seed: { type: "string", value: "S", help: "Same seed, same movies; default 1" },
    look: { type: "string", value: "NAME", help: `${movieLooks.join(" or ")}; default drawn` },
    density: {
      type: "string",
      value: "NAME|0..0.6",
      help: `${Object.keys(movieDensities).join(", ")}, or the share of the view that cells cover; default drawn`,
    },
    cells: { type: "string", value: "N", help: "Cells in view at the start, instead of a density" },
    mpp: { type: "string", value: "UM", help: "Micrometres per pixel; default drawn by look" },
    interval: { type: "string", value: "MIN", help: "Minutes between frames; default drawn" },
    cycle: { type: "string", value: "H", help: "Mean hours from division to division; default drawn" },
    "cell-diameter": {
      type: "string",
      value: "UM",
      help: "Mean diameter of what is outlined; default drawn",
    },
    closed: { type: "boolean", help: "No cell enters or leaves the view" },
    errors: {
      type: "string",
      value: "0..1",
      help: "Also write masks with splits, merges, misses and false objects at this share (01_ERR_SEG)",
    },
  },
  run,
};

function wishesOf(input: CommandInput): MovieWishes {
  const size = numberOption(input, "size", { low: 16, high: 8192, integer: true }) ?? 512;
  const wishes = {
    height: size,
    width: size,
    look: lookOf(input),
    density: densityOf(input),
    frameCount: numberOption(input, "frames", { low: 1, high: framesMax, integer: true }) ?? 60,
    cellCount: numberOption(input, "cells", { low: 1, high: 100_000, integer: true }),
    mppUm: numberOption(input, "mpp", { low: 0.05, high: 10 }),
    frameIntervalMin: numberOption(input, "interval", { low: 0.01, high: 10_000 }),
    cycleH: numberOption(input, "cycle", { low: 0.1, high: 100_000 }),
    cellDiameterUm: numberOption(input, "cell-diameter", { low: 1, high: 200 }),
    ...(flagOption(input, "closed") ? { closed: true } : {}),
  };
  return Object.fromEntries(Object.entries(wishes).filter(([, value]) => value !== undefined));
}

function lookOf(input: CommandInput): MovieLook | undefined {
  const text = textOption(input, "look");
  const look = movieLooks.find((name) => name === text?.toLowerCase());
  if (text !== undefined && look === undefined)
    throw usageError(
      `There is no look "${text}"; there are ${movieLooks.join(" and ")}.`,
      simulateMovieCommand,
    );
  return look;
}

function densityOf(input: CommandInput): MovieDensity | number | undefined {
  const text = textOption(input, "density");
  if (text !== undefined && Object.hasOwn(movieDensities, text)) return text as MovieDensity;
  return numberOption(input, "density", { low: 0.001, high: 0.6 });
}

async function run(input: CommandInput): Promise<undefined> {
  const out = resolve(requiredPositional(input, 0, "OUT", simulateMovieCommand));
  const movies = numberOption(input, "movies", { low: 1, high: moviesMax, integer: true }) ?? 1;
  const errors = numberOption(input, "errors", { low: 0, high: 1 }) ?? 0;
  const wishes = wishesOf(input);
  const seed = textOption(input, "seed") ?? "1";
  await mkdir(out, { recursive: true });
  if ((await readdir(out)).length > 0)
    throw usageError(`${out} is not empty; name a new folder.`, simulateMovieCommand);
  const { movieListName, writeMovieList } = await import("#formats/index.ts");
  const entries: MovieEntry[] = [];
  for (let k = 0; k < movies; k++)
    entries.push(
      await writeMovie(input, out, wishes, { seed: `${seed}/${k}`, sequence: k + 1, movies, errors }),
    );
  input.out.endProgress();
  await writeFile(join(out, movieListName), writeMovieList(entries));
  const sum = (name: "tracks" | "divisions" | "detections"): number =>
    entries.reduce((total, entry) => total + entry[name], 0);
  const totals = { tracks: sum("tracks"), divisions: sum("divisions"), detections: sum("detections") };
  input.out.result({ out, movies, ...totals, seed }, () =>
    [
      `${counted(movies, "movie")} with ${counted(totals.tracks, "track")}, ${counted(totals.divisions, "division")} and ` +
        `${totals.detections} outlines in ${out}`,
      `Import: cellfoundry import ${out}`,
    ].join("\n"),
  );
  return undefined;
}

interface OneMovie {
  readonly seed: string;
  /** From 1. */
  readonly sequence: number;
  readonly movies: number;
  /** Share of cells with a fault in the second set of masks; 0 writes none. */
  readonly errors: number;
}

/** One frame in memory at a time. */
async function writeMovie(
  input: CommandInput,
  out: string,
  wishes: MovieWishes,
  { seed, sequence, movies, errors }: OneMovie,
): Promise<MovieEntry> {
  const [{ evenShares, injectSegmentationErrors, simulateMovie }, formats] = await Promise.all([
    import("#core/movie/index.ts"),
    import("#formats/index.ts"),
  ]);
  const movie = simulateMovie(wishes, seed);
  const folder = formats.movieFolder(movie.params, sequence);
  const faults = rng(seed, "segmentation errors");
  let detections = 0;
  for (const frame of movie.frames) {
    input.signal.throwIfAborted();
    const faulty =
      errors === 0
        ? null
        : injectSegmentationErrors(frame.labels, evenShares(errors), faults.stream(frame.t)).labels;
    for (const { path, bytes } of formats.writeMovieFrame(folder, movie.params, frame, faulty))
      await put(out, path, bytes);
    detections += frame.cells.length;
    input.out.progress(`Movie ${sequence} of ${movies}: frame ${frame.t + 1} of ${movie.params.frameCount}`);
  }
  const tracks = movie.tracks();
  const { path, bytes } = formats.writeMovieTracks(folder, tracks);
  await put(out, path, bytes);
  const divisions = tracks.filter(({ daughters }) => daughters.length > 1).length;
  return { folder, seed, tracks: tracks.length, divisions, detections, parameters: movie.params };
}

async function put(out: string, path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(join(out, path)), { recursive: true });
  await writeFile(join(out, path), bytes);
}
