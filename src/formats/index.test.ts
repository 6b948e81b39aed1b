import { expect, test } from "vitest";
import * as formats from "./index.ts";

test("public surface", () => {
  expect(Object.keys(formats).toSorted()).toMatchInlineSnapshot(`
    [
      "applySheet",
      "assembleObjectMasks",
      "assertPair",
      "defaultOntologyLimits",
      "defaultReadLimits",
      "defaultZipLimits",
      "detectFormat",
      "fault",
      "groupKey",
      "groupRules",
      "joinSheet",
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
      "scanFiles",
      "shownName",
      "stemOf",
      "writeLabelTiff",
      "writeNpy",
      "writePng",
    ]
  `);
});
