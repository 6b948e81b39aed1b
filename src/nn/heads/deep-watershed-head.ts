/**
 * Deep watershed: inner distance (1 at a cell's centre, falling to 0 at its border) and foreground.
 *
 * Both are trained by cross-entropy against soft targets, which keeps gradients alive where a sigmoid with squared error
 * would stall. Source: Bai and Urtasun 2017; Greenwald et al. 2022 for cells.
 */
import type { Plane } from "#core/array/index.ts";
import {
  deepWatershedTargets,
  defaultDeepWatershedParams,
  labelsFromDeepWatershed,
} from "#core/labels/index.ts";
import { sigmoid, slice } from "../graph/index.ts";
import { crossEntropyWithLogits } from "../losses/index.ts";
import type { HeadDesign } from "./head-design.ts";

export const deepWatershedHead: HeadDesign = {
  channels: ["innerDistance", "foreground"],
  outputNames: ["innerDistance", "foreground"],
  targets(labels) {
    const { innerDistance, foreground, weight } = deepWatershedTargets(labels);
    return { maps: [innerDistance.data, foreground.data], weight: weight.data };
  },
  loss: crossEntropyWithLogits,
  outputs(logits) {
    const probabilities = sigmoid(logits);
    return {
      innerDistance: slice(probabilities, 1, 0, 1),
      foreground: slice(probabilities, 1, 1, 2),
    };
  },
  decode([innerDistance, foreground], params) {
    const planes = { innerDistance, foreground } as Record<"innerDistance" | "foreground", Plane<"float32">>;
    return labelsFromDeepWatershed(planes, params);
  },
  // What does best over twelve kinds of images, each answered by a network that never saw it (docs/decisions/0053).
  start: {
    ...defaultDeepWatershedParams,
    smoothingPx: 1.5,
    seedThreshold: 0.3,
    seedProminence: 0.1,
    foregroundMeanMin: 0.75,
  },
  // Smoothing first: how low a prominence may be depends on it.
  tuned: ["smoothingPx", "foregroundThreshold", "seedThreshold", "seedProminence", "foregroundMeanMin"],
};
