/**
 * Star-convex polygons: at each pixel how central it is in its cell, and how far the border lies along 16 rays.
 *
 * The network learns the logarithm of the ray lengths, so that small nuclei count as much as large cells, and only where a
 * pixel is central enough to speak for its cell. Source: Schmidt et al., "Cell Detection with Star-Convex Polygons",
 * MICCAI 2018 (32 rays and a linear length there; 16 lose less than 0.01 IoU on nuclei and halve the cost).
 */
import type { LabelImage, Plane } from "#core/array/index.ts";
import {
  connectedComponents,
  defaultDeepWatershedParams,
  labelsFromStarPolygons,
  removeSmallObjects,
  starTargets,
} from "#core/labels/index.ts";
import type { Value } from "../graph/index.ts";
import { concatenate, exponential, multiply, offset, scale, sigmoid, slice } from "../graph/index.ts";
import { crossEntropyWithLogits, squaredError } from "../losses/index.ts";
import type { HeadDesign } from "./head-design.ts";

const RAYS = 16;

// Of a polygon pair the less probable one goes when they share more than this; StarDist's default for nuclei is 0.3 to 0.5.
const OVERLAP_MAX = 0.4;

const rayNames = Array.from({ length: RAYS }, (_, k) => `ray${k}`);

// Keeps the exponential finite for untrained networks: e^8 pixels is beyond any crop.
const LOG_LENGTH_MAX = 8;

export const starHead: HeadDesign = {
  channels: ["probability", ...rayNames],
  outputNames: ["probability", ...rayNames],
  targets(labels) {
    const cells = connectedComponents(labels);
    const { probability, distances } = starTargets(cells, { rays: RAYS });
    const pixels = probability.data.length;
    const rays = rayNames.map((_, k) => distances.subarray(k * pixels, (k + 1) * pixels).map(Math.log1p));
    return { maps: [probability.data, ...rays], weight: new Float32Array(pixels).fill(1) };
  },
  loss(logits, targets, weights) {
    const centrality = slice(targets, 1, 0, 1);
    const rays = squaredError(
      slice(logits, 1, 1, 1 + RAYS),
      slice(targets, 1, 1, 1 + RAYS),
      scale(multiply(weights, centrality), 4 / RAYS),
    );
    return concatenate([crossEntropyWithLogits(slice(logits, 1, 0, 1), centrality, weights), rays], 0);
  },
  outputs(logits) {
    const outputs: Record<string, Value> = { probability: sigmoid(slice(logits, 1, 0, 1)) };
    rayNames.forEach((name, k) => {
      outputs[name] = offset(exponential(slice(logits, 1, 1 + k, 2 + k)), -1);
    });
    return outputs;
  },
  decode([probability, ...rays], { foregroundThreshold, areaPxMin }) {
    return decodeStars(probability as Plane<"float32">, rays, foregroundThreshold, areaPxMin);
  },
  start: defaultDeepWatershedParams,
  tuned: ["foregroundThreshold"],
};

function decodeStars(
  probability: Plane<"float32">,
  rays: readonly Plane<"float32">[],
  probabilityThreshold: number,
  areaPxMin: number,
): LabelImage {
  const pixels = probability.data.length;
  const distances = new Float32Array(RAYS * pixels);
  const lengthMax = Math.exp(LOG_LENGTH_MAX);
  rays.forEach(({ data }, k) => {
    for (let i = 0; i < pixels; i++)
      distances[k * pixels + i] = Math.min(lengthMax, Math.max(0, data[i] as number));
  });
  const { labels } = labelsFromStarPolygons({ probability, distances, rays: RAYS, grid: 1 }, probability, {
    probabilityThreshold,
    overlapMax: OVERLAP_MAX,
    edgePoints: 0,
  });
  return removeSmallObjects(labels, areaPxMin);
}
