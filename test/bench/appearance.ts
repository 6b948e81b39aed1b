/**
 * Does looking at cells help the linker? Trains a small network on crops of simulated movies, adds its distances to the
 * scores of the linker that ships, and compares on simulated movies of other seeds and on a real one with reference masks.
 *
 * Usage: node test/bench/appearance.ts OUT [--steps 3000] [--movies 24] [--frames 10] [--test-movies 6] [--test-frames 24] [--seed 1]
 *        [--among]
 * OUT gets theta.bin (a second run skips training) and report.json. Decision 0046 has the table.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { evenShares, injectSegmentationErrors, simulateMovie } from "#core/movie/index.ts";
import { rng } from "#core/rng.ts";
import {
  buildTrackGraph,
  type CandidateScores,
  type CandidateWindow,
  createTracker,
  exactSolver,
  type FrameDetections,
  type LinkedFrame,
  measureFrame,
  offerUnions,
} from "#core/tracking/index.ts";
import { type MovieScorer, openHighs, openShippedLinker } from "../../src/jobs/track/index.ts";
import { cropLength, cropsOfFrame, medianRadius } from "./tracking/appearance-crops.ts";
import {
  type Batch,
  batch,
  embeddingLength,
  openEmbedding,
  trainEmbedding,
} from "./tracking/appearance-network.ts";
import { readReferenceMovie } from "./tracking/real-movie.ts";
import { scoreGraph } from "./tracking/score-graph.ts";
import type { KnownMovie } from "./tracking/simulated-movie.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    steps: { type: "string", default: "3000" },
    movies: { type: "string", default: "24" },
    frames: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    "test-movies": { type: "string", default: "6" },
    "test-frames": { type: "string", default: "24" },
    /** Looks choose among the origins of a cell only; else they also say whether it has one. */
    among: { type: "boolean", default: false },
    data: { type: "string", default: fileURLToPath(new URL("../../../shared/data", import.meta.url)) },
  },
});
const [out] = positionals;
if (out === undefined) throw new Error("usage: node test/bench/appearance.ts OUT [options]");
mkdirSync(out, { recursive: true });

const densities = ["sparse", "medium", "dense"] as const;
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** A cell of a training movie with its rivals: crops of both frames. */
interface Example {
  readonly crops: readonly Float32Array[];
}

function examplesOf(number: number): Example[] {
  const random = rng(Number(values.seed), "appearance movies", number);
  const wishes = {
    ...{ height: 256, width: 256, frameCount: Number(values.frames) * 2 },
    ...{ look: "nuclear" as const, density: densities[number % 3]! },
  };
  const stride = random.chance(0.4) ? 2 : 1;
  const movie = simulateMovie(wishes, `${values.seed} appearance ${number}`);
  let before: { frame: FrameDetections; crops: Float32Array } | null = null;
  const examples: Example[] = [];
  for (const { t, image, labels } of movie.frames) {
    if (t % stride !== 0 || t >= Number(values.frames) * stride) continue;
    const frame = measureFrame(labels, image, t);
    const pixels = { height: 256, width: 256, labels: labels.data, image: image.data };
    const now = { frame, crops: cropsOfFrame(frame, pixels, medianRadius(frame)) };
    if (before !== null) examples.push(...pairsOf(before, now));
    before = now;
  }
  return examples;
}

function pairsOf(
  before: { readonly frame: FrameDetections; readonly crops: Float32Array },
  now: { readonly frame: FrameDetections; readonly crops: Float32Array },
): Example[] {
  const crop = (from: Float32Array, at: number): Float32Array =>
    from.subarray(at * cropLength, (at + 1) * cropLength);
  const reach = 6 * medianRadius(before.frame);
  const place = new Map([...now.frame.labels].map((label, at) => [label, at]));
  return [...before.frame.labels].flatMap((label, at): Example[] => {
    const same = place.get(label);
    if (same === undefined) return [];
    const rivals = [...now.frame.labels.keys()]
      .map((other) => ({
        other,
        away: Math.hypot(
          now.frame.y[other]! - before.frame.y[at]!,
          now.frame.x[other]! - before.frame.x[at]!,
        ),
      }))
      .filter(({ other, away }) => other !== same && away < reach)
      .sort((a, b) => a.away - b.away)
      .slice(0, batch.choices - 1);
    if (rivals.length === 0) return [];
    return [
      {
        crops: [
          crop(before.crops, at),
          crop(now.crops, same),
          ...rivals.map(({ other }) => crop(now.crops, other)),
        ],
      },
    ];
  });
}

