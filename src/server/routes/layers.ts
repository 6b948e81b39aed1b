/** Layers: objects, the edit log, and the edits that people send. */

import {
  editFromWire,
  editLogQuerySchema,
  editLogSchema,
  editToWire,
  ensureLayerSchema,
  type LayerObjects,
  type LoggedEdit,
  layerObjectsSchema,
  layerSummarySchema,
  postEditsResultSchema,
  postEditsSchema,
  shapeToWire,
} from "#api/index.ts";
import * as store from "#store/index.ts";
import { json, route } from "../route.ts";

/** A hundred edits with a hundred objects each of 4 kB in base64 is 55 MB; a brush stroke is 2 kB. */
const editsBytesMax = 64 * 2 ** 20;

export const layerRoutes = [
  route({
    method: "POST",
    url: "/images/:imageId/layers",
    summary: "The layer of an image for a compartment, made when it is new",
    policy: "edit",
    on: "image",
    body: ensureLayerSchema,
    answer: json(layerSummarySchema),
    handle: ({ parts, agent, object, body: { compartment, ...wanted } }) =>
      store.ensureLayer(parts.store, agent, object.id, compartment, wanted),
  }),
  route({
    method: "GET",
    url: "/layers/:layerId",
    summary: "One layer",
    policy: "look",
    on: "layer",
    answer: json(layerSummarySchema),
    handle: async ({ object }) => object,
  }),
  route({
    method: "GET",
    url: "/layers/:layerId/objects",
    summary: "The present objects of a layer with their shapes",
    policy: "look",
    on: "layer",
    answer: json(layerObjectsSchema),
    handle: async ({ parts, object }) => objectsToWire(await store.layerObjects(parts.store, object.id)),
  }),
  route({
    method: "GET",
    url: "/layers/:layerId/edits",
    summary: "The edit log of a layer, oldest first",
    policy: "look",
    on: "layer",
    query: editLogQuerySchema,
    answer: json(editLogSchema),
    async handle({ parts, object, query }) {
      const { after, limit, births } = query;
      const log = await store.editLog(parts.store, object.id, after, limit, births);
      return { nextAfter: log.nextAfter, edits: log.edits.map(toWire) };
    },
  }),
  route({
    method: "POST",
    url: "/layers/:layerId/edits",
    summary: "Append edits; each is saved or refused alone, and sending one twice gives the same answer",
    policy: "edit",
    on: "layer",
    body: postEditsSchema,
    answer: json(postEditsResultSchema),
    errors: ["edit.invalid", "label.invalid", "disk.full"],
    bodyBytesMax: editsBytesMax,
    async handle({ parts, agent, object, body }) {
      const operations = body.edits.map(editFromWire);
      return { results: await store.appendEdits(parts.store, agent, object.id, operations) };
    },
  }),
];

function toWire(edit: store.LoggedEdit): LoggedEdit {
  const { seq, labels, agent, at, born } = edit;
  return { ...editToWire(edit), seq, labels, agent, at, ...(born === undefined ? {} : { born }) };
}

function objectsToWire(layer: store.LayerObjects): LayerObjects {
  return {
    ...layer,
    objects: layer.objects.map(({ types, ...object }) => ({
      ...object,
      shape: shapeToWire(object.shape),
      ...(types === undefined ? {} : { types: [...types] }),
    })),
  };
}
