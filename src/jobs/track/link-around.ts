/**
 * Links again only around some objects: what people decided holds, what has nothing to do with it keeps its links and ids.
 *
 * The region is some frames and gates around (`core/tracking/region.ts`); what is found otherwise than it stands becomes one
 * edit of the layer, like the linking of a whole movie.
 */
import type { OriginChange } from "#core/edits/index.ts";
import { errorFromWire, FoundryError } from "#core/errors.ts";
import {
  linkConfidences,
  plainScorer,
  type Region,
  regionAround,
  resolveRegionInPlace,
  type TrackChanges,
} from "#core/tracking/index.ts";
import { appendEdits, ensureAgent } from "#store/index.ts";
import type { JobContext } from "../job.ts";
import type { LayerMovie } from "./layer-movie.ts";
import type { MovieScorer } from "./link-windows.ts";
import type { OpenLinker } from "./open-linker.ts";
import { type StandingGraph, standingGraph } from "./standing-graph.ts";
import { readTrackDecisions } from "./track-decisions.ts";
import { openSolver } from "./track-movie.ts";
import { operationsOf } from "./track-operations.ts";

/** Frames before and after that a decision can matter to, and some more to learn how cells move. */
const framesAround = 5;
const framesForMotion = 5;
/** Frames between the first and the last object: farther apart they are two corrections. */
const spanMax = 400;

/**
 * @param around  ids of objects of the layer; those that are gone are left out.
 * @throws FoundryError `tracking.constraint` for objects too far apart or decisions that contradict each other.
 */
export async function linkAround(
  { store, params, signal, report }: JobContext<"track">,
  layerId: string,
  stored: LayerMovie,
  around: readonly string[],
  linker: OpenLinker | null,
): Promise<{ readonly result: Readonly<Record<string, unknown>> }> {
  const { movie, cells } = stored;
  const wanted = new Set(around);
  const touched = cells.filter(({ uid }) => wanted.has(uid));
  if (touched.length === 0)
    throw new FoundryError("tracking.constraint", {
      message: "None of the cells that were named is there any more.",
      hint: "Select a cell of the movie and try again.",
    });
  // What they come from and what comes from them is touched too, however far away.
  const origins = new Set(touched.map(({ origin }) => origin?.uid));
  const near = cells.filter(
    ({ uid, origin }) => wanted.has(uid) || origins.has(uid) || (origin !== null && wanted.has(origin.uid)),
  );
  const times = near.map(({ t }) => t);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  if (last - first > spanMax)
    throw new FoundryError("tracking.constraint", {
      message: `The cells lie ${last - first} frames apart; at most ${spanMax} can be linked again at once.`,
      hint: "Link again around the changes of one place, then of the next, or link the whole movie.",
    });
  report({ fraction: null, text: "Measuring the cells around", msLeft: null });
  const reach = framesAround + framesForMotion;
  const standing = await standingGraph(
    { ...movie, cellsOf: stored.cellsOf },
    cells,
    Math.max(0, first - reach),
    Math.min(movie.frameCount - 1, last + reach),
  );
  signal.throwIfAborted();
  const constraints = await readTrackDecisions(store, layerId, cells);
  const options = { framesAround, gapFramesMax: params.gapFrames ?? 2 };
  const region = regionAround(standing.graph, standing.frameAt, touched, options);
  const scorer: MovieScorer = linker ?? plainScorer();
  const scores = await scorer.score(region.candidates);
  const solver = await openSolver(params.solver ?? "exact", () => undefined);
  const before = standing.cells.map(({ origin }) => origin);
  const found = resolveRegionInPlace(standing.graph, region, scores, { solver, constraints, touched });
  const changes = originChanges(found, standing, before, region, linkConfidences(region.candidates, scores));
  const agent = await ensureAgent(store, linker === null ? "rule" : "model", `tracks by ${scorer.name}`);
  signal.throwIfAborted();
  const operations = operationsOf(changes, `link again ${scorer.name}`, () => store.ids.next());
  for (const result of operations.length === 0 ? [] : await appendEdits(store, agent, layerId, operations))
    if (result.state === "refused") throw errorFromWire(result.error);
  return {
    result: {
      layerId,
      around: touched.length,
      looked: region.positions.length,
      changed: changes.length,
      linker: linker === null ? null : { name: linker.name, digest: linker.digest },
      solver: solver.name,
    },
  };
}

function originChanges(
  { origins }: TrackChanges,
  { cells }: StandingGraph,
  before: readonly OriginChange["before"][],
  { placeOf }: Region,
  sure: ReturnType<typeof linkConfidences>,
): OriginChange[] {
  return origins.map(({ to, after, divided }) => {
    const uid = cells[to]!.uid;
    if (after === -1) return { uid, before: before[to]!, after: null };
    const [from, own] = [placeOf.get(after), placeOf.get(to)];
    const said = from === undefined || own === undefined ? undefined : sure(from, own, divided);
    return {
      uid,
      before: before[to]!,
      after: {
        uid: cells[after]!.uid,
        kind: divided ? "division" : "link",
        ...(said === undefined ? {} : { confidence: said }),
      },
    };
  });
}
