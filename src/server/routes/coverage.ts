/** What of an image the labels of a layer speak for: all of it, single objects, or a region. */

import {
  type LayerCoverageWire,
  layerCoverageSchema,
  setCoverageSchema,
  shapeFromWire,
  shapeToWire,
} from "#api/index.ts";
import * as store from "#store/index.ts";
import { json, route } from "../route.ts";

/** One shape, whose bits the schema bounds at 24 MB of text. */
const regionBytesMax = 25 * 2 ** 20;

export const coverageRoutes = [
  route({
    method: "GET",
    url: "/layers/:layerId/coverage",
    summary: "What of the image the labels of a layer speak for, with the region when there is one",
    policy: "look",
    on: "layer",
    answer: json(layerCoverageSchema),
    handle: async ({ parts, object }) => toWire(await store.layerCoverage(parts.store, object.id)),
  }),
  route({
    method: "PATCH",
    url: "/layers/:layerId/coverage",
    summary:
      "Say what the labels speak for; without open edits the layer gets a revision that says so at once",
    policy: "edit",
    on: "layer",
    body: setCoverageSchema,
    answer: json(layerCoverageSchema),
    errors: ["label.invalid", "request.invalid", "disk.full"],
    bodyBytesMax: regionBytesMax,
    async handle({ parts, agent, object, body: { coverage, region } }) {
      const wanted = { coverage, region: region === null ? null : shapeFromWire(region) };
      return toWire(await store.setCoverage(parts.store, agent, object.id, wanted));
    },
  }),
];

function toWire({ coverage, region }: Awaited<ReturnType<typeof store.layerCoverage>>): LayerCoverageWire {
  return { coverage, region: region === null ? null : shapeToWire(region) };
}
