/** Looks of channels that a project keeps under a name. */

import { paletteListSchema, paletteSchema, savePaletteSchema } from "#api/index.ts";
import { deletePalette, listPalettes, savePalette } from "#store/index.ts";
import { empty, json, route } from "../route.ts";

export const paletteRoutes = [
  route({
    method: "GET",
    url: "/projects/:projectId/palettes",
    summary: "Channel palettes of a project",
    policy: "look",
    on: "project",
    answer: json(paletteListSchema),
    handle: async ({ parts, object }) => ({ palettes: await listPalettes(parts.store, object.id) }),
  }),
  route({
    method: "POST",
    url: "/projects/:projectId/palettes",
    summary: "Save a channel palette under a name; the same name again replaces it",
    policy: "edit",
    on: "project",
    body: savePaletteSchema,
    answer: json(paletteSchema),
    errors: ["limit.objects"],
    handle: ({ parts, agent, object, body }) =>
      savePalette(parts.store, agent, { projectId: object.id, ...body }),
  }),
  route({
    method: "DELETE",
    url: "/palettes/:paletteId",
    summary: "Delete a channel palette",
    policy: "edit",
    on: "palette",
    answer: empty,
    async handle({ parts, object }) {
      await deletePalette(parts.store, object.id);
      return undefined;
    },
  }),
];
