/**
 * What a few corrected frames teach the linker: movies of a kind it has not been trained on, one of them corrected in a
 * few frames, the linker fine-tuned on that, errors counted on other movies of the kind before and after.
 *
 * Usage: node test/bench/linker-corrections.ts [--seed 500000] [--tests 4] [--corrected 6] [--frames 24] [--only fast]
 * Figures are of seeds from 500000; others are for development. One thread.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type MovieWishes, simulateDetections } from "#core/movie/index.ts";
import { rng } from "#core/rng.ts";
import {
  buildTrackGraph,
  createTracker,
  detectionKey,
  detectionsFromPoints,
  exactSolver,
  type FrameDetections,
  type LinkedFrame,
} from "#core/tracking/index.ts";
import { openHighs } from "../../src/jobs/track/index.ts";
import { createOrtNodeEngine } from "../../src/nn/engine/ort-node.ts";
import {
  decodeLinkingWeights,
  defaultFineTuneConfig,
  describeLinkingModel,
  encodeLinkingModel,
  fineTuneLinking,
  type JudgedWindow,
  judgedWindow,
  type KnownOrigin,
  type KnownOrigins,
  type LearnedScorer,
  type LinkingArchitecture,
  type LinkingTemperatures,
  linkingLayout,
  noTemperatures,
  openLinkingModel,
  partialOf,
  planJudgedWindows,
  silenceFeatures,
  windowsOfMovie,
} from "../../src/nn/linking/index.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "500000" },
    tests: { type: "string", default: "4" },
    corrected: { type: "string", default: "6" },
    frames: { type: "string", default: "24" },
    only: { type: "string" },
    rate: { type: "string", default: String(defaultFineTuneConfig.learningRate) },
    steps: { type: "string", default: String(defaultFineTuneConfig.steps) },
  },
});

const kinds: Readonly<Record<string, MovieWishes>> = {
  // Crowded cells that go far between frames, straight on.
  fast: { density: "medium", speedUmPerH: 60, persistenceMin: 120, frameIntervalMin: 10, cycleH: 12 },
  // A frame every 45 minutes, far beyond what the linker was trained on.
  slow: { density: "medium", frameIntervalMin: 45, cycleH: 12 },
  // A sheet that flows.
  flow: { density: "dense", flowUmPerH: 60, frameIntervalMin: 10, cycleH: 12 },
};

interface Movie {
  readonly frames: readonly FrameDetections[];
  /** True origin of each detection by key; absent for none. */
  readonly truth: ReadonlyMap<number, KnownOrigin>;
}

/** Detections without faults: what is to be learned is motion. */
function movieOf(wishes: MovieWishes, seed: number): Movie {
  const asked = {
    look: "nuclear",
    height: 320,
    width: 320,
    frameCount: Number(values.frames),
    ...wishes,
  } as const;
  const movie = simulateDetections(asked, seed);
  const random = rng(seed, "jitter");
  const frames: FrameDetections[] = [];
  for (const { t, cells } of movie.frames)
    frames.push(
      detectionsFromPoints({
        t,
        height: 320,
        width: 320,
        // Labels that say nothing of tracks.
        labels: cells.map((_, k) => k + 1),
        y: cells.map(({ y }) => y + 0.4 * random.normal()),
        x: cells.map(({ x }) => x + 0.4 * random.normal()),
        areaPx: cells.map(({ areaPx }) => areaPx),
        meanIntensity: cells.map(({ brightness }) => brightness),
        ellipses: cells.map(({ long, short, angle }) => ({ major: 2 * long, minor: 2 * short, angle })),
      }),
    );
  return { frames, truth: truthOf(asked, seed) };
}

