import { expect, test } from "vitest";
import { modelTask } from "./index.ts";

test("a contract tells what a model is for; one that does not is of a segmentation model", () => {
  expect(modelTask({ kind: "linking" })).toBe("linking");
  expect(modelTask({ kind: "prompt" })).toBe("prompt");
  expect(modelTask({ stride: 16, head: "deepWatershed" })).toBe("segmentation");
  expect(modelTask({ adapter: { head: "stardist" } })).toBe("segmentation");
});
