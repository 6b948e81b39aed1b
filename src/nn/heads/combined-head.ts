/**
 * Inner distance, foreground and boundary together: one top per cell, and a valley along every border between cells.
 *
 * The released model answers the inner distance where there is no boundary in place of the inner distance, so contract and
 * post-processing are those of the deep watershed; the boundary only deepens its valleys.
 */
import { multiply, scalar, sigmoid, slice, subtract } from "../graph/index.ts";
import { crossEntropyWithLogits } from "../losses/index.ts";
import { boundaryHead } from "./boundary-head.ts";
import { deepWatershedHead } from "./deep-watershed-head.ts";
import type { HeadDesign } from "./head-design.ts";

export const combinedHead: HeadDesign = {
  channels: ["innerDistance", "foreground", "boundary"],
  outputNames: ["innerDistance", "foreground"],
  targets(labels) {
    const { maps, weight } = deepWatershedHead.targets(labels);
    const [, boundary] = boundaryHead.targets(labels).maps;
    return { maps: [...maps, boundary as ArrayLike<number>], weight };
  },
  loss: crossEntropyWithLogits,
  outputs(logits) {
    const probabilities = sigmoid(logits);
    const inner = slice(probabilities, 1, 0, 1);
    const boundary = slice(probabilities, 1, 2, 3);
    return {
      innerDistance: multiply(inner, subtract(scalar(logits.graph, 1), boundary)),
      foreground: slice(probabilities, 1, 1, 2),
    };
  },
  decode: deepWatershedHead.decode,
  start: deepWatershedHead.start,
  tuned: deepWatershedHead.tuned,
};
