/** Links one long simulated movie and corrects wrong links in it, with time, memory and what else changed. */
import { evenShares, injectDetectionErrors, simulateDetections } from "#core/movie/index.ts";
import { rng } from "#core/rng.ts";
import {
  buildTrackGraph,
  createTracker,
  detectionsFromPoints,
  type FrameDetections,
  joinConstraints,
  type LinkedFrame,
  type LinkSolver,
  offerUnions,
  plainScorer,
  regionAround,
  resolveRegionInPlace,
  type TrackGraph,
  type TrackingConstraints,
  trackFrames,
  trackPositions,
} from "#core/tracking/index.ts";

export interface LengthResult {
  readonly detections: number;
  readonly linkSeconds: number;
  readonly peakMiB: number;
  readonly correctionMs: { readonly median: number; readonly worst: number };
  /** Detections in another track than before, though no correction reached their track. */
  readonly othersChanged: number;
}

const framesToWarmUp = 30;

/** @param unions  whether unions of small neighbours are offered; their making counts as linking. */
export function runLength(
  solver: LinkSolver,
  frameCount: number,
  cellCount: number,
  unions: boolean,
): LengthResult {
  const scorer = plainScorer();
  // The engine compiles what runs often; a short movie would be charged for it as much as a long one.
  const warmUp = [...movieFrames(framesToWarmUp, cellCount)].map((frame) =>
    unions ? offerUnions(frame) : frame,
  );
  buildTrackGraph(trackFrames(warmUp, { solver, scorer }));
  const tracker = createTracker({ solver });
  const [frames, linked]: [FrameDetections[], LinkedFrame[]] = [[], []];
  let linkMs = 0;
  const timed = <T>(work: () => T): T => {
    const start = cpuMs();
    const result = work();
    linkMs += cpuMs() - start;
    return result;
  };
  for (const plain of movieFrames(frameCount, cellCount)) {
    const frame = unions ? timed(() => offerUnions(plain)) : plain;
    frames.push(frame);
    const full = timed(() => tracker.push(frame));
    if (full !== null) linked.push(...timed(() => tracker.commit(scorer.score(full))));
  }
  const last = timed(() => tracker.finish());
  if (last !== null) linked.push(...timed(() => tracker.commit(scorer.score(last))));
  const graph = timed(() => buildTrackGraph(linked));
  const { times, othersChanged } = correctLinks(graph, frames, solver);
  times.sort((a, b) => a - b);
  return {
    detections: graph.tracks.length,
    linkSeconds: linkMs / 1000,
    peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    correctionMs: { median: times[times.length >> 1]!, worst: times.at(-1)! },
    othersChanged,
  };
}

/** Processor time: on a busy machine the clock measures others. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** A culture that keeps its number: cells are lost as fast as they divide; one of twenty has a fault. */
function* movieFrames(frameCount: number, cellCount: number): Generator<FrameDetections> {
  const size = 1024;
  const movie = simulateDetections(
    {
      look: "nuclear",
      height: size,
      width: size,
      mppUm: 0.65,
      cellDiameterUm: 13,
      cellCount,
      frameCount,
      crowdedShare: 0.15,
      closed: true,
      frameIntervalMin: 5,
    },
    990_001,
  );
  const random = rng(990_001, "faults");
  for (const frame of movie.frames) {
    const { detections } = injectDetectionErrors(
      frame,
      { height: size, width: size },
      evenShares(0.05),
      random,
      0.5,
    );
    yield detectionsFromPoints({
      t: frame.t,
      height: size,
      width: size,
      labels: detections.map(({ label }) => label),
      y: detections.map(({ y }) => y),
      x: detections.map(({ x }) => x),
      areaPx: detections.map(({ areaPx }) => areaPx),
      meanIntensity: detections.map(({ brightness }) => brightness),
    });
  }
}

/** Forbids twenty standing links and gives twenty other cells the origin of a neighbour, one correction at a time. */
function correctLinks(
  graph: TrackGraph,
  frames: readonly FrameDetections[],
  solver: LinkSolver,
): { times: number[]; othersChanged: number } {
  const random = rng(7, "corrections");
  let constraints: TrackingConstraints = {};
  const times: number[] = [];
  let othersChanged = 0;
  const scorer = plainScorer();
  const nameOf = (f: number, at: number): { t: number; label: number } => ({
    t: frames[f]!.t,
    label: frames[f]!.labels[at - graph.offsets[f]!]!,
  });
  for (let n = 0; n < 40; n++) {
    const f = 1 + random.int(frames.length - 2);
    const to = graph.offsets[f]! + random.int(frames[f]!.labels.length);
    const from = graph.origins[to]!;
    if (from < graph.offsets[f - 1]!) continue;
    const near = nearest(frames[f - 1]!, frames[f]!, to - graph.offsets[f]!, from - graph.offsets[f - 1]!);
    const added: TrackingConstraints =
      n % 2 === 0
        ? { forbiddenLinks: [{ from: nameOf(f - 1, from), to: nameOf(f, to) }] }
        : { acceptedLinks: [{ from: nameOf(f - 1, graph.offsets[f - 1]! + near), to: nameOf(f, to) }] };
    const touched = [
      ...(added.forbiddenLinks ?? added.acceptedLinks)!.flatMap((pair) => [pair.from, pair.to]),
    ];
    const before = graph.tracks.slice();
    const start = cpuMs();
    constraints = joinConstraints(constraints, added);
    const region = regionAround(graph, (t) => frames[t]!, touched);
    const changes = resolveRegionInPlace(graph, region, scorer.score(region.candidates), {
      solver,
      constraints,
      touched,
    });
    times.push(cpuMs() - start);
    othersChanged += countOthers(
      graph,
      before,
      changes.origins.flatMap((one) => [one.to, one.before, one.after]),
    );
  }
  return { times, othersChanged };
}

function nearest(before: FrameDetections, after: FrameDetections, at: number, except: number): number {
  let [best, square] = [-1, Number.POSITIVE_INFINITY];
  for (let i = 0; i < before.labels.length; i++) {
    const own = (before.y[i]! - after.y[at]!) ** 2 + (before.x[i]! - after.x[at]!) ** 2;
    if (i !== except && own < square) [best, square] = [i, own];
  }
  return best;
}

/** Detections with another track now whose track before holds no detection that a change names. */
function countOthers(graph: TrackGraph, before: Int32Array, named: readonly number[]): number {
  const reached = new Set(named.filter((at) => at !== -1).map((at) => before[at]!));
  const now = new Set(named.filter((at) => at !== -1).flatMap((at) => trackPositions(graph, at)));
  let others = 0;
  for (let at = 0; at < before.length; at++)
    if (graph.tracks[at] !== before[at] && !reached.has(before[at]!) && !now.has(at)) others++;
  return others;
}
