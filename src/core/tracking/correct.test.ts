/** Corrections: they hold, they reach only what hangs together with them, and the laws stand after each. */
import { describe, expect, test } from "vitest";
import { rng } from "../rng.ts";
import { joinConstraints, type TrackingConstraints } from "./constraints.ts";
import { resolveRegionInPlace, type TrackChanges } from "./correct.ts";
import { madeMovie } from "./fixtures/made-movie.ts";
import type { LinkSolver } from "./link-problem.ts";
import { plainScorer } from "./plain-scorer.ts";
import { regionAround } from "./region.ts";
import { assignmentSolver } from "./solve-assignment.ts";
import { greedySolver } from "./solve-greedy.ts";
import {
  buildTrackGraph,
  checkTrackGraph,
  frameAtPosition,
  goesOn,
  linksOf,
  positionOf,
  type TrackGraph,
  trackPositions,
} from "./track-graph.ts";
import { trackFrames } from "./tracker.ts";

const movie = madeMovie({ seed: 31, frames: 50, cells: 50, step: 2.5, missRate: 0.02 });
const scorer = plainScorer();

const linked = (solver: LinkSolver = assignmentSolver): TrackGraph =>
  buildTrackGraph(trackFrames(movie.frames, { solver, scorer }));

interface Named {
  readonly t: number;
  readonly label: number;
}

const nameOf = (graph: TrackGraph, position: number): Named => ({
  t: frameAtPosition(graph, position),
  label: graph.labels[position]!,
});

function correct(
  graph: TrackGraph,
  constraints: TrackingConstraints,
  touched: readonly Named[],
  solver: LinkSolver = assignmentSolver,
): TrackChanges {
  const region = regionAround(graph, (t) => movie.frames[t]!, touched);
  return resolveRegionInPlace(graph, region, scorer.score(region.candidates), {
    solver,
    constraints,
    touched,
  });
}

/** The law of ids: a track is unaffected when all its detections and links are as they were; then so is its id. */
function expectUnaffectedKept(before: TrackGraph, after: TrackGraph): number {
  let kept = 0;
  for (let at = 0; at < before.tracks.length; at++) {
    if (goesOn(before, at) || before.tracks[at] === 0) continue;
    const positions = trackPositions(before, at);
    const now = trackPositions(after, at);
    if (goesOn(after, at) || now.length !== positions.length || now.some((one, k) => one !== positions[k]))
      continue;
    expect(after.tracks[at]).toBe(before.tracks[at]);
    kept++;
  }
  return kept;
}

const copy = (graph: TrackGraph): TrackGraph => structuredClone(graph);

