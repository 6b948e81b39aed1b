/**
 * Links again after a correction, only where it matters.
 *
 * A region of a few frames and gates around what a person touched is cut out of the movie; links across its rim stay.
 * It is solved anew under all decisions, with a bonus for what stands. Of the differences to the standing solution only
 * those that hang together with the touched detections, by shared detections, are kept: they are a solution by
 * themselves, because changes that share no detection do not meet. So a track that the correction has nothing to do with
 * keeps its links and its id, whatever the solver would have liked to change there.
 */
import { assert } from "../errors.ts";
import { checkLineage, type Detection, withDaughters } from "../lineage/index.ts";
import { applyConstraintsInPlace } from "./apply-constraints.ts";
import {
  type CompiledConstraints,
  compileConstraints,
  detectionKey,
  type TrackingConstraints,
} from "./constraints.ts";
import { assertLineage, type LinkSolver } from "./link-problem.ts";
import type { CandidateScores } from "./link-scorer.ts";
import { nothingSettled, poseProblem, type Settled } from "./pose-problem.ts";
import type { Region } from "./region.ts";
import {
  frameAtPosition,
  moveOriginInPlace,
  positionOf,
  type TrackGraph,
  trackPositions,
} from "./track-graph.ts";

/** Gain of what stands, in units of log probability: a change must make the lineage e^0.5 times likelier. */
const standingBonus = 0.5;

export interface ResolveOptions {
  readonly solver: LinkSolver;
  /** All decisions about the movie, the new ones included. */
  readonly constraints: TrackingConstraints;
  /** Detections that the new decisions name. */
  readonly touched: readonly Detection[];
}

export interface OriginChange {
  /** Position whose origin changed, and the origin before and after (-1 = none). */
  readonly to: number;
  readonly before: number;
  readonly after: number;
  readonly divided: boolean;
}

export interface TrackChanges {
  readonly origins: readonly OriginChange[];
  /** Positions that are in another track now, with the track before and after. */
  readonly renamed: readonly { readonly position: number; readonly before: number; readonly after: number }[];
}

/**
 * Solves a region and changes the graph.
 *
 * @param region  `regionAround` the same touched detections in the same graph. `scores` are those of its window.
 * @returns what changed; empty lists when the decisions already held.
 * @throws FoundryError `tracking.constraint` for decisions that contradict each other; the graph is then as it was.
 * Cost: that of the region and of the tracks it changes.
 */
export function resolveRegionInPlace(
  graph: TrackGraph,
  region: Region,
  scores: CandidateScores,
  options: ResolveOptions,
): TrackChanges {
  const compiled = compileConstraints(options.constraints);
  const settled = settleRegion(graph, region, compiled);
  const problem = poseProblem(region.candidates, scores, settled);
  const choice = options.solver.solve(problem);
  assertLineage(problem, choice, options.solver.name);
  const wanted = wantedOrigins(graph, region, compiled, settled);
  for (const e of choice.links)
    wanted.set(region.positions[problem.to[e]], { from: region.positions[problem.from[e]], divided: false });
  for (const d of choice.divisions) {
    const [parent, first, second] = problem.divisions.subarray(3 * d, 3 * d + 3);
    for (const daughter of [first, second])
      wanted.set(region.positions[daughter], { from: region.positions[parent], divided: true });
  }
  const absent = new Set(choice.absent);
  const real = (at: number): boolean =>
    settled.presence[at] === 1 || (settled.presence[at] === 2 && !absent.has(at));
  const presence = new Map(Array.from(region.positions, (position, at) => [position, real(at)]));
  const touched = options.touched.map((one) => positionOf(graph, one));
  return applyDifferencesInPlace(graph, region, wanted, presence, touched);
}

interface Origin {
  readonly from: number;
  readonly divided: boolean;
}

/** Marks the ways of the region that links across its rim take, unless a decision says otherwise. */
function settleRegion(graph: TrackGraph, region: Region, compiled: CompiledConstraints): Settled {
  const { candidates, positions, placeOf } = region;
  const settled = nothingSettled(candidates);
  for (let at = 0; at < positions.length; at++) {
    const position = positions[at];
    if (!region.maskOpen.has(position)) settled.presence[at] = graph.tracks[position] === 0 ? 0 : 1;
    const origin = graph.origins[position];
    if (origin !== -1 && !placeOf.has(origin)) settled.inTaken[at] = 1;
    for (let next = graph.firstSuccessor[position]; next !== -1; next = graph.nextSibling[next])
      if (!placeOf.has(next)) settled.outTaken[at] = 1;
  }
  applyConstraintsInPlace(compiled, candidates, settled);
  const bonus: Settled["bonus"] = (parent, daughters, kind) => {
    const stands = daughters.every((at) => {
      const position = positions[at];
      return (
        graph.origins[position] === positions[parent] &&
        (graph.divided[position] === 1) === (kind === "division")
      );
    });
    return stands ? standingBonus : 0;
  };
  return { ...settled, bonus };
}

