/**
 * Track: links and divisions of a stored time-lapse, found by a linker, become origins of the objects of a layer.
 *
 * What is written is an edit of the layer, so it is in its log, can be taken back, and is part of the next revision. What
 * people decided about tracks holds. Running again changes only what is found otherwise now.
 */
import type { OriginChange } from "#core/edits/index.ts";
import { errorFromWire, isFoundryError } from "#core/errors.ts";
import { linksOf, type TrackGraph, tracksOf } from "#core/tracking/index.ts";
import {
  appendEdits,
  ensureAgent,
  getLayer,
  getModelVersion,
  type LayerCell,
  type Store,
} from "#store/index.ts";
import type { JobContext } from "../job.ts";
import { createRateMeter, type ProgressReport } from "../progress.ts";
import { type LayerMovie, openLayerMovie } from "./layer-movie.ts";
import { linkAround } from "./link-around.ts";
import { type OpenLinker, openShippedLinker, openStoredLinker, shippedLinkerName } from "./open-linker.ts";
import { readTrackDecisions } from "./track-decisions.ts";
import { trackMovie } from "./track-movie.ts";
import { operationsOf } from "./track-operations.ts";

/** In place of a linker's name: the scorer that was not trained. */
const plainLinker = "plain";

/**
 * @throws FoundryError `layer.notFound`, `model.notFound`, `model.invalid`; of `openLayerMovie`; `revision.conflict` when
 *         somebody changed tracks meanwhile.
 */
export async function trackLayer(
  context: JobContext<"track">,
  layerId: string,
  onFrame: (done: number, frames: number) => Pick<ProgressReport, "fraction" | "text"> | null,
): Promise<{ readonly result: Readonly<Record<string, unknown>> }> {
  const { store, params, signal } = context;
  const layer = await getLayer(store, layerId);
  const linker = await openNamed(store, params.linker);
  let stored: LayerMovie | null = null;
  try {
    stored = await openLayerMovie(store, layer);
    if (params.around !== undefined) return await linkAround(context, layerId, stored, params.around, linker);
    const constraints = await readTrackDecisions(store, layer.id, stored.cells);
    const meter = createRateMeter(() => performance.now());
    const { frameCount } = stored.movie;
    const tracked = await trackMovie(stored.movie, {
      cellsOf: stored.cellsOf,
      channel: 0,
      solver: params.solver ?? "exact",
      ...(linker === null ? {} : { scorer: linker }),
      gapFrames: params.gapFrames ?? 2,
      repairs: false,
      graphOnly: true,
      constraints,
      signal,
      onFrame: (done) => {
        const said = onFrame(done, frameCount);
        if (said === null) return;
        context.report({ ...said, msLeft: meter.msLeft(done, frameCount) });
      },
    });
    const changes = changedOrigins(tracked.graph, stored.cells, tracked.confidences);
    const name = linker?.name ?? tracked.scorer;
    const agent = await ensureAgent(store, linker === null ? "rule" : "model", `tracks by ${name}`);
    signal.throwIfAborted();
    const operations = operationsOf(changes, `track ${name}`, () => store.ids.next());
    for (const result of operations.length === 0 ? [] : await appendEdits(store, agent, layer.id, operations))
      if (result.state === "refused") throw errorFromWire(result.error);
    return { result: resultOf(tracked, changes.length, linker, layer.id) };
  } finally {
    await stored?.close();
    await linker?.release();
  }
}

async function openNamed(store: Store, reference: string | undefined): Promise<OpenLinker | null> {
  if (reference === plainLinker) return null;
  if (reference === undefined) return openUsualLinker(store);
  return openStoredLinker(store, await getModelVersion(store, reference));
}

/** The released version of the line that ships, which may have learned here; the shipped one where none is registered. */
async function openUsualLinker(store: Store): Promise<OpenLinker | null> {
  try {
    return await openStoredLinker(store, await getModelVersion(store, shippedLinkerName));
  } catch (error) {
    if (isFoundryError(error, "model.notFound")) return openShippedLinker();
    throw error;
  }
}

/**
 * Objects whose origin is another than before. What was found as it stands keeps whatever was said of how sure it is.
 *
 * @param confidences  by position; NaN where nothing is known. Default: nothing is.
 */
function changedOrigins(
  graph: TrackGraph,
  cells: readonly LayerCell[],
  confidences?: Float64Array,
): OriginChange[] {
  const key = (t: number, label: number): string => `${t} ${label}`;
  const byPlace = new Map(cells.map((cell) => [key(cell.t, cell.label), cell]));
  const cellAt: LayerCell[] = [];
  for (let f = 0; f + 1 < graph.offsets.length; f++)
    for (let at = graph.offsets[f]!; at < graph.offsets[f + 1]!; at++)
      cellAt[at] = byPlace.get(key(graph.firstFrame + f, graph.labels[at]!))!;
  const found = new Map(
    linksOf(graph).map(({ from, to, kind }) => [
      cellAt[to]!.uid,
      { uid: cellAt[from]!.uid, kind, ...saidOf(confidences?.[to]) },
    ]),
  );
  return cells.flatMap(({ uid, origin: before }): OriginChange[] => {
    const after = found.get(uid) ?? null;
    const same = before?.uid === after?.uid && before?.kind === after?.kind;
    return same ? [] : [{ uid, before, after }];
  });
}

const saidOf = (confidence: number | undefined): { confidence?: number } =>
  confidence === undefined || Number.isNaN(confidence) ? {} : { confidence };

function resultOf(
  { graph, solver, hardWindows }: Awaited<ReturnType<typeof trackMovie>>,
  changed: number,
  linker: OpenLinker | null,
  layerId: string,
): Readonly<Record<string, unknown>> {
  const links = linksOf(graph);
  const tracks = tracksOf(graph);
  return {
    layerId,
    cells: graph.tracks.length,
    tracks: tracks.length,
    links: links.filter(({ kind }) => kind === "link").length,
    divisions: tracks.filter(({ daughters }) => daughters.length > 0).length,
    changed,
    linker: linker === null ? null : { name: linker.name, digest: linker.digest },
    solver,
    hardWindows,
  };
}