/** The same movie again: who comes from whom, by frame and place. */
function truthOf(asked: MovieWishes, seed: number): Map<number, KnownOrigin> {
  const movie = simulateDetections(asked, seed);
  const cells: { t: number; label: number; track: number }[] = [];
  for (const frame of movie.frames)
    for (const [k, { label }] of frame.cells.entries())
      cells.push({ t: frame.t, label: k + 1, track: label });
  const parents = new Map(movie.tracks().map(({ label, parent }) => [label, parent]));
  const last = new Map<number, number>();
  const daughters = Map.groupBy(movie.tracks(), ({ parent }) => parent);
  const truth = new Map<number, KnownOrigin>();
  for (const { t, label, track } of cells) {
    const key = detectionKey({ t, label });
    const before = last.get(track);
    const parent = parents.get(track) ?? null;
    const from = before ?? (parent === null ? undefined : last.get(parent));
    const isDivision = before === undefined && (daughters.get(parent)?.length ?? 0) > 1;
    if (from !== undefined) truth.set(key, { from, kind: isDivision ? "division" : "link" });
    last.set(track, key);
  }
  return truth;
}

const solver = exactSolver(await openHighs());
const engine = await createOrtNodeEngine({ threads: 1 });

async function link(movie: Movie, scorer: LearnedScorer): Promise<Map<number, KnownOrigin>> {
  const tracker = createTracker({ solver });
  const linked: LinkedFrame[] = [];
  for (const frame of movie.frames) {
    const window = tracker.push(frame);
    if (window !== null) linked.push(...tracker.commit(await scorer.score(window)));
  }
  const rest = tracker.finish();
  if (rest !== null) linked.push(...tracker.commit(await scorer.score(rest)));
  const { origins, divided } = buildTrackGraph(linked);
  const keys = movie.frames.flatMap(({ t, labels }) =>
    [...labels].map((label) => detectionKey({ t, label })),
  );
  const found = new Map<number, KnownOrigin>();
  for (const [at, from] of origins.entries())
    if (from !== -1)
      found.set(keys[at]!, { from: keys[from]!, kind: divided[at] === 1 ? "division" : "link" });
  return found;
}

const same = (a: KnownOrigin | undefined, b: KnownOrigin | undefined): boolean =>
  a?.from === b?.from && a?.kind === b?.kind;

interface Errors {
  readonly cells: number;
  readonly wrong: number;
  readonly divisions: number;
  readonly divisionsWrong: number;
}

/** Detections with another origin than true; daughters, true or found, that are wrong. */
function errorsOf(movie: Movie, found: ReadonlyMap<number, KnownOrigin>): Errors {
  let [cells, wrong, divisions, divisionsWrong] = [0, 0, 0, 0];
  for (const { t, labels } of movie.frames.slice(1))
    for (const label of labels) {
      const key = detectionKey({ t, label });
      const [now, truth] = [found.get(key), movie.truth.get(key)];
      const isWrong = !same(now, truth);
      cells++;
      if (isWrong) wrong++;
      if (truth?.kind === "division") divisions++;
      if (isWrong && (truth?.kind === "division" || now?.kind === "division")) divisionsWrong++;
    }
  return { cells, wrong, divisions, divisionsWrong };
}

/** A person corrects all that is wrong in some frames; the rest of these frames stands. */
function correct(
  movie: Movie,
  found: ReadonlyMap<number, KnownOrigin>,
  judged: readonly number[],
): { known: KnownOrigins; corrections: number } {
  const decided = new Map<number, KnownOrigin>();
  const forbidden = new Map<number, Set<number>>();
  const standing = new Map<number, KnownOrigin>();
  const continued = new Set([...movie.truth.values()].map(({ from }) => from));
  const ends = new Set<number>();
  for (const t of judged) {
    for (const label of movie.frames[t]!.labels) {
      const key = detectionKey({ t, label });
      const [now, truth] = [found.get(key), movie.truth.get(key)];
      if (same(now, truth)) standing.set(key, truth ?? { from: null, kind: "link" });
      else {
        if (truth !== undefined) decided.set(key, truth);
        if (now?.from != null && now.from !== truth?.from) forbidden.set(key, new Set([now.from]));
      }
    }
    for (const label of movie.frames[t - 1]!.labels) {
      const key = detectionKey({ t: t - 1, label });
      if (!continued.has(key)) ends.add(key);
    }
  }
  return { known: { decided, forbidden, standing, ends }, corrections: decided.size + forbidden.size };
}