/** Origins before the solver adds its own: none, those across the rim, and those decided. */
function wantedOrigins(
  graph: TrackGraph,
  { candidates, positions, placeOf }: Region,
  compiled: CompiledConstraints,
  { presence }: Settled,
): Map<number, Origin> {
  const wanted = new Map<number, Origin>();
  for (let at = 0; at < positions.length; at++) {
    const position = positions[at];
    const frame = candidates.frames[candidates.frameOf[at]]!;
    const key = detectionKey({ t: frame.t, label: graph.labels[position] });
    const decided = compiled.origins.get(key);
    const origin = graph.origins[position];
    if (decided !== undefined && decided.from !== null) {
      const from = positionOf(graph, decided.from);
      assert(from !== -1, "a decided origin exists");
      wanted.set(position, { from, divided: decided.kind === "division" });
    } else if (decided === undefined && origin !== -1 && !placeOf.has(origin) && presence[at] === 1) {
      wanted.set(position, { from: origin, divided: graph.divided[position] === 1 });
    } else wanted.set(position, { from: -1, divided: false });
  }
  return wanted;
}

function applyDifferencesInPlace(
  graph: TrackGraph,
  region: Region,
  wanted: ReadonlyMap<number, Origin>,
  presence: ReadonlyMap<number, boolean>,
  touched: readonly number[],
): TrackChanges {
  const changed: number[] = [];
  const groups = new Map<number, number>();
  const find = (i: number): number => {
    let root = i;
    while ((groups.get(root) ?? root) !== root) root = groups.get(root)!;
    return root;
  };
  const join = (a: number, b: number): void => {
    groups.set(find(a), find(b));
  };
  const isFlipped = (position: number): boolean => (graph.tracks[position] !== 0) !== presence.get(position);
  for (const [position, { from, divided }] of wanted) {
    const before = graph.origins[position];
    const same = before === from && (from === -1 || (graph.divided[position] === 1) === divided);
    if (same && !isFlipped(position)) continue;
    changed.push(position);
    if (before !== -1) join(position, before);
    if (from !== -1) join(position, from);
  }
  for (const [a, b] of region.rivals) if (isFlipped(a) || isFlipped(b)) join(a, b);
  const roots = new Set(touched.map(find));
  const kept = changed.filter((position) => roots.has(find(position))).sort((a, b) => a - b);
  const members = new Set<number>();
  for (const position of kept)
    for (const end of [position, graph.origins[position], wanted.get(position)!.from])
      if (end !== -1 && !members.has(end)) for (const one of trackPositions(graph, end)) members.add(one);
  const origins = kept
    .map((to) => ({
      to,
      before: graph.origins[to],
      after: wanted.get(to)!.from,
      divided: wanted.get(to)!.divided,
    }))
    .filter(({ to, before, after, divided }) => before !== after || (graph.divided[to] === 1) !== divided);
  for (const { to, after, divided } of origins) moveOriginInPlace(graph, to, after, divided);
  const renamed = renameInPlace(
    graph,
    [...members].sort((a, b) => a - b),
    (position) => presence.get(position) ?? graph.tracks[position] !== 0,
  );
  assertLocalLaws(graph, [...members]);
  return { origins, renamed };
}

/** Tracks keep the label of their first detection; where two pieces want one label the earlier keeps it. */
function renameInPlace(
  graph: TrackGraph,
  members: readonly number[],
  isReal: (position: number) => boolean,
): TrackChanges["renamed"] {
  const before = new Map(members.map((position) => [position, graph.tracks[position]]));
  const given = new Set<number>();
  const renamed: { position: number; before: number; after: number }[] = [];
  for (const position of members) {
    const old = before.get(position)!;
    let after = 0;
    if (isReal(position)) {
      const follows = graph.origins[position] !== -1 && graph.divided[position] === 0;
      if (follows) after = graph.tracks[graph.origins[position]];
      else {
        after = old !== 0 && !given.has(old) ? old : graph.nextTrack++;
        given.add(after);
      }
    }
    graph.tracks[position] = after;
    if (after !== old) renamed.push({ position, before: old, after });
  }
  return renamed;
}

/** Checks the laws for the changed tracks, their parents and daughters. */
function assertLocalLaws(graph: TrackGraph, members: readonly number[]): void {
  const starts = new Set<number>();
  const addTrack = (at: number): void => {
    if (graph.tracks[at] !== 0) starts.add(trackPositions(graph, at)[0]!);
  };
  for (const position of members) {
    addTrack(position);
    if (graph.origins[position] !== -1) addTrack(graph.origins[position]);
    for (let next = graph.firstSuccessor[position]; next !== -1; next = graph.nextSibling[next])
      addTrack(next);
  }
  const inside = new Set([...starts].map((start) => graph.tracks[start]));
  const rows = [...starts].map((start) => {
    const positions = trackPositions(graph, start);
    const t = (position: number): number => graph.firstFrame + frameAtPosition(graph, position);
    const parent = graph.origins[start] === -1 ? null : graph.tracks[graph.origins[start]];
    return {
      label: graph.tracks[start],
      first: t(start),
      last: t(positions.at(-1)!),
      parent: parent !== null && inside.has(parent) ? parent : null,
    };
  });
  const broken = checkLineage(withDaughters(rows), null).find(({ severity }) => severity === "error");
  assert(broken === undefined, `a correction breaks a law: ${broken?.message}`);
}
