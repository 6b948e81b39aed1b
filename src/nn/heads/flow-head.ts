/**
 * Flows: at each pixel of a cell the direction to its centre, and foreground; pixels that arrive together are one cell.
 *
 * The network learns five times the unit flow by squared error, as the published models do, so that flows and foreground
 * pull on the trunk alike. Source: Stringer et al., "Cellpose", Nature Methods 18 (2021).
 */
import type { Plane } from "#core/array/index.ts";
import {
  connectedComponents,
  contactWeight,
  defaultDeepWatershedParams,
  flowTargets,
  labelsFromFlows,
} from "#core/labels/index.ts";
import { concatenate, scale, sigmoid, slice } from "../graph/index.ts";
import { crossEntropyWithLogits, squaredError } from "../losses/index.ts";
import type { HeadDesign } from "./head-design.ts";

const FLOW_SCALE = 5;

// Objects whose pixels do not point where their own shape would let them are dropped above this; Cellpose's default.
const FLOW_ERROR_MAX = 0.4;

const STEPS = 200;

export const flowHead: HeadDesign = {
  channels: ["flowY", "flowX", "foreground"],
  outputNames: ["flowY", "flowX", "foreground"],
  targets(labels) {
    // Pieces of one cell that a crop has cut apart have a centre each: no heat flows between them.
    const cells = connectedComponents(labels);
    const { flowY, flowX } = flowTargets(cells);
    const inside = Float32Array.from(cells.data, (label) => (label > 0 ? 1 : 0));
    return { maps: [flowY.data, flowX.data, inside], weight: contactWeight(cells).data };
  },
  loss(logits, targets, weights) {
    const flows = squaredError(
      slice(logits, 1, 0, 2),
      scale(slice(targets, 1, 0, 2), FLOW_SCALE),
      scale(weights, 0.5),
    );
    return concatenate(
      [flows, crossEntropyWithLogits(slice(logits, 1, 2, 3), slice(targets, 1, 2, 3), weights)],
      0,
    );
  },
  outputs(logits) {
    return {
      flowY: scale(slice(logits, 1, 0, 1), 1 / FLOW_SCALE),
      flowX: scale(slice(logits, 1, 1, 2), 1 / FLOW_SCALE),
      foreground: sigmoid(slice(logits, 1, 2, 3)),
    };
  },
  decode([flowY, flowX, foreground], { foregroundThreshold, areaPxMin }) {
    const flows = { flowY, flowX } as Record<"flowY" | "flowX", Plane<"float32">>;
    return labelsFromFlows(flows, foreground as Plane<"float32">, {
      cellThreshold: foregroundThreshold,
      flowErrorMax: FLOW_ERROR_MAX,
      steps: STEPS,
      areaPxMin,
    });
  },
  start: defaultDeepWatershedParams,
  tuned: ["foregroundThreshold"],
};
