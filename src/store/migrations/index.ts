/** All migrations in order. A released one is never changed; the next one is added below it. */

import { firstSchema } from "./0001-first-schema.ts";
import { importsAndLinks } from "./0002-imports-and-links.ts";
import { catalogueSchema } from "./0003-catalogue.ts";
import { labelVersions } from "./0004-label-versions.ts";
import { datasetVersions } from "./0005-dataset-versions.ts";
import { findingsSchema } from "./0006-findings.ts";
import { exportsSchema } from "./0007-exports.ts";
import { statementReferences } from "./0008-statement-references.ts";
import { evaluationDetails } from "./0009-evaluations.ts";
import { reproduceJobs } from "./0010-reproduce.ts";
import { moreLayers } from "./0011-more-layers.ts";
import { predictionDetails } from "./0012-predictions.ts";
import { termsAndRegions } from "./0013-terms-and-regions.ts";
import { originChanges } from "./0014-origin-changes.ts";
import { trackJobs } from "./0015-track-jobs.ts";
import { regionHolds } from "./0016-region-holds.ts";
import { typesAndSpots } from "./0017-types-and-spots.ts";
import { trackEvents } from "./0018-track-events.ts";
import { objectsByFrame } from "./0019-objects-by-frame.ts";
import { learningInPlace } from "./0020-learning.ts";
import { channelPalettes } from "./0021-channel-palettes.ts";
import { typedCells } from "./0023-typed-cells.ts";
import { overlappingCells } from "./0024-overlapping-cells.ts";

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

export const migrations: readonly Migration[] = [
  { number: 1, name: "first schema", sql: firstSchema },
  { number: 2, name: "imports and links", sql: importsAndLinks },
  { number: 3, name: "catalogue", sql: catalogueSchema },
  { number: 4, name: "label versions", sql: labelVersions },
  { number: 5, name: "dataset versions", sql: datasetVersions },
  { number: 6, name: "findings", sql: findingsSchema },
  { number: 7, name: "exports", sql: exportsSchema },
  { number: 8, name: "references per statement", sql: statementReferences },
  { number: 9, name: "evaluations", sql: evaluationDetails },
  { number: 10, name: "reproduce", sql: reproduceJobs },
  { number: 11, name: "more layers", sql: moreLayers },
  { number: 12, name: "predictions", sql: predictionDetails },
  { number: 13, name: "terms and regions", sql: termsAndRegions },
  { number: 14, name: "origin changes", sql: originChanges },
  { number: 15, name: "track jobs", sql: trackJobs },
  { number: 16, name: "region holds", sql: regionHolds },
  { number: 17, name: "types and spots", sql: typesAndSpots },
  { number: 18, name: "track events", sql: trackEvents },
  { number: 19, name: "objects by frame", sql: objectsByFrame },
  { number: 20, name: "learning in place", sql: learningInPlace },
  { number: 21, name: "channel palettes", sql: channelPalettes },
  { number: 23, name: "typed cells", sql: typedCells },
  { number: 24, name: "overlapping cells", sql: overlappingCells },
];
