/**
 * Solvers of tracking against each other, against plain assignment by distance, and against what is possible: on a real
 * movie with reference masks, on simulated movies with faults of segmentation, and in time and memory at length.
 *
 * Usage: node test/bench/tracking-solvers.ts [--data ../shared/data] [--movies 20] [--frames 60] [--errors 0.05]
 *        [--images] [--only real,simulated,length] [--length 1000] [--cells 500] [--solver NAME]
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { MovieDensity } from "#core/movie/index.ts";
import type { TrackingScores } from "#core/track-metrics/index.ts";
import {
  assignmentSolver,
  buildTrackGraph,
  exactSolver,
  greedySolver,
  type LinkSolver,
  plainScorer,
  trackFrames,
} from "#core/tracking/index.ts";
import { openHighs } from "../../src/jobs/track/open-highs.ts";
import { linkByDistance, linkByTruth, tracksOfLinks } from "./tracking/baselines.ts";
import { readReferenceMovie } from "./tracking/real-movie.ts";
import { runLength } from "./tracking/run-length.ts";
import { scoreGraph, scoreTracks } from "./tracking/score-graph.ts";
import { type KnownMovie, knownDetections, knownImages, withUnions } from "./tracking/simulated-movie.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values } = parseArgs({
  options: {
    data: { type: "string", default: join(root, "..", "shared", "data") },
    movies: { type: "string", default: "20" },
    frames: { type: "string", default: "60" },
    errors: { type: "string", default: "0.05" },
    images: { type: "boolean", default: false },
    only: { type: "string", default: "real,simulated,length" },
    length: { type: "string", default: "1000" },
    cells: { type: "string", default: "500" },
    solver: { type: "string" },
    /** Set by the bench itself: one run of the length test in a process of its own. */
    child: { type: "string" },
  },
});

const solvers: readonly LinkSolver[] = [greedySolver, assignmentSolver, exactSolver(await openHighs())];

interface Row {
  readonly name: string;
  readonly scores: TrackingScores;
  readonly ms: number;
}

/** All ways to link one movie. */
function linkAllWays(movie: KnownMovie): Row[] {
  const rows: Row[] = [];
  for (const [name, link] of [
    ["distance", linkByDistance],
    ["truth", () => linkByTruth(movie)],
  ] as const) {
    const start = cpuMs();
    const links = link(movie.frames);
    const ms = cpuMs() - start;
    const { tracks, labels } = tracksOfLinks(movie.frames, links);
    rows.push({ name, scores: scoreTracks(movie, labels, tracks), ms });
  }
  for (const solver of solvers) {
    const start = cpuMs();
    const graph = buildTrackGraph(trackFrames(movie.frames, { solver, scorer: plainScorer() }));
    const ms = cpuMs() - start;
    rows.push({ name: solver.name, scores: scoreGraph(movie, graph), ms });
  }
  const start = cpuMs();
  const wider = withUnions(movie);
  const graph = buildTrackGraph(trackFrames(wider.frames, { solver: solvers[2]!, scorer: plainScorer() }));
  rows.push({ name: "exact with unions", scores: scoreGraph(wider, graph), ms: cpuMs() - start });
  return rows;
}

