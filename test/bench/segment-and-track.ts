/**
 * Tracking of drawn movies with faults of segmentation: plain assignment by distance, and solvers with scorers, on masks
 * as they come and with masks repaired by their neighbours in time; scored by pixels as the challenge does.
 *
 * Usage: node test/bench/segment-and-track.ts [--movies 20] [--frames 60] [--errors 0.05] [--side 512] [--linker FILE]
 *        [--seed 770000] [--look nuclear] [--faults] [--no-plane] [--out FILE]
 * `--out` keeps each movie's result; run again with the same file, it goes on where it was.
 * Seeds from 770000 are those of reported figures; for development take others. Not for choosing anything.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { LabelImage, Plane } from "#core/array/index.ts";
import {
  evenShares,
  injectSegmentationErrors,
  type MovieDensity,
  type MovieLook,
  type SegmentationError,
  simulateMovie,
} from "#core/movie/index.ts";
import { rng } from "#core/rng.ts";
import { createTrackScorer, type TrackingScores } from "#core/track-metrics/index.ts";
import {
  assignmentSolver,
  buildTrackGraph,
  createMaskRepairer,
  createTracker,
  exactSolver,
  type FrameDetections,
  greedySolver,
  type LinkedFrame,
  type LinkSolver,
  measureFrame,
  offerUnions,
  plainScorer,
  type RepairedFrame,
  trackOfLabels,
  tracksOf,
} from "#core/tracking/index.ts";
import { type MovieScorer, openHighs, withLinks } from "../../src/jobs/track/index.ts";
import { createOrtNodeEngine } from "../../src/nn/engine/ort-node.ts";
import { openLinkingModel } from "../../src/nn/linking/index.ts";
import { linkByDistance, tracksOfLinks } from "./tracking/baselines.ts";
import { fatesOfFaults } from "./tracking/fates-of-faults.ts";
import {
  keepResult,
  type MovieResult,
  readResults,
  resultTable,
  type WayResult,
  wayResult,
} from "./tracking/movie-results.ts";

const { values } = parseArgs({
  allowNegative: true,
  options: {
    movies: { type: "string", default: "20" },
    frames: { type: "string", default: "60" },
    errors: { type: "string", default: "0.05" },
    side: { type: "string", default: "512" },
    seed: { type: "string", default: "770000" },
    look: { type: "string", default: "nuclear" },
    linker: { type: "string" },
    plane: { type: "boolean", default: true },
    /** Lists what became of each fault. */
    faults: { type: "boolean", default: false },
    out: { type: "string" },
  },
});

interface Frame {
  readonly t: number;
  readonly truth: LabelImage;
  readonly faulty: LabelImage;
  readonly errors: readonly SegmentationError[];
  readonly plane: Plane | null;
}

/** Masks that are linked, with what is known of them. */
interface Input {
  readonly labels: LabelImage;
  readonly detections: FrameDetections;
}

type Reference = ReturnType<ReturnType<typeof simulateMovie>["tracks"]>;

const exact = exactSolver(await openHighs());
const scorers: MovieScorer[] = [plainScorer()];
if (values.linker !== undefined)
  scorers.push(
    await openLinkingModel(
      await createOrtNodeEngine({ threads: 1 }),
      new Uint8Array(readFileSync(values.linker)),
    ),
  );

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

async function timed<Result>(work: () => Result | Promise<Result>): Promise<[Result, number]> {
  const start = cpuMs();
  const result = await work();
  return [result, cpuMs() - start];
}

async function repaired(frames: readonly Frame[], scorer: MovieScorer): Promise<RepairedFrame[]> {
  const repairer = createMaskRepairer();
  const linker = { solver: exact, scorer };
  const out: RepairedFrame[] = [];
  for (const { t, faulty, plane } of frames)
    out.push(...(await withLinks(repairer.push({ t, labels: faulty, plane }), linker)));
  out.push(...(await withLinks(repairer.finish(), linker)));
  return out;
}

async function link(
  inputs: readonly Input[],
  solver: LinkSolver,
  scorer: MovieScorer,
): Promise<LinkedFrame[]> {
  const tracker = createTracker({ solver });
  const linked: LinkedFrame[] = [];
  for (const { detections } of inputs) {
    const window = tracker.push(detections);
    if (window !== null) linked.push(...tracker.commit(await scorer.score(window)));
  }
  const last = tracker.finish();
  if (last !== null) linked.push(...tracker.commit(await scorer.score(last)));
  return linked;
}

/** @param names  track of each label, frame by frame. */
function scoreOf(
  frames: readonly Frame[],
  inputs: readonly Input[],
  names: (f: number) => ReadonlyMap<number, number>,
  scorer: ReturnType<typeof createTrackScorer>,
): TrackingScores {
  for (const [f, { t, truth }] of frames.entries()) {
    const own = names(f);
    const painted = { ...truth, data: inputs[f]!.labels.data.map((label) => own.get(label) ?? 0) };
    scorer.addFrame(t, truth, painted);
  }
  return scorer.scores();
}

const scoreLinked = (
  frames: readonly Frame[],
  reference: Reference,
  inputs: readonly Input[],
  linked: readonly LinkedFrame[],
): TrackingScores =>
  scoreOf(
    frames,
    inputs,
    (f) => trackOfLabels(inputs[f]!.detections, linked[f]!.tracks),
    createTrackScorer({ reference, predicted: tracksOf(buildTrackGraph(linked)) }),
  );