const bytes = (path: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../models/cell-linker/1.0.0/${path}`, import.meta.url)));
const card = JSON.parse(new TextDecoder().decode(bytes("card.json"))) as {
  card: { silencedFeatures: string[] };
};
const { architecture, temperatures } = describeLinkingModel(bytes("model.onnx")) as unknown as {
  architecture: LinkingArchitecture;
  temperatures: LinkingTemperatures;
};
const base = silenceFeatures(
  linkingLayout(architecture),
  decodeLinkingWeights(bytes("weights.bin"), architecture),
  card.card.silencedFeatures,
);
const rehearsal: JudgedWindow[] = Array.from({ length: 16 }, (_, m) =>
  windowsOfMovie(
    7,
    300_000 + m,
    { windows: 1, frames: 7 },
    { detections: 512, links: 3072, divisions: 1536 },
  ),
)
  .flat()
  .map(({ inputs, targets }) => ({ inputs, targets: partialOf(inputs.tables, targets) }));

const openTheta = (theta: Float32Array): Promise<LearnedScorer> =>
  openLinkingModel(engine, encodeLinkingModel(architecture, theta, temperatures ?? noTemperatures));

async function pooled(movies: readonly Movie[], theta: Float32Array): Promise<Errors> {
  const scorer = await openTheta(theta);
  let sum: Errors = { cells: 0, wrong: 0, divisions: 0, divisionsWrong: 0 };
  for (const movie of movies) {
    const own = errorsOf(movie, await link(movie, scorer));
    sum = {
      cells: sum.cells + own.cells,
      wrong: sum.wrong + own.wrong,
      divisions: sum.divisions + own.divisions,
      divisionsWrong: sum.divisionsWrong + own.divisionsWrong,
    };
  }
  await scorer.release();
  return sum;
}

const rows: object[] = [];
const seed = Number(values.seed);
const usual = Array.from({ length: 3 }, (_, m) => movieOf({ density: "medium" }, seed + 900 + m));
for (const [kind, wishes] of Object.entries(kinds)) {
  if (values.only !== undefined && values.only !== kind) continue;
  const corrected = movieOf(wishes, seed);
  const tests = Array.from({ length: Number(values.tests) }, (_, m) => movieOf(wishes, seed + 1 + m));
  const scorer = await openTheta(base);
  const found = await link(corrected, scorer);
  await scorer.release();
  const middle = Math.floor(corrected.frames.length / 2) - Math.floor(Number(values.corrected) / 2);
  const judged = Array.from({ length: Number(values.corrected) }, (_, k) => middle + k);
  const { known, corrections } = correct(corrected, found, judged);
  const windows = planJudgedWindows(judged, corrected.frames.length).flatMap(({ from, to, counted }) => {
    const window = judgedWindow(corrected.frames.slice(from, to), known, counted);
    return window === null ? [] : [window];
  });
  const start = process.cpuUsage();
  const tuned = await fineTuneLinking(
    engine,
    {
      ...defaultFineTuneConfig,
      architecture,
      learningRate: Number(values.rate),
      steps: Number(values.steps),
    },
    base,
    { train: windows.slice(0, -1), heldOut: windows.slice(-1), rehearsal },
  );
  const { user, system } = process.cpuUsage(start);
  const [before, after] = [await pooled(tests, base), await pooled(tests, tuned.theta)];
  const [usualBefore, usualAfter] = [await pooled(usual, base), await pooled(usual, tuned.theta)];
  rows.push({
    kind,
    corrections,
    steps: tuned.steps,
    seconds: Math.round((user + system) / 1e6),
    heldOut: `${tuned.looks[0]!.heldOut.loss.toFixed(4)} to ${Math.min(...tuned.looks.map(({ heldOut }) => heldOut.loss)).toFixed(4)}`,
    cells: before.cells,
    wrong: `${before.wrong} to ${after.wrong}`,
    divisions: before.divisions,
    divisionsWrong: `${before.divisionsWrong} to ${after.divisionsWrong}`,
    usual: `${usualBefore.wrong} to ${usualAfter.wrong} of ${usualBefore.cells}`,
  });
  console.log(JSON.stringify(rows.at(-1)));
}
console.table(rows);
