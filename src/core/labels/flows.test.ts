import { describe, expect, test } from "vitest";
import { makeSyntheticCells } from "#testing/index.ts";
import type { LabelImage } from "../array/index.ts";
import { labelImage } from "../array/index.ts";
import { scoreSegmentation } from "../metrics/index.ts";
import { defaultFlowParams, flowTargets, labelsFromFlows } from "./index.ts";

const logits = ({ height, width, data }: LabelImage) =>
  ({
    dtype: "float32",
    height,
    width,
    data: Float32Array.from(data, (label) => (label > 0 ? 5 : -5)),
  }) as const;

describe("flowTargets", () => {
  test("in a disk flows point to the middle", () => {
    const labels = labelImage(31, 31);
    for (let i = 0; i < 961; i++) {
      if ((Math.floor(i / 31) - 15) ** 2 + ((i % 31) - 15) ** 2 <= 121) labels.data[i] = 7;
    }
    const { flowY, flowX } = flowTargets(labels);
    for (let i = 0; i < 961; i++) {
      const [y, x] = [Math.floor(i / 31) - 15, (i % 31) - 15];
      const r = Math.hypot(y, x);
      if (labels.data[i] === 0) expect([flowY.data[i], flowX.data[i]]).toEqual([0, 0]);
      else if (r > 0) {
        const cosine = -((flowY.data[i]! * y) / r + (flowX.data[i]! * x) / r);
        // On the rim the staircase turns the gradient by up to some 30 degrees.
        expect(cosine).toBeGreaterThan(r < 9 ? 0.99 : 0.8);
      }
    }
  });

  test("around the bend of a U the way leads along it, not through the gap", () => {
    // Two arms of width 3, joined below: median row and column lie in the gap, the centre is the nearest pixel.
    const labels = labelImage(20, 11);
    for (let y = 1; y < 19; y++) {
      for (let x = 1; x < 10; x++) if (y > 15 || x < 4 || x > 6) labels.data[y * 11 + x] = 1;
    }
    const { flowY } = flowTargets(labels);
    const arms = [flowY.data[2 * 11 + 2]!, flowY.data[2 * 11 + 8]!];
    // Both ends of the arms flow down; the centre is in one arm, so the other must lead down at all heights.
    expect(Math.min(...arms)).toBeGreaterThan(0.5);
    const down = [5, 8, 11].map((y) => [flowY.data[y * 11 + 2]!, flowY.data[y * 11 + 8]!]);
    expect(down.every((pair) => Math.max(...pair) > 0.9)).toBe(true);
  });
});

describe("labelsFromFlows", () => {
  test("labels -> flows -> labels: every cell again at IoU 0.9", () => {
    const { labels } = makeSyntheticCells({ height: 300, width: 300, seed: 6 });
    const found = labelsFromFlows(flowTargets(labels), logits(labels));
    const at90 = scoreSegmentation(labels, found).byThreshold.find((one) => one.threshold === 0.9);
    expect(at90?.f1).toBe(1);
  });

  test("objects whose flows lead elsewhere are dropped, unless asked not to", () => {
    const { labels } = makeSyntheticCells({ height: 80, width: 80, seed: 2, cellCount: 6 });
    const { flowY, flowX } = flowTargets(labels);
    const right = { flowY, flowX: { ...flowX, data: flowX.data.map((v, i) => (labels.data[i] ? 1 : v)) } };
    const flat = { flowX: right.flowX, flowY: { ...flowY, data: new Float32Array(6400) } };
    expect(Math.max(...labelsFromFlows(flat, logits(labels)).data)).toBe(0);
    const kept = labelsFromFlows(flat, logits(labels), { ...defaultFlowParams, flowErrorMax: 0 });
    expect(Math.max(...kept.data)).toBeGreaterThan(0);
  });

  test("nothing above the threshold is an empty image; NaN and unlike sizes are coded errors", () => {
    const labels = labelImage(5, 4);
    const flows = flowTargets(labels);
    expect(new Set(labelsFromFlows(flows, logits(labels)).data)).toEqual(new Set([0]));
    const cell = logits(labels);
    cell.data[3] = Number.NaN;
    expect(() => labelsFromFlows(flows, cell)).toThrowError(expect.objectContaining({ code: "array.nan" }));
    expect(() => labelsFromFlows(flows, logits(labelImage(4, 5)))).toThrowError(
      expect.objectContaining({ code: "array.shapeMismatch" }),
    );
    const endless = { flowY: flows.flowY, flowX: { ...flows.flowX, data: flows.flowX.data.map(() => 3e38) } };
    expect(labelsFromFlows(endless, { ...cell, data: cell.data.map(() => 1) }).data).toHaveLength(20);
  });
});
