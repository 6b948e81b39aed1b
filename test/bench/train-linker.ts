/**
 * Trains the linker on simulated movies, calibrates it on movies of other numbers, and compares it on movies of other
 * seeds with the plain scorer (same solver) and with assignment by distance, and on a real movie with reference masks. One command; run again to go on.
 *
 * Usage: node test/bench/train-linker.ts OUT [--steps 4000] [--until 4000] [--movies 400] [--save 500] [--threads 2]
 *        [--seed 1] [--test-movies 6] [--test-frames 40] [--errors 0.05] [--no-test] [--evaluate]
 *        [--ship models --name cell-linker --version 1.0.0]
 * OUT gets checkpoint.safetensors, log.jsonl (one line per 50 steps), linker.onnx, report.json. With --ship the finished
 * model is written as a folder that the program registers at its start and `cellfoundry track` uses.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { MovieDensity } from "#core/movie/index.ts";
import type { TrackingScores } from "#core/track-metrics/index.ts";
import {
  assignmentSolver,
  buildTrackGraph,
  createTracker,
  exactSolver,
  type LinkedFrame,
  type LinkSolver,
  plainScorer,
  trackFrames,
} from "#core/tracking/index.ts";
import { openHighs, shippedLinkerName } from "../../src/jobs/track/index.ts";
import { createOrtNodeEngine } from "../../src/nn/engine/ort-node.ts";
import {
  decodeLinkingCheckpoint,
  defaultLinkingConfig,
  encodeLinkingCheckpoint,
  encodeLinkingModel,
  fitTemperatures,
  judgeWindows,
  type KnownWindow,
  type LearnedScorer,
  type LinkingConfig,
  type LinkingState,
  linkingLayout,
  noTemperatures,
  openLinkingModel,
  qualityOf,
  silenceFeatures,
  trainLinking,
  unseenFeatures,
  windowsOfMovie,
} from "../../src/nn/linking/index.ts";
import { linkByDistance, linkByTruth, tracksOfLinks } from "./tracking/baselines.ts";
import { readReferenceMovie } from "./tracking/real-movie.ts";
import { scoreGraph, scoreTracks } from "./tracking/score-graph.ts";
import { shipLinker } from "./tracking/ship-linker.ts";
import { type KnownMovie, knownDetections, withUnions } from "./tracking/simulated-movie.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: {
    steps: { type: "string", default: String(defaultLinkingConfig.steps) },
    /** Of movies, weights and order. */
    seed: { type: "string", default: String(defaultLinkingConfig.seed) },
    /** Folder of models that the finished linker goes to, and what it is called there. */
    ship: { type: "string" },
    name: { type: "string", default: shippedLinkerName },
    version: { type: "string", default: "1.0.0" },
    until: { type: "string" },
    movies: { type: "string", default: String(defaultLinkingConfig.movies) },
    save: { type: "string", default: "500" },
    threads: { type: "string", default: "2" },
    "test-movies": { type: "string", default: "6" },
    "test-frames": { type: "string", default: "40" },
    errors: { type: "string", default: "0.05" },
    data: {
      type: "string",
      default: fileURLToPath(new URL("../../../shared/data", import.meta.url)),
    },
    test: { type: "boolean", default: true },
    /** Calibrates and compares although the run is not finished. */
    evaluate: { type: "boolean", default: false },
  },
});
const [out] = positionals;
if (out === undefined) throw new Error("usage: node test/bench/train-linker.ts OUT [options]");
mkdirSync(out, { recursive: true });

const config: LinkingConfig = {
  ...defaultLinkingConfig,
  seed: Number(values.seed),
  steps: Number(values.steps),
  movies: Number(values.movies),
};
const engine = await createOrtNodeEngine({ threads: Number(values.threads) });

/** In place or not at all: a run may be stopped while it writes. */
function save(name: string, bytes: Uint8Array | string): void {
  writeFileSync(join(out!, `${name}.new`), bytes);
  renameSync(join(out!, `${name}.new`), join(out!, name));
}

