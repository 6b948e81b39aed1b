/** The names other layers may rely on: an accidental export, or one that vanished, is a difference here. */

import { expect, test } from "vitest";
import * as array from "./array/index.ts";
import * as cellTracks from "./cell-tracks/index.ts";
import * as doubt from "./doubt/index.ts";
import * as edits from "./edits/index.ts";
import * as film from "./film/index.ts";
import * as image from "./image/index.ts";
import * as labels from "./labels/index.ts";
import * as leaks from "./leaks/index.ts";
import * as licence from "./licence/index.ts";
import * as lineage from "./lineage/index.ts";
import * as measure from "./measure/index.ts";
import * as metrics from "./metrics/index.ts";
import * as movie from "./movie/index.ts";
import * as ontology from "./ontology/index.ts";
import * as outline from "./outline/index.ts";
import * as prepare from "./prepare/index.ts";
import * as select from "./select/index.ts";
import * as tissue from "./tissue/index.ts";
import * as trackMetrics from "./track-metrics/index.ts";
import * as tracking from "./tracking/index.ts";
import * as versions from "./versions/index.ts";

test.each(
  Object.entries({
    array,
    cellTracks,
    doubt,
    edits,
    film,
    image,
    labels,
    leaks,
    licence,
    lineage,
    measure,
    metrics,
    movie,
    ontology,
    outline,
    prepare,
    select,
    tissue,
    trackMetrics,
    tracking,
    versions,
  }),
)("surface of core/%s", (_, surface) => {
  expect(Object.keys(surface).join(" ")).toMatchSnapshot();
});