function batchesOf(examples: readonly Example[]): (step: number) => Batch {
  const { anchors, choices } = batch;
  return (step) => {
    const random = rng(Number(values.seed), "appearance order", step);
    const crops = new Float32Array(anchors * (1 + choices) * cropLength);
    const missing = new Float32Array(anchors * choices);
    for (let a = 0; a < anchors; a++) {
      const example = random.pick(examples);
      for (let k = 0; k <= choices; k++) {
        const crop = example.crops[k];
        if (crop === undefined) missing[a * choices + k - 1] = 30;
        else crops.set(crop, (k * anchors + a) * cropLength);
      }
    }
    return { crops, missing };
  };
}

async function trained(): Promise<Float32Array> {
  const file = join(out!, "theta.bin");
  if (existsSync(file)) return new Float32Array(new Uint8Array(readFileSync(file)).buffer);
  const examples = Array.from({ length: Number(values.movies) }, (_, n) => examplesOf(n)).flat();
  console.log(`${examples.length} cells with rivals in ${values.movies} movies`);
  let [sum, count] = [0, 0];
  const started = cpuMs();
  const theta = await trainEmbedding(
    Number(values.steps),
    Number(values.seed),
    batchesOf(examples),
    (step, loss) => {
      sum += loss;
      count++;
      if ((step + 1) % 200 !== 0) return;
      console.log({
        step: step + 1,
        loss: Number((sum / count).toFixed(4)),
        cpuSeconds: Math.round((cpuMs() - started) / 1000),
      });
      [sum, count] = [0, 0];
    },
  );
  writeFileSync(file, new Uint8Array(theta.buffer, theta.byteOffset, theta.byteLength));
  return theta;
}

type Embed = (crops: Float32Array) => Promise<Float32Array>;

/** Embeddings of every frame that the scorer will meet. */
type Looks = WeakMap<FrameDetections, Float32Array>;

interface LookedMovie extends KnownMovie {
  readonly looks: Looks;
  readonly embedMs: number;
}

async function simulatedMovie(seed: number, number: number, embed: Embed): Promise<LookedMovie> {
  const frameCount = Number(values["test-frames"]);
  const movie = simulateMovie(
    {
      ...{ look: "nuclear", density: densities[number % 3]!, frameCount, height: 512, width: 512 },
      // Every other one has few frames an hour, where places say less.
      ...(number % 2 === 0 ? {} : { frameIntervalMin: 15 }),
    },
    seed + number,
  );
  const random = rng(seed + number, "faults");
  const looks: Looks = new WeakMap();
  const made: { frame: FrameDetections; cells: number[][]; labels: number[] }[] = [];
  let embedMs = 0;
  for (const { t, image, labels } of movie.frames) {
    const faulty = injectSegmentationErrors(labels, evenShares(0.05), random);
    const frame = offerUnions(measureFrame(faulty.labels, image, t));
    const start = cpuMs();
    const pixels = { height: 512, width: 512, labels: faulty.labels.data, image: image.data };
    looks.set(frame, await embed(cropsOfFrame(frame, pixels, medianRadius(frame))));
    embedMs += cpuMs() - start;
    const own: number[][] = [];
    const count = frame.labels.length - (frame.parts?.length ?? 0) / 3;
    for (let at = 0; at < count; at++) own.push([...(faulty.cellsOf[frame.labels[at]! - 1] ?? [])]);
    for (let k = 0; k < (frame.parts?.length ?? 0); k += 3)
      own[frame.parts![k]!] = [...new Set([...own[frame.parts![k + 1]!]!, ...own[frame.parts![k + 2]!]!])];
    made.push({ frame, cells: own, labels: [...new Set(labels.data)].filter((label) => label > 0) });
  }
  return {
    frames: made.map(({ frame }) => frame),
    cells: made.map(({ cells }) => cells),
    referenceLabels: made.map(({ labels }) => labels),
    reference: movie.tracks(),
    looks,
    embedMs,
  };
}

async function realMovie(embed: Embed): Promise<LookedMovie | null> {
  const folder = join(values.data, "ctc-mitocheck-h2b");
  if (!existsSync(folder)) return null;
  const looks: Looks = new WeakMap();
  const { frames, reference, pixels } = await readReferenceMovie(folder);
  for (const [f, frame] of frames.entries())
    looks.set(frame, await embed(cropsOfFrame(frame, pixels[f]!, medianRadius(frame))));
  const referenceLabels = frames.map((frame) => [...frame.labels]);
  const cells = referenceLabels.map((own) => own.map((label) => [label]));
  return { frames, cells, reference, referenceLabels, looks, embedMs: 0 };
}

