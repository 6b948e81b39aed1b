/** Types of cells: terms with what stands above them, and the marker panel of a project. */

import { markerPanelSchema, termPlacesQuerySchema, termPlacesSchema } from "#api/index.ts";
import { loadVocabulary, markerPanel, setMarkerPanel } from "#store/index.ts";
import { json, route } from "../route.ts";

export const cellTypeRoutes = [
  route({
    method: "GET",
    url: "/terms/places",
    summary: "Terms by CURIE, with everything above them",
    policy: "look",
    query: termPlacesQuerySchema,
    answer: json(termPlacesSchema),
    async handle({ parts, query }) {
      const vocabulary = await loadVocabulary(parts.store);
      return {
        terms: query.curies.flatMap((curie) => {
          const term = vocabulary.term(curie);
          if (term === undefined) return [];
          const isCellType = vocabulary.belongs("cellType", curie);
          return [{ curie, label: term.label, ancestors: [...vocabulary.ancestors(curie)], isCellType }];
        }),
      };
    },
  }),
  route({
    method: "GET",
    url: "/projects/:projectId/marker-panel",
    summary: "Markers that a project expects on each type of cell",
    policy: "look",
    on: "project",
    answer: json(markerPanelSchema),
    handle: async ({ parts, object }) => writable(await markerPanel(parts.store, object.id)),
  }),
  route({
    method: "PATCH",
    url: "/projects/:projectId/marker-panel",
    summary: "Change the marker panel of a project, as a whole",
    policy: "edit",
    on: "project",
    body: markerPanelSchema,
    answer: json(markerPanelSchema),
    errors: ["request.invalid"],
    handle: async ({ parts, agent, object, body }) =>
      writable(await setMarkerPanel(parts.store, agent, object.id, body)),
  }),
];

function writable({ types, thresholds }: Awaited<ReturnType<typeof markerPanel>>) {
  return {
    types: types.map(({ term, markers }) => ({ term, markers: markers.map((one) => ({ ...one })) })),
    thresholds: thresholds.map((one) => ({ ...one })),
  };
}
