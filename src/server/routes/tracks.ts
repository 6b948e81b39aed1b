/** Tracks: which cell of a frame is which of the next, found by a job. */

import { jobSchema, trackLayerSchema } from "#api/index.ts";
import { assertLinking, assertMovie } from "#jobs/track/index.ts";
import { getImage, getModelVersion } from "#store/index.ts";
import { json, route } from "../route.ts";

export const trackRoutes = [
  route({
    method: "POST",
    url: "/layers/:layerId/track",
    summary: "Link the cells of a time-lapse's layer over time; what people decided about tracks holds",
    policy: "edit",
    on: "layer",
    body: trackLayerSchema,
    answer: json(jobSchema, 202),
    errors: ["array.axes", "model.notFound", "model.invalid"],
    async handle({ parts, agent, object, body }) {
      const { linker, ...settings } = body;
      const image = await getImage(parts.store, object.imageId);
      // Refused at once and not by the job, as far as it can be known.
      const lengthOf = (axis: string): number => image.shape[image.axes.indexOf(axis)] ?? 1;
      assertMovie(image.name, { t: lengthOf("t"), z: lengthOf("z") });
      if (linker !== undefined && linker !== "plain")
        assertLinking(linker, (await getModelVersion(parts.store, linker)).contract);
      return parts.queue.submit(agent, {
        kind: "track",
        projectId: image.projectId,
        title: `Track ${image.name}`,
        params: { layerId: object.id, ...settings, ...(linker === undefined ? {} : { linker }) },
      });
    },
  }),
];
