/** Back along the log of a layer: its cells after any edit, and the edits of one cell. */

import {
  cellEditQuerySchema,
  cellEditsSchema,
  pastLayerSchema,
  pastQuerySchema,
  shapeToWire,
} from "#api/index.ts";
import * as store from "#store/index.ts";
import { json, route } from "../route.ts";

export const pastRoutes = [
  route({
    method: "GET",
    url: "/layers/:layerId/past",
    summary: "The cells of a layer as they were after an edit of its log",
    policy: "look",
    on: "layer",
    query: pastQuerySchema,
    answer: json(pastLayerSchema),
    errors: ["revision.notFound"],
    async handle({ parts, object, query }) {
      const past = await store.layerAt(parts.store, object.id, query.seq);
      return { ...past, objects: past.objects.map((one) => ({ ...one, shape: shapeToWire(one.shape) })) };
    },
  }),
  route({
    method: "GET",
    url: "/layers/:layerId/cell-edits",
    summary: "The edits that changed one cell, newest first",
    policy: "look",
    on: "layer",
    query: cellEditQuerySchema,
    answer: json(cellEditsSchema),
    errors: ["request.notFound"],
    handle: async ({ parts, object, query }) => ({
      edits: await store.cellEdits(parts.store, object.id, query.uid),
    }),
  }),
];
