/**
 * Evaluate a linker: it links the cells of every frozen movie of a split, and its links are held against those that are
 * known there: judged by people, left as they were beside that, or come with the movie.
 *
 * Counted like objects, so that lists, groups and the gate read them as any evaluation: a right link is a match, a wrong
 * one a false object, a known one that was not found a missed object. Divisions count once per daughter.
 */

import { addTallies, defaultTallySettings, emptyTally, type ObjectTally } from "#core/metrics/index.ts";
import { detectionKey, linksOf, type TrackGraph } from "#core/tracking/index.ts";
import type { KnownOrigins } from "#nn/linking/index.ts";
import {
  addEvaluation,
  type DatasetItem,
  type DatasetVersionDetail,
  type Evaluation,
  evaluationsFor,
  getLayer,
  keepOutcomes,
  type ModelVersion,
  type NewEvaluationImage,
  readDatasetItems,
  type Store,
} from "#store/index.ts";
import type { EvaluateRequest } from "./evaluate.ts";
import { summarise } from "./summarise-evaluation.ts";
import { openStoredLinker } from "./track/open-linker.ts";
import { type TrackedMovie, trackMovie } from "./track/track-movie.ts";
import { type FrozenMovie, openFrozenMovie } from "./train/linker-data.ts";

/** Changes whenever the same links would get another number. */
const LINK_METRIC_VERSION = "links/1";

/** @throws FoundryError `model.invalid`, `blob.corrupt`, the signal's reason. Memory: a frame, and the graph of a movie. */
export async function evaluateLinker(
  request: EvaluateRequest,
  version: ModelVersion,
  dataset: DatasetVersionDetail,
): Promise<Evaluation> {
  const { store, actor, split } = request;
  const known = await evaluationsFor(store, version.id, dataset.id, split);
  const current = known.find(({ metricVersion }) => metricVersion === LINK_METRIC_VERSION);
  if (current !== undefined) return current;
  const linker = await openStoredLinker(store, version);
  const images: NewEvaluationImage[] = [];
  let compartment: Evaluation["compartment"] = "nuclear";
  try {
    let done = 0;
    for await (const item of readDatasetItems(store, dataset.id, { role: split })) {
      request.signal.throwIfAborted();
      request.report({
        fraction: done / Math.max(1, dataset.split[split].images),
        text: `Evaluating ${version.name}@${version.version} on ${split}: movie ${item.name}`,
        msLeft: null,
      });
      done++;
      const movie = await openFrozenMovie(store, item);
      if (movie === null) continue;
      try {
        compartment = (await getLayer(store, movie.known.layerId)).compartment;
        const { graph } = await linkMovie(movie, linker, request.signal);
        images.push(await imageOf(store, item, countLinks(graph, movie.known.origins)));
      } finally {
        await movie.close();
      }
    }
  } finally {
    await linker.release();
  }
  const subject = { modelVersionId: version.id, datasetVersionId: dataset.id, split, compartment };
  return addEvaluation(store, actor, subject, summarise(images, LINK_METRIC_VERSION));
}

function linkMovie(
  movie: FrozenMovie,
  scorer: Awaited<ReturnType<typeof openStoredLinker>>,
  signal: AbortSignal,
): Promise<TrackedMovie> {
  const { frameCount, height, width, cellsOf, readFrame } = movie;
  return trackMovie(
    {
      ...{
        name: "",
        frameCount,
        height,
        width,
        dtype: "float32",
        channels: [],
        mpp: null,
        frameIntervalS: null,
      },
      ...{ modality: undefined, sequence: null, notes: [], readFrame },
      numbers: Array.from({ length: frameCount }, (_, t) => t),
      frameName: (t) => `frame ${t}`,
    },
    {
      ...{ channel: 0, solver: "exact", scorer, gapFrames: 2, repairs: false, graphOnly: true, signal },
      cellsOf: async (t: number) => cellsOf(t),
      onFrame: () => undefined,
    },
  );
}

interface LinkCounts {
  readonly right: number;
  readonly wrong: number;
  readonly missed: number;
}

/** Links and daughters of a result against what is known. What is not known counts nowhere. */
function countLinks(graph: TrackGraph, { decided, forbidden, standing }: KnownOrigins): LinkCounts {
  const keys: number[] = [];
  for (let f = 0; f + 1 < graph.offsets.length; f++)
    for (let at = graph.offsets[f]!; at < graph.offsets[f + 1]!; at++)
      keys.push(detectionKey({ t: graph.firstFrame + f, label: graph.labels[at]! }));
  const found = new Map(linksOf(graph).map(({ from, to, kind }) => [keys[to]!, { from: keys[from]!, kind }]));
  let [right, wrong, missed] = [0, 0, 0];
  for (const key of new Set([...decided.keys(), ...standing.keys()])) {
    const truth = decided.get(key) ?? standing.get(key)!;
    const own = found.get(key);
    const same = own !== undefined && own.from === truth.from && own.kind === truth.kind;
    if (same) right++;
    else {
      if (own !== undefined) wrong++;
      if (truth.from !== null) missed++;
    }
  }
  for (const [key, sources] of forbidden) {
    const own = found.get(key);
    if (!decided.has(key) && own !== undefined && sources.has(own.from)) wrong++;
  }
  return { right, wrong, missed };
}

async function imageOf(store: Store, item: DatasetItem, counts: LinkCounts): Promise<NewEvaluationImage> {
  const { imageId, name, arrayDigest, layerRevisionId, group } = item;
  const outcomes = await keepOutcomes(store, []);
  return {
    imageId,
    name,
    arrayDigest,
    layerRevisionId,
    group,
    facets: {},
    tally: tallyOf(counts),
    human: null,
    outcomes,
  };
}

function tallyOf({ right, wrong, missed }: LinkCounts): ObjectTally {
  const { length } = defaultTallySettings.thresholds;
  const empty = addTallies([emptyTally(length)], length);
  const sums = {
    ...empty.sums,
    ...{ images: 1, references: right + missed, predictions: right + wrong },
    ...{ correct: right, missed, gained: wrong },
  };
  return {
    sums,
    matched: Array.from({ length }, () => right),
    matchedIouSum: Array.from({ length }, () => right),
  };
}