const squareOf = (a: Float32Array, i: number, b: Float32Array, j: number): number => {
  let sum = 0;
  for (let k = 0; k < embeddingLength; k++)
    sum += (a[i * embeddingLength + k]! - b[j * embeddingLength + k]!) ** 2;
  return sum;
};

/** Squared distances of the candidate links of a window. */
function squaresOf({ from, to, frameOf, offsets, frames }: CandidateWindow, looks: Looks): Float32Array {
  return Float32Array.from(from, (i, e) => {
    const [f, g] = [frameOf[i]!, frameOf[to[e]!]!];
    return squareOf(looks.get(frames[f]!)!, i - offsets[f]!, looks.get(frames[g]!)!, to[e]! - offsets[g]!);
  });
}

/** What goes to a link is taken from the other links into the same cell: their sum stays. */
function shiftedAmong(
  { to, frameOf }: CandidateWindow,
  link: Float32Array,
  factor: Float32Array,
): Float32Array {
  const [before, after] = [new Float32Array(frameOf.length), new Float32Array(frameOf.length)];
  for (const [e, j] of to.entries()) {
    before[j] += link[e]!;
    after[j] += link[e]! * factor[e]!;
  }
  return link.map((p, e) => (after[to[e]!]! === 0 ? p : (p * factor[e]! * before[to[e]!]!) / after[to[e]!]!));
}

/** Links gain or lose by how alike their ends look, against what the same cell usually is apart. */
function withLooks(scorer: MovieScorer, looks: Looks, weight: number, usual: number): MovieScorer {
  return {
    name: "looks",
    async score(window): Promise<CandidateScores> {
      const scores = await scorer.score(window);
      if (weight === 0) return scores;
      const squares = squaresOf(window, looks);
      const factor = squares.map((square) => Math.exp(Math.max(-4, Math.min(4, weight * (usual - square)))));
      if (values.among) return { ...scores, link: shiftedAmong(window, scores.link, factor) };
      const total = new Float32Array(window.frameOf.length).fill(1);
      for (const [e, j] of window.to.entries()) total[j] += scores.link[e]! * (factor[e]! - 1);
      const over = (j: number): number => Math.max(1e-6, total[j]!);
      return {
        ...scores,
        link: scores.link.map((p, e) => (p * factor[e]!) / over(window.to[e]!)),
        division: scores.division.map(
          (p, d) => p / (over(window.divisions[3 * d + 1]!) * over(window.divisions[3 * d + 2]!)),
        ),
        appearance: scores.appearance.map((p, j) => Math.min(1, p / over(j))),
      };
    },
  };
}

const solver = exactSolver(await openHighs());

async function link(frames: readonly FrameDetections[], scorer: MovieScorer): Promise<LinkedFrame[]> {
  const tracker = createTracker({ solver });
  const linked: LinkedFrame[] = [];
  for (const frame of frames) {
    const window = tracker.push(frame);
    if (window !== null) linked.push(...tracker.commit(await scorer.score(window)));
  }
  const last = tracker.finish();
  if (last !== null) linked.push(...tracker.commit(await scorer.score(last)));
  return linked;
}

interface Row {
  readonly weight: number;
  readonly lnk: number;
  readonly lowest: number;
  readonly divisionF1: number;
  readonly divisions: string;
  /** Movies linked better, worse than without looks; mean gain of LNK and its standard error over movies. */
  readonly better?: string;
  readonly gain?: string;
}

/** LNK of each movie without looks, by set. */
const withoutLooks = new Map<readonly LookedMovie[], readonly number[]>();

function againstNone(movies: readonly LookedMovie[], lnk: readonly number[]): Pick<Row, "better" | "gain"> {
  const before = withoutLooks.get(movies);
  if (before === undefined) {
    withoutLooks.set(movies, lnk);
    return {};
  }
  const gains = lnk.map((value, m) => value - before[m]!);
  const mean = gains.reduce((a, b) => a + b, 0) / gains.length;
  const squares = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0);
  const error = gains.length < 2 ? Number.NaN : Math.sqrt(squares / (gains.length - 1) / gains.length);
  const count = (isOne: (gain: number) => boolean): number => gains.filter(isOne).length;
  return {
    better: `${count((gain) => gain > 0)}, ${count((gain) => gain < 0)} of ${gains.length}`,
    gain: `${mean.toFixed(5)} ± ${error.toFixed(5)}`,
  };
}

