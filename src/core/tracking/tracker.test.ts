/** The streamed pipeline on small made movies: identity, divisions, gaps, decisions, and the same result in any windows. */
import { describe, expect, test } from "vitest";
import { checkLineage, linksFromTracks, tracksFromLinks } from "../lineage/index.ts";
import type { TrackingConstraints } from "./constraints.ts";
import type { FrameDetections } from "./detections.ts";
import { madeMovie } from "./fixtures/made-movie.ts";
import { plainScorer } from "./plain-scorer.ts";
import { assignmentSolver } from "./solve-assignment.ts";
import { greedySolver } from "./solve-greedy.ts";
import {
  buildTrackGraph,
  checkTrackGraph,
  linksOf,
  presenceOfTracks,
  type TrackGraph,
  tracksOf,
} from "./track-graph.ts";
import { trackFrames } from "./tracker.ts";

const link = (frames: readonly FrameDetections[], constraints?: TrackingConstraints): TrackGraph =>
  buildTrackGraph(
    trackFrames(frames, {
      solver: assignmentSolver,
      scorer: plainScorer(),
      ...(constraints === undefined ? {} : { constraints }),
    }),
  );

/** Share of the reference's links that were found, and of those found that are true. */
function linkScores(
  movie: ReturnType<typeof madeMovie>,
  graph: TrackGraph,
): { recall: number; precision: number } {
  const key = ({ from, to, kind }: { from: number; to: number; kind: string }): string =>
    `${from} ${to} ${kind}`;
  const truth = new Set(movie.links.map(key));
  const found = linksOf(graph).map(key);
  const right = found.filter((one) => truth.has(one)).length;
  return { recall: right / truth.size, precision: right / found.length };
}

describe("trackFrames", () => {
  test.each([greedySolver, assignmentSolver])(
    "$name links a movie with divisions and missed cells",
    (solver) => {
      const movie = madeMovie({ seed: 3, frames: 40, cells: 60, missRate: 0.02 });
      const graph = buildTrackGraph(trackFrames(movie.frames, { solver, scorer: plainScorer() }));
      const { recall, precision } = linkScores(movie, graph);
      expect(movie.links.filter(({ kind }) => kind === "division").length).toBeGreaterThan(10);
      expect(recall).toBeGreaterThan(0.97);
      expect(precision).toBeGreaterThan(0.97);
      expect(checkTrackGraph(graph).filter(({ severity }) => severity === "error")).toEqual([]);
    },
  );

  test("tracks and links are those of core/lineage", () => {
    const movie = madeMovie({ seed: 5, frames: 25, cells: 30, missRate: 0.05 });
    const graph = link(movie.frames);
    const detections = movie.frames.flatMap(({ t, labels }) => [...labels].map(() => ({ t })));
    const made = tracksFromLinks(detections, linksOf(graph));
    expect(made.dropped).toEqual([]);
    expect([...graph.tracks]).toEqual([...made.labels]);
    expect(tracksOf(graph)).toEqual(made.tracks);
    const named = detections.map(({ t }, i) => ({ t, label: graph.tracks[i]! }));
    expect(linksFromTracks(tracksOf(graph), named)).toEqual(linksOf(graph));
    expect(
      checkLineage(tracksOf(graph), presenceOfTracks(graph)).every(({ rule }) => rule === "frameMissing"),
    ).toBe(true);
  });

  test("memory is bounded: the first frames are final long before the last are read", () => {
    const movie = madeMovie({ seed: 1, frames: 60, cells: 10 });
    let read = 0;
    const counted = (function* () {
      for (const frame of movie.frames) {
        read++;
        yield frame;
      }
    })();
    const frames = trackFrames(counted, {
      solver: greedySolver,
      scorer: plainScorer(),
      commitFrames: 4,
      aheadFrames: 3,
    });
    expect(frames.next().value!.t).toBe(0);
    expect(read).toBe(7);
  });

  test("empty frames, an empty movie and a single frame", () => {
    expect(tracksOf(link([]))).toEqual([]);
    const { frames } = madeMovie({ seed: 2, frames: 9, cells: 5 });
    expect(tracksOf(link(frames.slice(0, 1)))).toHaveLength(5);
    const none = (t: number): FrameDetections => ({
      ...frames[t]!,
      labels: new Int32Array(0),
      y: new Float32Array(0),
      x: new Float32Array(0),
      features: new Float32Array(0),
      neighbours: new Float32Array(0),
    });
    const holed = frames.map((frame, t) => (t >= 3 && t < 7 ? none(t) : frame));
    const tracks = tracksOf(link(holed));
    // Four frames are more than a gap: each cell is two tracks.
    expect(tracks.filter(({ last }) => last === 2)).toHaveLength(5);
    expect(tracks.filter(({ first }) => first === 7).length).toBeGreaterThan(0);
  });
});

