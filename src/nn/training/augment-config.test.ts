/** Plans are written down once, by family, and a configuration that has them keeps them. */
import { expect, test } from "vitest";
import { augmentPlanFor } from "../augment/index.ts";
import { planOfItem, withAugmentPlans } from "./augment-config.ts";
import { defaultSegmentationConfig } from "./config.ts";

const items = [{ kind: "fluorescence" }, { modality: "phase" }, {}, { kind: "fluorescence-large" }];
const mpp = { y: 0.4, x: 0.9 };

test("each family among the items gets its plan, whatever the order of items", () => {
  const config = withAugmentPlans(defaultSegmentationConfig(), mpp, items);
  expect(Object.keys(config.augment.plans)).toEqual(["fluorescence", "phase", "unknown"]);
  const other = withAugmentPlans(defaultSegmentationConfig(), mpp, items.toReversed());
  expect(Object.keys(other.augment.plans)).toEqual(["fluorescence", "phase", "unknown"]);
  // Pixels of 0.4 x 0.9 µm have the area of 0.6 x 0.6.
  const blur = config.augment.plans.fluorescence?.changes.find(({ name }) => name === "blur");
  expect(blur?.ranges["sigmaPx"]?.[1]).toBeCloseTo(0.5 / 0.6, 2);
  expect(withAugmentPlans(config, mpp, items)).toEqual(config);
});

test("a plan that was written down is used as it is, also when the program would plan otherwise", () => {
  const config = withAugmentPlans(defaultSegmentationConfig(), mpp, items);
  const stored = JSON.parse(JSON.stringify(config)) as typeof config;
  const own = { ...augmentPlanFor({ kind: "fluorescence" }), changes: [] };
  const changed = {
    ...stored,
    augment: { ...stored.augment, plans: { ...stored.augment.plans, fluorescence: own } },
  };
  expect(planOfItem(changed, mpp, { kind: "fluorescence" })).toEqual(own);
  expect(planOfItem(changed, mpp, { modality: "phase" })).toEqual(config.augment.plans.phase);
});

test("safe and none are one plan for all items", () => {
  for (const mode of ["safe", "none"] as const) {
    const config = withAugmentPlans(defaultSegmentationConfig({ augment: { mode } }), null, items);
    expect(Object.keys(config.augment.plans)).toEqual(["unknown"]);
    const names = config.augment.plans.unknown?.changes.map(({ name }) => name).sort();
    expect(names).toEqual(mode === "none" ? [] : ["blur", "gain", "gamma", "offset", "sensorNoise"]);
  }
});

test("a configuration with a bad mode or a plan in the wrong place is refused", () => {
  const plan = augmentPlanFor({ modality: "phase" });
  for (const augment of [{ mode: "some" }, { plans: { fluorescence: plan } }, { plans: null }]) {
    expect(() => defaultSegmentationConfig({ augment } as never)).toThrow(
      expect.objectContaining({ code: "training.config" }),
    );
  }
  expect(() => defaultSegmentationConfig({ untouchedWeight: 1.5 })).toThrow(/untouchedWeight/);
});
