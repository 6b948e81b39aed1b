/** Tracks: which cell of a frame is which of the next, found by a job. */

import { jobSchema, trackLayerSchema, trackMoviesSchema } from "#api/index.ts";
import { FoundryError } from "#core/errors.ts";
import { assertLinking, assertMovie, layerFilm } from "#jobs/track/index.ts";
import { sha256 } from "#platform/index.ts";
import { getImage, getModelVersion, type ImageDetail, type Store } from "#store/index.ts";
import { bytes, json, type Payload, route } from "../route.ts";

export const trackRoutes = [
  route({
    method: "GET",
    url: "/layers/:layerId/tracks.gif",
    summary: "The movie with its tracks drawn over it: outlines, tails, divisions, time, scale",
    policy: "look",
    on: "layer",
    answer: bytes("image/gif"),
    errors: ["array.axes", "limit.memory", "blob.corrupt", "blob.missing"],
    async handle({ parts, object }): Promise<Payload> {
      const image = await getImage(parts.store, object.imageId);
      const etag = sha256(JSON.stringify(["tracks.gif 1", object.id, object.seq, image.mpp]));
      return {
        ...{ type: "image/gif", etag, cache: "check", fileName: `${image.name} tracks.gif` },
        make: () =>
          parts.pictures.get(etag, () => layerFilm(parts.store, object, new AbortController().signal)),
      };
    },
  }),
  route({
    method: "POST",
    url: "/projects/:projectId/track",
    summary: "Track the cells of several movies, one after the other; one that fails stops no other",
    policy: "edit",
    on: "project",
    body: trackMoviesSchema,
    answer: json(jobSchema, 202),
    errors: ["image.notFound", "model.notFound", "model.invalid"],
    async handle({ parts, agent, object, body }) {
      const { linker, modelVersionId, imageIds, ...settings } = body;
      const images: ImageDetail[] = [];
      for (const id of new Set(imageIds)) images.push(await imageOfProject(parts.store, object.id, id));
      if (linker !== undefined && linker !== "plain")
        assertLinking(linker, (await getModelVersion(parts.store, linker)).contract);
      if (modelVersionId !== undefined) {
        const version = await getModelVersion(parts.store, modelVersionId);
        assertSegments(`${version.name}@${version.version}`, version.contract);
      }
      const [first] = images as [ImageDetail];
      return parts.queue.submit(agent, {
        kind: "track",
        projectId: object.id,
        title: images.length === 1 ? `Track ${first.name}` : `Track ${images.length} movies`,
        params: {
          imageIds: images.map(({ id }) => id),
          ...settings,
          ...(linker === undefined ? {} : { linker }),
          ...(modelVersionId === undefined ? {} : { modelVersionId }),
        },
      });
    },
  }),
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
        title: `${body.around === undefined ? "Track" : "Link again in"} ${image.name}`,
        params: { layerId: object.id, ...settings, ...(linker === undefined ? {} : { linker }) },
      });
    },
  }),
];

async function imageOfProject(store: Store, projectId: string, imageId: string): Promise<ImageDetail> {
  const image = await getImage(store, imageId);
  if (image.projectId === projectId) return image;
  throw new FoundryError("image.notFound", {
    message: "This project has no such image.",
    details: { imageId },
  });
}

function assertSegments(name: string, contract: Readonly<Record<string, unknown>>): void {
  if (contract["kind"] !== "linking") return;
  throw new FoundryError("model.invalid", {
    message: `${name} links cells over time; it finds none.`,
    hint: "Choose a model that finds cells, or leave it out.",
  });
}
