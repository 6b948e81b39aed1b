/** All routes of the program. */

import type { Route } from "../route.ts";
import { augmentRoutes } from "./augment.ts";
import { catalogueRoutes } from "./catalogue.ts";
import { cellTypeRoutes } from "./cell-types.ts";
import { coverageRoutes } from "./coverage.ts";
import { datasetRoutes } from "./datasets.ts";
import { evaluationRoutes } from "./evaluations.ts";
import { exportRoutes } from "./exports.ts";
import { findingRoutes } from "./findings.ts";
import { imageRoutes } from "./images.ts";
import { jobRoutes } from "./jobs.ts";
import { layerRoutes } from "./layers.ts";
import { learningRoutes } from "./learning.ts";
import { liveRoutes } from "./live.ts";
import { memberRoutes } from "./members.ts";
import { metaRoutes } from "./meta.ts";
import { metadataRoutes } from "./metadata.ts";
import { modelFileRoutes } from "./model-files.ts";
import { modelRoutes } from "./models.ts";
import { paletteRoutes } from "./palettes.ts";
import { pastRoutes } from "./past.ts";
import { pinnedRoutes } from "./pinned.ts";
import { pixelRoutes } from "./pixels.ts";
import { predictionRoutes } from "./predictions.ts";
import { projectRoutes } from "./projects.ts";
import { revisionRoutes } from "./revisions.ts";
import { sessionRoutes } from "./session.ts";
import { trackRoutes } from "./tracks.ts";
import { trainingRoutes } from "./training.ts";
import { uploadRoutes } from "./uploads.ts";
import { versionRoutes } from "./versions.ts";

export const routes: readonly Route[] = [
  ...metaRoutes,
  ...sessionRoutes,
  ...memberRoutes,
  ...projectRoutes,
  ...imageRoutes,
  ...catalogueRoutes,
  ...metadataRoutes,
  ...uploadRoutes,
  ...pixelRoutes,
  ...layerRoutes,
  ...liveRoutes,
  ...cellTypeRoutes,
  ...pastRoutes,
  ...coverageRoutes,
  ...revisionRoutes,
  ...versionRoutes,
  ...findingRoutes,
  ...datasetRoutes,
  ...exportRoutes,
  ...augmentRoutes,
  ...trainingRoutes,
  ...learningRoutes,
  ...trackRoutes,
  ...modelRoutes,
  ...modelFileRoutes,
  ...evaluationRoutes,
  ...paletteRoutes,
  ...pinnedRoutes,
  ...predictionRoutes,
  ...jobRoutes,
];