async function byDistance(
  frames: readonly Frame[],
  reference: Reference,
  inputs: readonly Input[],
): Promise<readonly [TrackingScores, number]> {
  const detections = inputs.map((one) => one.detections);
  const [links, ms] = await timed(() => linkByDistance(detections));
  const { tracks, labels } = tracksOfLinks(detections, links);
  const starts: number[] = [];
  let position = 0;
  for (const frame of detections) {
    starts.push(position);
    position += frame.labels.length;
  }
  const names = (f: number) =>
    new Map([...detections[f]!.labels].map((label, at) => [label, labels[starts[f]! + at]!]));
  return [scoreOf(frames, inputs, names, createTrackScorer({ reference, predicted: tracks })), ms];
}

const measured = (frames: readonly Frame[], labelsOf: (f: number) => LabelImage): Input[] =>
  frames.map(({ t, plane }, f) => ({
    labels: labelsOf(f),
    detections: measureFrame(labelsOf(f), plane, t),
  }));

const withUnions = (inputs: readonly Input[]): Input[] =>
  inputs.map(({ labels, detections }) => ({ labels, detections: offerUnions(detections) }));

/** Solvers on masks that were measured for `baseMs`. */
async function bySolvers(
  ...[frames, reference, inputs, scorer, baseMs, ending]: [
    ...[readonly Frame[], Reference, readonly Input[], MovieScorer, number, string],
  ]
): Promise<WayResult[]> {
  const ways: WayResult[] = [];
  for (const solver of [greedySolver, assignmentSolver, exact]) {
    const [linked, ms] = await timed(() => link(inputs, solver, scorer));
    const scores = scoreLinked(frames, reference, inputs, linked);
    ways.push(wayResult(`${solver.name}, ${scorer.name}${ending}`, scores, baseMs + ms));
  }
  return ways;
}

async function scorerWays(
  frames: readonly Frame[],
  reference: Reference,
  scorer: MovieScorer,
): Promise<WayResult[]> {
  const [plain, plainMs] = await timed(() => measured(frames, (f) => frames[f]!.faulty));
  const ways = await bySolvers(frames, reference, plain, scorer, plainMs, "");
  const [inputs, unionMs] = await timed(() => withUnions(plain));
  const [linked, ms] = await timed(() => link(inputs, exact, scorer));
  const scores = scoreLinked(frames, reference, inputs, linked);
  ways.push(wayResult(`exact with unions, ${scorer.name}`, scores, plainMs + unionMs + ms));

  const [mended, mendMs] = await timed(() => repaired(frames, scorer));
  const faults = values.faults
    ? frames.flatMap(({ truth, errors }, f) => fatesOfFaults(truth, mended[f]!.labels, errors))
    : [];
  const repairs = mended.flatMap((frame) => frame.repairs.map(({ kind }) => kind));
  const [relinked, relinkMs] = await timed(() => link(mended, exact, scorer));
  const own = scoreLinked(frames, reference, mended, relinked);
  const name = `exact with unions, ${scorer.name}, repaired`;
  ways.push(wayResult(name, own, mendMs + relinkMs, repairs, faults));
  const [bare, bareMs] = await timed(() => measured(frames, (f) => mended[f]!.labels));
  const baseMs = mendMs + bareMs;
  ways.push(...(await bySolvers(frames, reference, bare, scorer, baseMs, ", repaired")));
  const [distance, distanceMs] = await byDistance(frames, reference, bare);
  ways.push(wayResult(`distance, masks repaired with ${scorer.name}`, distance, baseMs + distanceMs));
  return ways;
}

async function trackOne(seed: number, density: MovieDensity): Promise<WayResult[]> {
  const movie = simulateMovie(
    {
      ...{ look: values.look as MovieLook, density, frameCount: Number(values.frames) },
      ...{ height: Number(values.side), width: Number(values.side) },
    },
    seed,
  );
  const random = rng(seed, "faults");
  const frames = [...movie.frames].map(({ t, labels, image }): Frame => {
    const shares = evenShares(Number(values.errors));
    const { labels: faulty, errors } = injectSegmentationErrors(labels, shares, random);
    return { t, truth: labels, faulty, errors, plane: values.plane ? image : null };
  });
  const reference = movie.tracks();
  const [inputs, ms] = await timed(() => measured(frames, (f) => frames[f]!.faulty));
  const [scores, distanceMs] = await byDistance(frames, reference, inputs);
  const ways = [wayResult("distance", scores, ms + distanceMs)];
  for (const scorer of scorers) ways.push(...(await scorerWays(frames, reference, scorer)));
  return ways;
}

const densities: readonly MovieDensity[] = ["sparse", "medium", "dense"];
const settings = [
  ...[values.look, values.frames, values.errors, values.side, values.plane, values.faults],
  ...scorers.map(({ name }) => name),
].join(" ");
const known = readResults(values.out, settings);
const results: MovieResult[] = [];
for (let m = 0; m < Number(values.movies); m++) {
  const seed = Number(values.seed) + m;
  const density = densities[m % 3]!;
  let result = known.get(seed);
  if (result === undefined) {
    const ways = await trackOne(seed, density);
    result = { seed, density, frames: Number(values.frames), settings, ways };
    keepResult(values.out, result);
    for (const { way, lnk } of ways) console.error(`${m} ${density} | ${way} | LNK ${lnk.toFixed(4)}`);
  }
  results.push(result);
}
console.log(
  `${values.movies} ${values.look} movies x ${values.frames} frames, ${values.errors} faults, seeds from ${values.seed}\n` +
    "way | group | LNK mean, lowest | TRA | SEG | division F1 at 0, 1, 2 frames | divisions true, found | repairs | ms per frame",
);
console.log(resultTable(results).join("\n"));
