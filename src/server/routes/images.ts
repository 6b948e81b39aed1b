/** Images: list with query and facets, look, change, throw away, bring back. */

import { imageDetailSchema, imageListQuerySchema, imageListSchema, updateImageSchema } from "#api/index.ts";
import { parseQuery } from "#core/select/index.ts";
import { getImage, listImages, restoreImage, trashImage, updateImage } from "#store/index.ts";
import { empty, json, route } from "../route.ts";

export const imageRoutes = [
  route({
    method: "GET",
    url: "/projects/:projectId/images",
    summary: "Images of a project by metadata query and free text, page by page, with counts per value",
    policy: "look",
    on: "project",
    query: imageListQuerySchema,
    answer: json(imageListSchema),
    errors: ["query.syntax", "query.term"],
    handle: ({ parts, object, query }) =>
      listImages(parts.store, {
        projectId: object.id,
        query: query.q === undefined ? undefined : parseQuery(query.q),
        search: query.search,
        cursor: query.cursor,
        order: query.order,
        descending: query.descending === 1,
        facets: query.facets === 1,
        limit: query.limit,
      }),
  }),
  route({
    method: "GET",
    url: "/images/:imageId",
    summary: "One image with its channels, layers and neighbours",
    policy: "look",
    on: "image",
    answer: json(imageDetailSchema),
    handle: async ({ object }) => object,
  }),
  route({
    method: "PATCH",
    url: "/images/:imageId",
    summary: "Change name, group, pixel size or metadata",
    policy: "edit",
    on: "image",
    body: updateImageSchema,
    answer: json(imageDetailSchema),
    errors: ["metadata.invalid"],
    async handle({ parts, agent, object, body }) {
      await updateImage(parts.store, agent, object.id, body);
      return getImage(parts.store, object.id);
    },
  }),
  route({
    method: "DELETE",
    url: "/images/:imageId",
    summary: "Move an image to the trash",
    policy: "edit",
    on: "image",
    answer: empty,
    async handle({ parts, agent, object }) {
      await trashImage(parts.store, agent, object.id);
      return undefined;
    },
  }),
  route({
    method: "POST",
    url: "/images/:imageId/restore",
    summary: "Bring an image back from the trash",
    policy: "edit",
    on: "trashedImage",
    answer: json(imageDetailSchema),
    handle: ({ parts, agent, object }) => restoreImage(parts.store, agent, object.id),
  }),
];
