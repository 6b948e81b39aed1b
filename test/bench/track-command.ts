/**
 * The track command's pipeline: a real movie with reference masks and end to end, and memory over the length of a movie.
 *
 *   node test/bench/track-command.ts --frames 100      one simulated movie of so many frames, masks given
 *   node test/bench/track-command.ts --movie FOLDER    a folder of the challenge (01, 01_GT/TRA) from its masks
 *
 * Each length in a process of its own, because the peak of memory is the process's. The simulator makes frames as they
 * are asked for, so files play no part; its own peak is measured first (`--frames N --nothing`).
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { imageArray, type LabelImage } from "#core/array/index.ts";
import { type MovieFrame, simulateMovie } from "#core/movie/index.ts";
import { createTrackScorer } from "#core/track-metrics/index.ts";
import { tracksOf } from "#core/tracking/index.ts";
import { readLabels, readTrackTable } from "#formats/index.ts";
import { findMovies, type Movie, openLabelFrames, type TrackedMovie, trackMovie } from "#jobs/track/index.ts";

const { values } = parseArgs({
  options: { frames: { type: "string" }, movie: { type: "string" }, nothing: { type: "boolean" } },
});

const common = {
  channel: 0,
  solver: "exact",
  gapFrames: 2,
  repairs: false,
  signal: new AbortController().signal,
  onFrame: () => undefined,
} as const;

if (values.movie !== undefined) await referenceMovie(values.movie);
else await simulated(Number(values.frames ?? 100), values.nothing === true);

async function simulated(frameCount: number, nothing: boolean): Promise<void> {
  const size = 512;
  const made = simulateMovie(
    {
      look: "nuclear",
      density: "medium",
      frameCount,
      height: size,
      width: size,
      mppUm: 0.6,
      cycleH: 200,
    },
    3,
  );
  const kept: { frame: MovieFrame | null } = { frame: null };
  const movie: Movie = {
    name: "simulated",
    frameCount,
    height: size,
    width: size,
    dtype: "uint16",
    channels: [{ name: "" }],
    mpp: null,
    frameIntervalS: null,
    modality: undefined,
    sequence: null,
    numbers: Array.from({ length: frameCount }, (_, t) => t),
    notes: [],
    frameName: (t) => `frame ${t}`,
    async readFrame() {
      const next = made.frames.next();
      kept.frame = next.done === true ? null : next.value;
      const { dtype, data } = kept.frame!.image;
      return imageArray(dtype, "yx", [size, size], data);
    },
  };
  const startedAt = performance.now();
  let found: { detections: number; packedMiB: number } | null = null;
  if (nothing) for (let t = 0; t < frameCount; t++) await movie.readFrame(t);
  else {
    const tracked = await trackMovie(movie, { ...common, labelsOf: async () => kept.frame!.labels });
    found = { detections: tracked.graph.tracks.length, packedMiB: tracked.packedBytes / 2 ** 20 };
  }
  const seconds = (performance.now() - startedAt) / 1000;
  print({ frameCount, seconds, peakMiB: process.resourceUsage().maxRSS / 1024, ...found });
}

async function referenceMovie(folder: string): Promise<void> {
  const [found] = await findMovies(folder);
  const movie = await found!.open();
  const masks = join(folder, "01_GT", "TRA");
  const labelsOf = await openLabelFrames(masks, movie);
  const tracked = await trackMovie(movie, { ...common, labelsOf });
  const scores = await scoresOf(tracked, masks);
  const [{ division }] = scores.byTolerance as [(typeof scores.byTolerance)[number]];
  print({ tra: scores.tra, lnk: scores.lnk, divisions: division });
}

async function scoresOf(tracked: TrackedMovie, masks: string) {
  const table = readTrackTable(readFileSync(join(masks, "man_track.txt"), "utf8"), "man_track.txt");
  const scorer = createTrackScorer({ reference: table, predicted: tracksOf(tracked.graph) });
  const names = readdirSync(masks)
    .filter((name) => /^man_track\d+\.tif$/.test(name))
    .sort();
  for (const [t, name] of names.entries()) {
    const truth: LabelImage = await readLabels(new Uint8Array(readFileSync(join(masks, name))), { name });
    scorer.addFrame(t, truth, tracked.tracksOfFrame(t));
  }
  return scorer.scores();
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
