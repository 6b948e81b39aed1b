import { expect, test } from "vitest";
import { improvedName } from "./improved-name.ts";
import { improvementVerdict } from "./verdict.ts";

const heldOut = { before: 0.7, after: 0.8, on: "4 held-out images" };

test("test images decide where there are some", () => {
  const test = { base: 0.8, tuned: 0.79, images: 12 };
  expect(improvementVerdict({ test, heldOut })).toEqual({
    verdict: "alike",
    reason: "No better: AP@0.5 0.800 before, 0.790 after, on 12 test images.",
  });
});

test("else what was held out; a gain within chance is none", () => {
  expect(improvementVerdict({ test: null, heldOut }).verdict).toBe("better");
  expect(improvementVerdict({ test: null, heldOut: { ...heldOut, after: 0.702 } }).verdict).toBe("alike");
  expect(improvementVerdict({ test: null, heldOut: { ...heldOut, after: 0.6 } }).verdict).toBe("alike");
});

test("with nothing held out nobody knows, and it is said", () => {
  expect(improvementVerdict({ test: null, heldOut: null })).toMatchObject({ verdict: "unknown" });
});

test.each([
  ["nuclei-fluorescence", "Sample project", "nuclei-fluorescence-sample-project"],
  ["nuclei-fluorescence-sample-project", "Sample project", "nuclei-fluorescence-sample-project"],
  ["nuclei", "  Ä & Ö!  ", "nuclei-project"],
  ["nuclei", "x".repeat(80), `nuclei-${"x".repeat(57)}`],
])("the line of %s improved in %j is %s", (base, project, expected) => {
  const name = improvedName(base, project);
  expect(name).toBe(expected);
  expect(name).toMatch(/^[a-z0-9][a-z0-9-]{0,63}$/);
});
