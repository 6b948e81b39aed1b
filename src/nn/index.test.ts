/** The surface other layers build on; a new name here is a decision. */
import { expect, test } from "vitest";
import * as surface from "./index.ts";

test("public names", () => {
  expect(Object.keys(surface).sort()).toEqual([
    "assertConfig",
    "assertContract",
    "channelsForModel",
    "compareWithRange",
    "compartmentOrder",
    "defaultSegmentationConfig",
    "estimateSteps",
    "itemsInMemory",
    "loadSegmentationModel",
    "trainSegmentation",
    "upgradeContract",
  ]);
});
