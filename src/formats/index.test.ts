import { expect, test } from "vitest";
import * as formats from "./index.ts";

test("public surface", () => {
  expect(Object.keys(formats).toSorted()).toMatchInlineSnapshot(`
    [
      "applySheet",
      "assertPair",
      "defaultOntologyLimits",
      "defaultReadLimits",
      "defaultZipLimits",
      "detectFormat",
      "detectLayout",
      "fault",
      "groupKey",
      "groupRules",
      "importFormats",
      "joinSheet",
      "layoutNamed",
      "omeZarrImage",
      "omeZarrLabels",
      "omeZarrLabelsList",
      "parseSheet",
      "provideWasm",
      "readImage",
      "readLabelTiffDescription",
      "readLabels",
      "readOntology",
      "readZip",
      "sheetTemplate",
      "shownName",
      "stemOf",
      "validateSheet",
      "valuesWithoutRow",
      "writeLabelTiff",
      "writeNpy",
      "writeNpyText",
      "writeNpz",
      "writePng",
      "writeTiffStack",
    ]
  `);
});
