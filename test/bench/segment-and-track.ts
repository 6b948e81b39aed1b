/**
 * Tracking of drawn movies with faults of segmentation, with and without repairs of masks by their neighbours in time,
 * scored by pixels as the challenge does.
 *
 * Usage: node test/bench/segment-and-track.ts [--movies 20] [--frames 60] [--errors 0.05] [--side 512] [--linker FILE]
 *        [--seed 770000] [--look nuclear] [--faults] [--no-plane]
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
  buildTrackGraph,
  createMaskRepairer,
  createTracker,
  exactSolver,
  type FrameDetections,
  type LinkedFrame,
  type MaskRepair,
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
  },
});

interface Frame {
  readonly t: number;
  readonly truth: LabelImage;
  readonly faulty: LabelImage;
  readonly errors: readonly SegmentationError[];
  readonly plane: Plane | null;
}

const solver = exactSolver(await openHighs());
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

async function repaired(frames: readonly Frame[], scorer: MovieScorer): Promise<RepairedFrame[]> {
  const repairer = createMaskRepairer();
  const linker = { solver, scorer };
  const out: RepairedFrame[] = [];
  for (const { t, faulty, plane } of frames)
    out.push(...(await withLinks(repairer.push({ t, labels: faulty, plane }), linker)));
  out.push(...(await withLinks(repairer.finish(), linker)));
  return out;
}

interface Input {
  readonly labels: LabelImage;
  readonly detections: FrameDetections;
}

async function link(inputs: readonly Input[], scorer: MovieScorer): Promise<LinkedFrame[]> {
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

function scoreOf(
  frames: readonly Frame[],
  reference: ReturnType<ReturnType<typeof simulateMovie>["tracks"]>,
  inputs: readonly Input[],
  linked: readonly LinkedFrame[],
): TrackingScores {
  const scorer = createTrackScorer({ reference, predicted: tracksOf(buildTrackGraph(linked)) });
  for (const [f, { t, truth }] of frames.entries()) {
    const names = trackOfLabels(inputs[f]!.detections, linked[f]!.tracks);
    const painted = { ...truth, data: inputs[f]!.labels.data.map((label) => names.get(label) ?? 0) };
    scorer.addFrame(t, truth, painted);
  }
  return scorer.scores();
}

interface Sum {
  lnk: number[];
  tra: number[];
  seg: number[];
  correct: number[];
  reference: number[];
  predicted: number[];
  ms: number;
  frames: number;
  repairs: Record<string, number>;
  faults: Record<string, number>;
}

const sums = new Map<string, Sum>();

function add(
  way: string,
  group: string,
  scores: TrackingScores,
  ms: number,
  frames: number,
  repairs: readonly MaskRepair[],
  faults: readonly string[],
): void {
  for (const key of [`${way} | ${group}`, `${way} | all`]) {
    const sum: Sum = sums.get(key) ?? {
      ...{ lnk: [], tra: [], seg: [], correct: [], reference: [], predicted: [], ms: 0, frames: 0 },
      ...{ repairs: {}, faults: {} },
    };
    sums.set(key, sum);
    sum.lnk.push(scores.lnk ?? 0);
    sum.tra.push(scores.tra ?? 0);
    sum.seg.push(scores.seg ?? 0);
    for (const [k, { division }] of scores.byTolerance.entries()) {
      sum.correct[k] = (sum.correct[k] ?? 0) + division.correct;
      sum.reference[k] = (sum.reference[k] ?? 0) + division.reference;
      sum.predicted[k] = (sum.predicted[k] ?? 0) + division.predicted;
    }
    sum.ms += ms;
    sum.frames += frames;
    for (const { kind } of repairs) sum.repairs[kind] = (sum.repairs[kind] ?? 0) + 1;
    for (const fault of faults) sum.faults[fault] = (sum.faults[fault] ?? 0) + 1;
  }
}

/** What became of each fault: whether each of its cells is found by one mask of its own that covers more than half of it. */
function faultsLeft(frames: readonly Frame[], labelsOf: (f: number) => LabelImage): string[] {
  return frames.flatMap(({ truth, errors }, f) => {
    const labels = labelsOf(f);
    const shared = new Map<string, number>();
    const areas = new Map<number, number>();
    for (let i = 0; i < truth.data.length; i++) {
      const cell = truth.data[i]!;
      if (cell === 0) continue;
      areas.set(cell, (areas.get(cell) ?? 0) + 1);
      if (labels.data[i]! > 0) {
        const key = `${cell} ${labels.data[i]}`;
        shared.set(key, (shared.get(key) ?? 0) + 1);
      }
    }
    const finder = new Map<number, string>();
    for (const [key, pixels] of shared) {
      const [cell, label] = key.split(" ");
      if (2 * pixels > areas.get(Number(cell))!) finder.set(Number(cell), label!);
    }
    const holders = new Map<string, number>();
    for (const label of finder.values()) holders.set(label, (holders.get(label) ?? 0) + 1);
    return errors.flatMap(({ kind, cells }) => {
      const good = cells.every((cell) => finder.has(cell) && holders.get(finder.get(cell)!) === 1);
      return kind === "false" || kind === "split" ? [] : [`${kind} ${good ? "mended" : "left"}`];
    });
  });
}