async function compare(
  movies: readonly LookedMovie[],
  scorer: MovieScorer,
  weight: number,
  usual: number,
): Promise<Row> {
  const lnk: number[] = [];
  let [correct, reference, predicted] = [0, 0, 0];
  for (const movie of movies) {
    const graph = buildTrackGraph(await link(movie.frames, withLooks(scorer, movie.looks, weight, usual)));
    const scores = scoreGraph(movie, graph);
    lnk.push(scores.lnk ?? 0);
    const { division } = scores.byTolerance[0]!;
    correct += division.correct;
    reference += division.reference;
    predicted += division.predicted;
  }
  return {
    weight,
    lnk: Number((lnk.reduce((a, b) => a + b, 0) / lnk.length).toFixed(4)),
    lowest: Number(Math.min(...lnk).toFixed(4)),
    divisionF1: Number(((2 * correct) / Math.max(1, reference + predicted)).toFixed(3)),
    divisions: `${correct} of ${reference}, ${predicted} found`,
    ...againstNone(movies, lnk),
  };
}

/** How well looks alone and places alone pick the true cell of the next frame among the candidates. */
function choices(movies: readonly LookedMovie[]): {
  looks: number;
  place: number;
  usual: number;
  cells: number;
} {
  let [byLook, byPlace, cells, sum] = [0, 0, 0, 0];
  for (const { frames, cells: shown, looks } of movies)
    for (let f = 1; f < frames.length; f++) {
      const [a, b] = [frames[f - 1]!, frames[f]!];
      for (const [i, own] of shown[f - 1]!.entries()) {
        if (own.length !== 1) continue;
        const reach = 5 * medianRadius(a);
        const near = [...b.labels.keys()].filter(
          (j) => Math.hypot(a.y[i]! - b.y[j]!, a.x[i]! - b.x[j]!) < reach,
        );
        const isTrue = (j: number): boolean => shown[f]![j]!.length === 1 && shown[f]![j]![0] === own[0];
        if (near.length < 2 || !near.some(isTrue)) continue;
        const best = (cost: (j: number) => number): number =>
          near.reduce((least, j) => (cost(j) < cost(least) ? j : least), near[0]!);
        const square = (j: number): number => squareOf(looks.get(a)!, i, looks.get(b)!, j);
        cells++;
        if (isTrue(best(square))) byLook++;
        if (isTrue(best((j) => Math.hypot(a.y[i]! - b.y[j]!, a.x[i]! - b.x[j]!)))) byPlace++;
        sum += square(near.find(isTrue)!);
      }
    }
  return { looks: byLook / cells, place: byPlace / cells, usual: sum / cells, cells };
}

const embed = await openEmbedding(await trained());
const scorer = await openShippedLinker();
if (scorer === null) throw new Error("no linker ships");
const moviesFrom = async (seed: number): Promise<LookedMovie[]> => {
  const movies: LookedMovie[] = [];
  for (let n = 0; n < Number(values["test-movies"]); n++) movies.push(await simulatedMovie(seed, n, embed));
  return movies;
};
const weights = values.among ? [0, 0.02, 0.05, 0.1, 0.25] : [0, 0.1, 0.25, 0.5, 1];
const development = await moviesFrom(883_000);
const { usual, ...picked } = choices(development);
console.log("development: share of cells whose true successor is nearest, by looks and by place", picked, {
  usual,
});
const tried: Row[] = [];
for (const weight of weights) tried.push(await compare(development, scorer, weight, usual));
console.table(tried);
const best = tried.reduce((a, b) => (b.lnk > a.lnk ? b : a)).weight;
const tests = await moviesFrom(774_000);
const simulated = [await compare(tests, scorer, 0, usual)];
for (const weight of best === 0 ? weights.slice(1, 3) : [best])
  simulated.push(await compare(tests, scorer, weight, usual));
const frameTotal = tests.reduce((sum, { frames }) => sum + frames.length, 0);
const msPerFrame = tests.reduce((sum, movie) => sum + movie.embedMs, 0) / frameTotal;
console.log("simulated, never trained or chosen on", choices(tests), { msPerFrame });
console.table(simulated);
const h2b = await realMovie(embed);
const real: Row[] = [];
if (h2b !== null) {
  console.log("H2B", choices([h2b]));
  for (const weight of weights) real.push(await compare([h2b], scorer, weight, usual));
  console.table(real);
}
writeFileSync(
  join(out, values.among ? "report-among.json" : "report.json"),
  JSON.stringify({ picked, usual, tried, best, simulated, real, msPerFrame }, null, 2),
);
await scorer.release();
