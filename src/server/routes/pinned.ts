/** Pinned images of a project, and what would happen to their cells if another model version took over. */

import {
  comparePinnedSchema,
  jobSchema,
  type PinnedImageWire,
  pinnedComparisonSchema,
  pinnedDifferenceSchema,
  pinnedImageQuerySchema,
  pinnedImagesSchema,
  pinnedQuerySchema,
  pinSchema,
  shapeToWire,
  type VersionObjectWire,
} from "#api/index.ts";
import { FoundryError } from "#core/errors.ts";
import type { VersionObject } from "#core/versions/index.ts";
import * as store from "#store/index.ts";
import type { ServerParts } from "../parts.ts";
import { json, route } from "../route.ts";

export const pinnedRoutes = [
  route({
    method: "GET",
    url: "/projects/:projectId/pinned-images",
    summary: "Images that are looked at before a model version is released",
    policy: "look",
    on: "project",
    answer: json(pinnedImagesSchema),
    handle: async ({ parts, object }) => answer(await store.listPinnedImages(parts.store, object.id)),
  }),
  route({
    method: "POST",
    url: "/projects/:projectId/pinned-images",
    summary: "Pin images",
    policy: "edit",
    on: "project",
    body: pinSchema,
    answer: json(pinnedImagesSchema),
    errors: ["limit.objects"],
    handle: async ({ parts, agent, object, body }) =>
      answer(await store.pinImages(parts.store, agent, object.id, body.imageIds)),
  }),
  route({
    method: "POST",
    url: "/projects/:projectId/pinned-images/remove",
    summary: "Unpin images",
    policy: "edit",
    on: "project",
    body: pinSchema,
    answer: json(pinnedImagesSchema),
    handle: async ({ parts, agent, object, body }) =>
      answer(await store.unpinImages(parts.store, agent, object.id, body.imageIds)),
  }),
  route({
    method: "POST",
    url: "/model-versions/:modelVersionId/pinned",
    summary: "Predict the pinned images with this version and the one it would replace",
    policy: "edit",
    on: "modelVersion",
    body: comparePinnedSchema,
    answer: json(jobSchema, 202),
    errors: ["project.notFound", "model.notFound"],
    async handle({ parts, agent, object, body }) {
      const project = await store.getProject(parts.store, body.projectId);
      if (body.againstId !== undefined) await store.getModelVersion(parts.store, body.againstId);
      return parts.queue.submit(agent, {
        kind: "evaluate",
        projectId: project.id,
        title: `Compare ${object.name} ${object.version} on pinned images`,
        params: {
          modelVersionId: object.id,
          pinnedOf: project.id,
          ...(body.againstId === undefined ? {} : { againstId: body.againstId }),
        },
      });
    },
  }),
  route({
    method: "GET",
    url: "/model-versions/:modelVersionId/pinned",
    summary: "What would happen to the cells of the pinned images, image by image",
    policy: "look",
    on: "modelVersion",
    query: pinnedQuerySchema,
    answer: json(pinnedComparisonSchema),
    errors: ["project.notFound", "model.notFound", "blob.missing", "blob.corrupt"],
    async handle({ parts, object, query }) {
      await store.getProject(parts.store, query.projectId);
      const against = await otherVersion(parts, object, query.againstId);
      if (against === null) {
        const missing = await store.listPinnedImages(parts.store, query.projectId);
        return { against: null, differences: [], missing: missing.map(imageToWire) };
      }
      const { differences, missing } = await store.comparePinnedImages(
        parts.store,
        query.projectId,
        against.id,
        object.id,
      );
      return {
        against: { id: against.id, name: `${against.name}@${against.version}` },
        differences: differences.map((one) => ({ ...one, image: imageToWire(one.image) })),
        missing: missing.map(imageToWire),
      };
    },
  }),
  route({
    method: "GET",
    url: "/model-versions/:modelVersionId/pinned/image",
    summary: "The cells that would change in one pinned image",
    policy: "look",
    on: "modelVersion",
    query: pinnedImageQuerySchema,
    answer: json(pinnedDifferenceSchema),
    errors: ["request.notFound", "model.notFound", "blob.missing", "blob.corrupt"],
    async handle({ parts, object, query }) {
      const against = await otherVersion(parts, object, query.againstId);
      const images = await store.listPinnedImages(parts.store, query.projectId);
      const image = images.find(({ imageId }) => imageId === query.imageId);
      if (against === null || image === undefined) {
        throw new FoundryError("request.notFound", {
          message: image === undefined ? "This image is not pinned." : "There is no version to compare with.",
        });
      }
      const diff = await store.comparePinnedImage(
        parts.store,
        image,
        query.compartment,
        against.id,
        object.id,
      );
      return {
        image: imageToWire(image),
        identical: diff.identical,
        changes: diff.changes.map((change) => ({
          ...change,
          before: change.before.map(objectToWire),
          after: change.after.map(objectToWire),
        })),
      };
    },
  }),
];

/** The named version, or the released one of the line; null when that is the version itself or there is none. */
async function otherVersion(
  parts: ServerParts,
  version: { readonly id: string; readonly modelId: string },
  againstId: string | undefined,
): Promise<store.ModelVersion | null> {
  const other =
    againstId === undefined
      ? await store.releasedOfModel(parts.store, version.modelId)
      : await store.getModelVersion(parts.store, againstId);
  return other?.id === version.id ? null : other;
}

const answer = (images: readonly store.PinnedImage[]) => ({
  images: images.map(imageToWire),
  max: store.pinnedImagesMax,
});

const imageToWire = ({ imageId, name, height, width, pinnedAt }: store.PinnedImage): PinnedImageWire => ({
  imageId,
  name,
  height,
  width,
  pinnedAt,
});

const objectToWire = ({ id, shape }: VersionObject): VersionObjectWire => ({
  uid: id,
  shape: shapeToWire(shape),
  cellType: null,
});