const densities: readonly MovieDensity[] = ["sparse", "medium", "dense"];
for (let m = 0; m < Number(values.movies); m++) {
  const density = densities[m % 3]!;
  const seed = Number(values.seed) + m;
  const movie = simulateMovie(
    {
      ...{ look: values.look as MovieLook, density, frameCount: Number(values.frames) },
      ...{ height: Number(values.side), width: Number(values.side) },
    },
    seed,
  );
  const random = rng(seed, "faults");
  const frames: Frame[] = [];
  for (const { t, labels, image } of movie.frames) {
    const { labels: faulty, errors } = injectSegmentationErrors(
      labels,
      evenShares(Number(values.errors)),
      random,
    );
    frames.push({ t, truth: labels, faulty, errors, plane: values.plane ? image : null });
  }
  const reference = movie.tracks();
  for (const scorer of scorers) {
    let start = cpuMs();
    const plain = frames.map(({ t, faulty, plane }) => ({
      labels: faulty,
      detections: offerUnions(measureFrame(faulty, plane, t)),
    }));
    const linked = await link(plain, scorer);
    let ms = cpuMs() - start;
    add(scorer.name, density, scoreOf(frames, reference, plain, linked), ms, frames.length, [], []);
    start = cpuMs();
    const mended = await repaired(frames, scorer);
    const relinked = await link(mended, scorer);
    ms = cpuMs() - start;
    const faults = values.faults ? faultsLeft(frames, (f) => mended[f]!.labels) : [];
    const scores = scoreOf(frames, reference, mended, relinked);
    add(
      `${scorer.name}, repaired`,
      density,
      scores,
      ms,
      frames.length,
      mended.flatMap(({ repairs }) => repairs),
      faults,
    );
    console.error(`${m} ${density} ${scorer.name}: LNK ${scores.lnk?.toFixed(4)} after repairs`);
  }
}

const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
console.log(
  `${values.movies} ${values.look} movies x ${values.frames} frames, ${values.errors} faults, seeds from ${values.seed}\n` +
    "scorer | group | LNK mean, lowest | TRA | SEG | division F1 at 0, 1, 2 frames | divisions true, found | repairs | ms per frame",
);
for (const [key, sum] of [...sums].sort(([a], [b]) => a.split("| ")[1]!.localeCompare(b.split("| ")[1]!))) {
  const f1 = (k: number): string =>
    ((2 * sum.correct[k]!) / Math.max(1, sum.reference[k]! + sum.predicted[k]!)).toFixed(3);
  console.log(
    [
      key,
      `${mean(sum.lnk).toFixed(4)}, ${Math.min(...sum.lnk).toFixed(4)}`,
      mean(sum.tra).toFixed(4),
      mean(sum.seg).toFixed(4),
      [0, 1, 2].map(f1).join(", "),
      `${sum.reference[0]}, ${sum.predicted[0]}`,
      [...Object.entries(sum.repairs), ...Object.entries(sum.faults)]
        .map(([kind, count]) => `${kind} ${count}`)
        .join(", "),
      (sum.ms / sum.frames).toFixed(0),
    ].join(" | "),
  );
}