async function train(): Promise<LinkingState> {
  const checkpoint = join(out!, "checkpoint.safetensors");
  let state = existsSync(checkpoint)
    ? decodeLinkingCheckpoint(new Uint8Array(readFileSync(checkpoint)), config)
    : undefined;
  const until = Math.min(config.steps, Number(values.until ?? config.steps));
  let sums = { count: 0, loss: 0, origin: 0, fate: 0, mask: 0 };
  const started = performance.now();
  while ((state?.step ?? 0) < until) {
    state = await trainLinking(engine, config, {
      ...(state === undefined ? {} : { from: state }),
      until: Math.min(until, (state?.step ?? 0) + Number(values.save)),
      onStep({ step, loss, terms }) {
        sums = {
          count: sums.count + 1,
          loss: sums.loss + loss,
          origin: sums.origin + terms.origin,
          fate: sums.fate + terms.fate,
          mask: sums.mask + terms.mask,
        };
        if ((step + 1) % 50 !== 0) return;
        const mean = (sum: number): number => Number((sum / sums.count).toFixed(4));
        const { loss: all, origin, fate, mask } = sums;
        const seconds = Math.round((performance.now() - started) / 1000);
        const line = {
          step: step + 1,
          loss: mean(all),
          origin: mean(origin),
          fate: mean(fate),
          mask: mean(mask),
        };
        appendFileSync(join(out!, "log.jsonl"), `${JSON.stringify({ ...line, seconds })}\n`);
        console.log(JSON.stringify({ ...line, seconds }));
        sums = { count: 0, loss: 0, origin: 0, fate: 0, mask: 0 };
      },
    });
    save("checkpoint.safetensors", encodeLinkingCheckpoint(config, state));
  }
  return state!;
}

/** Movies whose numbers no training reaches. */
function otherWindows(first: number, movies: number): KnownWindow[] {
  const each = { windows: 2, frames: 10 };
  return Array.from({ length: movies }, (_, m) => windowsOfMovie(config.seed, first + m, each, null)).flat();
}

async function linkLearned(movie: KnownMovie, solver: LinkSolver, scorer: LearnedScorer) {
  const tracker = createTracker({ solver });
  const linked: LinkedFrame[] = [];
  for (const frame of movie.frames) {
    const window = tracker.push(frame);
    if (window !== null) linked.push(...tracker.commit(await scorer.score(window)));
  }
  const last = tracker.finish();
  if (last !== null) linked.push(...tracker.commit(await scorer.score(last)));
  return buildTrackGraph(linked);
}

/** The seeds of the solvers' bench: no movie of a training is drawn from them. */
const testSeed = 770_000;

interface Sum {
  readonly lnk: number[];
  correct: number[];
  reference: number;
  predicted: number;
  ms: number;
  frames: number;
}

