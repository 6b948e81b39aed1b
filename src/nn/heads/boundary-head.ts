/**
 * Foreground and boundary: a band along the inside of every cell's border, so that what is left of neighbours is apart.
 *
 * The released model answers the interior (foreground that is not boundary) in place of the inner distance; seeds and flood
 * are then those of the deep watershed. Source: the idea of DCAN (Chen et al. 2016) and of the best entries of the Data
 * Science Bowl 2018 (Caicedo et al. 2019). The band is two pixels wide, falling linearly: wider ones swallow small nuclei.
 */
import { connectedComponents, contactWeight, distanceTransform } from "#core/labels/index.ts";
import { multiply, scalar, sigmoid, slice, subtract } from "../graph/index.ts";
import { crossEntropyWithLogits } from "../losses/index.ts";
import { deepWatershedHead } from "./deep-watershed-head.ts";
import type { HeadDesign } from "./head-design.ts";

const BAND_PX = 2;

export const boundaryHead: HeadDesign = {
  channels: ["foreground", "boundary"],
  outputNames: ["innerDistance", "foreground"],
  targets(labels) {
    const cells = connectedComponents(labels);
    const depth = distanceTransform(cells).data;
    const inside = Float32Array.from(cells.data, (label) => (label > 0 ? 1 : 0));
    const boundary = inside.map((value, i) => value * Math.max(0, 1 - ((depth[i] as number) - 1) / BAND_PX));
    return { maps: [inside, boundary], weight: contactWeight(cells).data };
  },
  loss: crossEntropyWithLogits,
  outputs(logits) {
    const probabilities = sigmoid(logits);
    const foreground = slice(probabilities, 1, 0, 1);
    const boundary = slice(probabilities, 1, 1, 2);
    const interior = multiply(foreground, subtract(scalar(logits.graph, 1), boundary));
    return { innerDistance: interior, foreground };
  },
  decode: deepWatershedHead.decode,
  start: { ...deepWatershedHead.start, seedThreshold: 0.5, seedProminence: 0.1 },
  tuned: deepWatershedHead.tuned,
};
