/** Layer revisions: commit, accept, list. */

import {
  commitSchema,
  layerRevisionSchema,
  layerRevisionsSchema,
  revisionObjectsSchema,
  shapeToWire,
} from "#api/index.ts";
import { commitRevision, listRevisions, revisionObjects } from "#store/index.ts";
import { json, route } from "../route.ts";

export const revisionRoutes = [
  route({
    method: "GET",
    url: "/layers/:layerId/revisions",
    summary: "Revisions of a layer, newest first",
    policy: "look",
    on: "layer",
    answer: json(layerRevisionsSchema),
    handle: async ({ parts, object }) => ({ revisions: await listRevisions(parts.store, object.id) }),
  }),
  route({
    method: "POST",
    url: "/layers/:layerId/revisions",
    summary: "Commit the present objects as a revision; without changes this gives the head",
    policy: "edit",
    on: "layer",
    body: commitSchema,
    answer: json(layerRevisionSchema),
    handle: ({ parts, agent, object, body }) => commitRevision(parts.store, agent, object.id, body),
  }),
  route({
    method: "POST",
    url: "/layers/:layerId/accept",
    summary: "Commit and accept: the labels may go into datasets",
    policy: "edit",
    on: "layer",
    answer: json(layerRevisionSchema),
    handle: ({ parts, agent, object }) => commitRevision(parts.store, agent, object.id, { accepted: true }),
  }),
  route({
    method: "GET",
    url: "/layer-revisions/:revisionId",
    summary: "One layer revision",
    policy: "look",
    on: "revision",
    answer: json(layerRevisionSchema),
    handle: async ({ object }) => object,
  }),
  route({
    method: "GET",
    url: "/layer-revisions/:revisionId/objects",
    summary: "The objects of a layer revision with their shapes",
    policy: "look",
    on: "revision",
    answer: json(revisionObjectsSchema),
    errors: ["blob.corrupt", "blob.missing"],
    async handle({ parts, object }) {
      const objects = await revisionObjects(parts.store, object.id);
      return {
        revisionId: object.id,
        objects: objects.map(({ uid, label, digest, shape }) => ({
          ...{ uid, label, digest },
          shape: shapeToWire(shape),
        })),
      };
    },
  }),
];