/** Processor time: on a busy machine the clock measures others. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function compare(scorer: LearnedScorer): Promise<object[]> {
  const solver = exactSolver(await openHighs());
  const sums = new Map<string, Sum>();
  const densities: readonly MovieDensity[] = ["sparse", "medium", "dense"];
  const frameCount = Number(values["test-frames"]);
  const add = async (name: string, group: string, score: () => Promise<TrackingScores> | TrackingScores) => {
    const start = cpuMs();
    const { lnk, byTolerance } = await score();
    const ms = cpuMs() - start;
    for (const key of [`${name} | ${group}`, `${name} | all`]) {
      const sum = sums.get(key) ?? {
        lnk: [],
        correct: [0, 0, 0],
        reference: 0,
        predicted: 0,
        ms: 0,
        frames: 0,
      };
      sums.set(key, sum);
      sum.lnk.push(lnk ?? 0);
      sum.correct = sum.correct.map((count, k) => count + byTolerance[k]!.division.correct);
      sum.reference += byTolerance[0]!.division.reference;
      sum.predicted += byTolerance[0]!.division.predicted;
      sum.ms += ms;
      sum.frames += frameCount;
    }
  };
  for (let m = 0; m < Number(values["test-movies"]); m++) {
    const density = densities[m % 3]!;
    const movie = knownDetections(
      { look: "nuclear", density, frameCount },
      testSeed + m,
      Number(values.errors),
    );
    const wider = withUnions(movie);
    const byLinks = (links: ReturnType<typeof linkByTruth>): TrackingScores => {
      const { tracks, labels } = tracksOfLinks(movie.frames, links);
      return scoreTracks(movie, labels, tracks);
    };
    await add("truth", density, () => byLinks(linkByTruth(movie)));
    await add("distance", density, () => byLinks(linkByDistance(movie.frames)));
    for (const [name, one] of [
      ["exact", movie],
      ["exact with unions", wider],
    ] as const) {
      const plain = () => buildTrackGraph(trackFrames(one.frames, { solver, scorer: plainScorer() }));
      await add(`plain, ${name}`, density, () => scoreGraph(one, plain()));
      await add(`learned, ${name}`, density, async () =>
        scoreGraph(one, await linkLearned(one, solver, scorer)),
      );
    }
  }
  return [...sums].map(([key, sum]) => {
    const f1 = (k: number): number =>
      Number(((2 * sum.correct[k]!) / Math.max(1, sum.reference + sum.predicted)).toFixed(3));
    return {
      way: key,
      lnk: Number((sum.lnk.reduce((a, b) => a + b, 0) / sum.lnk.length).toFixed(4)),
      lowest: Number(Math.min(...sum.lnk).toFixed(4)),
      divisionF1: [f1(0), f1(1), f1(2)],
      divisions: sum.reference,
      found: sum.predicted,
      msPerFrame: Number((sum.ms / sum.frames).toFixed(1)),
    };
  });
}

/** The real movie with reference masks, which no training has seen anything like. */
async function realMovie(scorer: LearnedScorer): Promise<object[]> {
  const folder = join(values.data, "ctc-mitocheck-h2b");
  if (!existsSync(folder)) return [];
  const { frames, reference } = await readReferenceMovie(folder);
  const labels = frames.map((frame) => [...frame.labels]);
  const cells = labels.map((own) => own.map((label) => [label]));
  const movie: KnownMovie = { frames, reference, referenceLabels: labels, cells };
  const rows: object[] = [];
  const add = (way: string, { lnk, byTolerance }: TrackingScores): void => {
    const { correct, false: wrong } = byTolerance[0]!.division;
    rows.push({ way, lnk: Number((lnk ?? 0).toFixed(4)), divisionsRight: correct, divisionsWrong: wrong });
  };
  for (const solver of [assignmentSolver, exactSolver(await openHighs())])
    for (const [unions, one] of [
      ["", movie],
      [" with unions", withUnions(movie)],
    ] as const) {
      if (unions !== "" && solver === assignmentSolver) continue;
      const plain = buildTrackGraph(trackFrames(one.frames, { solver, scorer: plainScorer() }));
      add(`plain, ${solver.name}${unions}`, scoreGraph(one, plain));
      add(`learned, ${solver.name}${unions}`, scoreGraph(one, await linkLearned(one, solver, scorer)));
    }
  return rows;
}

const state = await train();
// A part of a run leaves its checkpoint and nothing else.
if (state.step < config.steps && !values.evaluate) process.exit(0);
const validation = otherWindows(100_000, 30);
const unseenNames = unseenFeatures(validation.map(({ inputs }) => inputs));
const theta = silenceFeatures(linkingLayout(config.architecture), state.theta, unseenNames);
const session = await engine.createSession(encodeLinkingModel(config.architecture, theta, noTemperatures));
const temperatures = fitTemperatures(await judgeWindows(session, validation));
const unseen = await judgeWindows(session, otherWindows(200_000, 30));
const before = qualityOf(unseen, noTemperatures);
const after = qualityOf(unseen, temperatures);
await session.release();
const model = encodeLinkingModel(config.architecture, theta, temperatures);
save("linker.onnx", model);
console.log({ step: state.step, bytes: model.length, silenced: unseenNames, temperatures, before, after });
const scorer = await openLinkingModel(engine, model);
const table = values.test ? await compare(scorer) : [];
console.table(table);
const real = values.test ? await realMovie(scorer) : [];
console.table(real);
await scorer.release();
const report = { temperatures, before, after, silenced: unseenNames, table, real };
save("report.json", JSON.stringify({ config, step: state.step, ...report }, null, 2));
if (values.ship !== undefined) {
  const folder = shipLinker(values.ship, {
    ...{ name: values.name, version: values.version, config, testSeed, report },
    ...{ onnx: model, weights: encodeLinkingCheckpoint(config, state) },
    command: `node test/bench/train-linker.ts OUT --seed ${config.seed} --steps ${config.steps} --movies ${config.movies} --test-movies ${values["test-movies"]} --test-frames ${values["test-frames"]} --ship models --name ${values.name} --version ${values.version}`,
  });
  console.log(`written: ${folder}`);
}
