/** What of an image a layer's labels speak for, on the wire. */

import { z } from "zod";
import { wireShapeSchema } from "./labels.ts";

export const coverageSchema = z.enum(["exhaustive", "sparse", "region"]);

export const layerCoverageSchema = z.object({
  /** Whether unlabelled means background: everywhere, nowhere, or in the region. */
  coverage: coverageSchema,
  /** Of coverage "region": where everything is labelled, as the shape of an object in frame 0, plane 0. */
  region: wireShapeSchema.nullable(),
});

export const setCoverageSchema = z.object({
  coverage: coverageSchema,
  region: wireShapeSchema.nullable().default(null),
});

export type LayerCoverageWire = z.infer<typeof layerCoverageSchema>;