describe("decisions", () => {
  const movie = madeMovie({ seed: 8, frames: 20, cells: 25 });
  const at = (t: number, i: number): { t: number; label: number } => ({
    t,
    label: movie.frames[t]!.labels[i]!,
  });

  test("hold against any score, beyond gates and gaps, and in every solver", () => {
    const far = { from: at(2, 0), to: at(12, 3) };
    const parent = at(5, 7);
    const daughters = [at(6, 1), at(6, 2), at(6, 4)];
    const constraints: TrackingConstraints = {
      acceptedLinks: [far],
      forbiddenLinks: [{ from: at(8, 9), to: at(9, 9) }],
      acceptedDivisions: [{ parent, daughters }],
      starts: [at(15, 11)],
      ends: [at(15, 12)],
    };
    for (const solver of [greedySolver, assignmentSolver]) {
      const graph = buildTrackGraph(
        trackFrames(movie.frames, { solver, scorer: plainScorer(), constraints }),
      );
      const position = ({ t, label }: { t: number; label: number }): number =>
        graph.offsets[t]! + movie.frames[t]!.labels.indexOf(label);
      expect(graph.origins[position(far.to)]).toBe(position(far.from));
      expect(graph.tracks[position(far.to)]).toBe(graph.tracks[position(far.from)]);
      for (const daughter of daughters) {
        expect(graph.origins[position(daughter)]).toBe(position(parent));
        expect(graph.divided[position(daughter)]).toBe(1);
      }
      expect(graph.origins[position(at(9, 9))]).not.toBe(position(at(8, 9)));
      expect(graph.origins[position(at(15, 11))]).toBe(-1);
      expect(graph.firstSuccessor[position(at(15, 12))]).toBe(-1);
      expect(checkTrackGraph(graph).filter(({ severity }) => severity === "error")).toEqual([]);
    }
  });

  test.each<[string, TrackingConstraints, RegExp]>([
    [
      "two origins",
      {
        acceptedLinks: [
          { from: at(1, 0), to: at(2, 0) },
          { from: at(1, 1), to: at(2, 0) },
        ],
      },
      /where/,
    ],
    [
      "two fates",
      {
        acceptedLinks: [
          { from: at(1, 0), to: at(2, 0) },
          { from: at(1, 0), to: at(2, 1) },
        ],
      },
      /becomes/,
    ],
    ["backwards", { acceptedLinks: [{ from: at(2, 0), to: at(2, 1) }] }, /not earlier/],
    [
      "both ways",
      {
        acceptedLinks: [{ from: at(1, 0), to: at(2, 0) }],
        forbiddenLinks: [{ from: at(1, 0), to: at(2, 0) }],
      },
      /both accepted and forbidden/,
    ],
    ["not there", { ends: [{ t: 4, label: 99_999 }] }, /does not exist/],
    ["used and rejected", { starts: [at(3, 3)], rejectedDetections: [at(3, 3)] }, /rejected/],
  ])("that contradict are refused: %s", (_, constraints, message) => {
    expect(() => link(movie.frames, constraints)).toThrow(message);
  });
});