describe("resolveRegionInPlace", () => {
  test("a forbidden link is gone, an accepted one there, and tracks that do not hang together keep all", () => {
    const random = rng(1, "edits");
    for (const solver of [assignmentSolver, greedySolver]) {
      let constraints: TrackingConstraints = {};
      const graph = linked(solver);
      for (let n = 0; n < 30; n++) {
        const t = 1 + random.int(48);
        const to = graph.offsets[t]! + random.int(movie.frames[t]!.labels.length);
        const from = graph.origins[to]!;
        const other = graph.offsets[t - 1]! + random.int(movie.frames[t - 1]!.labels.length);
        if (from === -1 || other === from || graph.divided[to] === 1) continue;
        const forbid = random.chance(0.5);
        const pair = { from: nameOf(graph, forbid ? from : other), to: nameOf(graph, to) };
        const added = forbid ? { forbiddenLinks: [pair] } : { acceptedLinks: [pair] };
        const before = copy(graph);
        let changes: TrackChanges;
        try {
          changes = correct(graph, joinConstraints(constraints, added), [pair.from, pair.to], solver);
        } catch (error) {
          // By chance two decisions may name one cell; then nothing may have changed.
          expect(String(error)).toMatch(/decisions|both/);
          expect(graph.origins).toEqual(before.origins);
          continue;
        }
        constraints = joinConstraints(constraints, added);
        expect(graph.origins[to] === (forbid ? from : other)).toBe(!forbid);
        for (const { to: changed, before: old, after } of changes.origins) {
          expect(before.origins[changed]).toBe(old);
          expect(graph.origins[changed]).toBe(after);
        }
        const moved = [...graph.origins.keys()].filter((at) => graph.origins[at] !== before.origins[at]);
        expect(
          new Set(changes.origins.filter((one) => one.before !== one.after).map((one) => one.to)),
        ).toEqual(new Set(moved));
        const renamed = [...graph.tracks.keys()].filter((at) => graph.tracks[at] !== before.tracks[at]);
        expect(changes.renamed.map(({ position }) => position)).toEqual(renamed);
        expect(expectUnaffectedKept(before, graph)).toBeGreaterThan(40);
        expect(checkTrackGraph(graph).filter(({ severity }) => severity === "error")).toEqual([]);
      }
      // All decisions still hold together.
      for (const { from, to } of constraints.acceptedLinks ?? [])
        expect(graph.origins[positionOf(graph, to)]).toBe(positionOf(graph, from));
      for (const { from, to } of constraints.forbiddenLinks ?? [])
        expect(graph.origins[positionOf(graph, to)]).not.toBe(positionOf(graph, from));
    }
  });

  test("the successor lists are those of the origins after many corrections", () => {
    const graph = linked();
    const to = graph.offsets[20]! + 4;
    const pair = { from: nameOf(graph, graph.offsets[19]! + 9), to: nameOf(graph, to) };
    correct(graph, { acceptedLinks: [pair] }, [pair.from, pair.to]);
    const listed: { from: number; to: number }[] = [];
    for (let from = 0; from < graph.origins.length; from++)
      for (let next = graph.firstSuccessor[from]!; next !== -1; next = graph.nextSibling[next]!)
        listed.push({ from, to: next });
    const links = linksOf(graph).map(({ from: a, to: b }) => ({ from: a, to: b }));
    expect(listed.sort((a, b) => a.to - b.to)).toEqual(links);
  });

  test("a division is accepted and taken back; the parent keeps its id and daughters get new ones", () => {
    const graph = linked();
    const at = [...graph.origins.keys()].find(
      (one) => goesOn(graph, one) && frameAtPosition(graph, one) === 25,
    )!;
    const parent = graph.origins[at]!;
    const other = trackPositions(graph, graph.offsets[25]! + 30).find(
      (one) => frameAtPosition(graph, one) === 25,
    )!;
    const [mother, first, second] = [nameOf(graph, parent), nameOf(graph, at), nameOf(graph, other)];
    const id = graph.tracks[parent]!;
    const before = copy(graph);
    correct(graph, { acceptedDivisions: [{ parent: mother, daughters: [first, second] }] }, [
      mother,
      first,
      second,
    ]);
    expect([graph.origins[at], graph.origins[other]]).toEqual([parent, parent]);
    expect(graph.tracks[parent]).toBe(id);
    expect(new Set([id, graph.tracks[at], graph.tracks[other]]).size).toBe(3);
    expectUnaffectedKept(before, graph);
    // Taken back, the old links win again: they are what the scores say.
    correct(graph, {}, [mother, first, second]);
    expect(graph.origins[at]).toBe(before.origins[at]);
    expect(graph.tracks[at]).toBe(id);
    expect(graph.origins[other]).toBe(before.origins[other]);
  });

  test("a decision that already holds changes nothing; one about nobody is refused", () => {
    const graph = linked();
    const to = [...graph.origins.keys()].find(
      (one) => goesOn(graph, one) && frameAtPosition(graph, one) === 10,
    )!;
    const pair = { from: nameOf(graph, graph.origins[to]!), to: nameOf(graph, to) };
    expect(correct(graph, { acceptedLinks: [pair] }, [pair.from, pair.to])).toEqual({
      origins: [],
      renamed: [],
    });
    expect(() => correct(graph, {}, [{ t: 3, label: 12_345 }])).toThrow(/does not exist/);
  });

  test("an accepted link far outside gate and gap joins two tracks and cuts their other ends", () => {
    const graph = linked();
    const from = trackPositions(graph, graph.offsets[5]! + 2).find(
      (one) => frameAtPosition(graph, one) === 5,
    )!;
    const to = trackPositions(graph, graph.offsets[30]! + 40).find(
      (one) => frameAtPosition(graph, one) === 30,
    )!;
    const pair = { from: nameOf(graph, from), to: nameOf(graph, to) };
    const before = copy(graph);
    correct(graph, { acceptedLinks: [pair] }, [pair.from, pair.to]);
    expect(graph.origins[to]).toBe(from);
    expect(graph.tracks[to]).toBe(graph.tracks[from]);
    expect(expectUnaffectedKept(before, graph)).toBeGreaterThan(40);
  });
});
