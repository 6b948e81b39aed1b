/** The surface other layers build on; a new name here is a decision. */
import { expect, test } from "vitest";
import * as surface from "./index.ts";

test("public names", () => {
  expect(Object.keys(surface).sort()).toEqual([
    "SCALE_MAX",
    "SCALE_MIN",
    "assertConfig",
    "assertContract",
    "channelsForModel",
    "chooseFineTuning",
    "compareWithRange",
    "compartmentOrder",
    "defaultSegmentationConfig",
    "estimateSteps",
    "finite",
    "itemsInMemory",
    "labelMaps",
    "largestDifference",
    "loadSegmentationModel",
    "luminance",
    "openStateSession",
    "rowsOfPlanes",
    "trainSegmentation",
    "trialsMax",
    "upgradeContract",
  ]);
});
