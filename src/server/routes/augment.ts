/** Previews of augmentation: plans in words, and a picture of sample crops made as training makes them. */

import { augmentPlanListSchema, augmentPlanQuerySchema, augmentQuerySchema } from "#api/index.ts";
import { writePng } from "#formats/index.ts";
import { augmentPlansOf, datasetAugmentSamples } from "#jobs/index.ts";
import { sha256 } from "#platform/index.ts";
import { bytes, json, type Payload, route } from "../route.ts";

export const augmentRoutes = [
  route({
    method: "GET",
    url: "/dataset-versions/:datasetVersionId/augmentation",
    summary: "How training would vary the images of a dataset version, by kind of image, with reasons",
    policy: "look",
    on: "datasetVersion",
    query: augmentPlanQuerySchema,
    answer: json(augmentPlanListSchema),
    errors: ["training.config"],
    handle: async ({ parts, object, query }) => {
      const plans = await augmentPlansOf(parts.store, object, query.mode);
      return {
        plans: plans.map(({ plan, words, images }) => ({
          family: plan.family,
          images,
          ...words,
          changes: words.changes.map((change) => ({ ...change, strengths: [...change.strengths] })),
        })),
      };
    },
  }),
  route({
    method: "GET",
    url: "/dataset-versions/:datasetVersionId/augmentation.png",
    summary:
      "Sample crops of training images: each row an image as it is, then varied; another seed, other crops",
    policy: "look",
    on: "datasetVersion",
    query: augmentQuerySchema,
    answer: bytes("image/png"),
    errors: ["training.config", "dataset.empty"],
    async handle({ parts, object, query }): Promise<Payload> {
      const etag = sha256(JSON.stringify(["augmentation 1", object.digest, query]));
      return {
        type: "image/png",
        etag,
        cache: "check",
        fileName: `${object.name}-${object.version}-augmentation.png`,
        make: () =>
          parts.pictures.get(etag, async () => {
            const { picture } = await datasetAugmentSamples(parts.store, object, {
              seed: query.seed,
              mode: query.mode,
              outlines: query.outlines === 1,
            });
            return writePng(picture);
          }),
      };
    },
  }),
];