/** Processor time: on a busy machine the clock measures others. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const four = (value: number | null): string => (value === null ? "-" : value.toFixed(4));

async function realMovie(): Promise<void> {
  const folder = join(values.data, "ctc-mitocheck-h2b");
  if (!existsSync(folder)) return;
  const { frames, reference } = await readReferenceMovie(folder);
  const labels = frames.map((frame) => [...frame.labels]);
  const movie: KnownMovie = {
    frames,
    reference,
    referenceLabels: labels,
    cells: labels.map((own) => own.map((label) => [label])),
  };
  console.log(
    "H2B movie, reference masks, 30 frames | LNK | TRA | divisions right of 3, false | ms per frame",
  );
  for (const { name, scores, ms } of linkAllWays(movie)) {
    const { correct, false: wrong } = scores.byTolerance[0]!.division;
    console.log(
      [name, four(scores.lnk), four(scores.tra), `${correct}, ${wrong}`, (ms / 30).toFixed(1)].join(" | "),
    );
  }
}

interface Sum {
  ms: number;
  frames: number;
  lnk: number[];
  tra: number[];
  correct: number[];
  reference: number[];
  predicted: number[];
}

function simulatedMovies(): void {
  const densities: readonly MovieDensity[] = ["sparse", "medium", "dense"];
  const sums = new Map<string, Sum>();
  const count = Number(values.movies);
  for (let m = 0; m < count; m++) {
    const density = densities[m % 3]!;
    // Seeds of their own: no model was trained on them.
    const seed = 770_000 + m;
    const wishes = { look: "nuclear" as const, density, frameCount: Number(values.frames) };
    const movie = values.images
      ? knownImages(wishes, seed, Number(values.errors))
      : knownDetections(wishes, seed, Number(values.errors));
    for (const { name, scores, ms } of linkAllWays(movie)) {
      for (const group of [density, "all"]) {
        const key = `${name} | ${group}`;
        const sum: Sum = sums.get(key) ?? {
          ms: 0,
          frames: 0,
          lnk: [],
          tra: [],
          correct: [],
          reference: [],
          predicted: [],
        };
        sums.set(key, sum);
        sum.ms += ms;
        sum.frames += movie.frames.length;
        sum.lnk.push(scores.lnk ?? 0);
        sum.tra.push(scores.tra ?? 0);
        for (const [k, { division }] of scores.byTolerance.entries()) {
          sum.correct[k] = (sum.correct[k] ?? 0) + division.correct;
          sum.reference[k] = (sum.reference[k] ?? 0) + division.reference;
          sum.predicted[k] = (sum.predicted[k] ?? 0) + division.predicted;
        }
      }
    }
  }
  const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
  console.log(
    `\n${count} simulated movies, ${values.errors} faults, ${values.images ? "images" : "detections"} | group | LNK mean, lowest | TRA | division F1 at 0, 1, 2 frames | divisions | ms per frame`,
  );
  for (const [key, sum] of [...sums].sort(([a], [b]) => a.split("| ")[1]!.localeCompare(b.split("| ")[1]!))) {
    const f1 = (k: number): string =>
      ((2 * sum.correct[k]!) / (sum.reference[k]! + sum.predicted[k]!)).toFixed(3);
    const lnk = `${four(mean(sum.lnk))}, ${four(Math.min(...sum.lnk))}`;
    const divisions = `${sum.reference[0]} true, ${sum.predicted[0]} found`;
    console.log(
      [
        key,
        lnk,
        four(mean(sum.tra)),
        `${f1(0)}, ${f1(1)}, ${f1(2)}`,
        divisions,
        (sum.ms / sum.frames).toFixed(1),
      ].join(" | "),
    );
  }
}

function lengths(): void {
  console.log(
    `\nlength, ${values.cells} cells | frames | detections | linking s | ms per frame | peak MiB | corrections ms (median, worst)`,
  );
  const full = Number(values.length);
  for (const [solver, unions] of [
    ...solvers.map((one) => [one, false] as const),
    [solvers[2]!, true] as const,
  ]) {
    const name = unions ? `${solver.name} with unions` : solver.name;
    if (values.solver !== undefined && values.solver !== name) continue;
    const seconds: number[] = [];
    for (const frames of [Math.round(full / 4), full]) {
      const child = JSON.stringify({ solver: solver.name, unions, frames, cells: Number(values.cells) });
      const run = spawnSync(process.execPath, [fileURLToPath(import.meta.url), "--child", child], {
        encoding: "utf8",
      });
      if (run.status !== 0) throw new Error(run.stderr.slice(-2000));
      const result = JSON.parse(run.stdout.trim().split("\n").at(-1)!) as ReturnType<typeof runLength>;
      seconds.push(result.linkSeconds);
      const each = ((1000 * result.linkSeconds) / frames).toFixed(1);
      const corrections = `${result.correctionMs.median.toFixed(0)}, ${result.correctionMs.worst.toFixed(0)}; ids of others changed: ${result.othersChanged}`;
      console.log(
        [
          name,
          frames,
          result.detections,
          result.linkSeconds.toFixed(1),
          each,
          result.peakMiB,
          corrections,
        ].join(" | "),
      );
    }
    console.log(
      `${name}: four times the frames take ${(seconds[1]! / seconds[0]!).toFixed(2)} times as long`,
    );
  }
}

if (values.child !== undefined) {
  const { solver, unions, frames, cells } = JSON.parse(values.child) as {
    solver: string;
    unions: boolean;
    frames: number;
    cells: number;
  };
  console.log(JSON.stringify(runLength(solvers.find(({ name }) => name === solver)!, frames, cells, unions)));
} else {
  const only = new Set(values.only.split(","));
  if (only.has("real")) await realMovie();
  if (only.has("simulated")) simulatedMovies();
  if (only.has("length")) lengths();
}
