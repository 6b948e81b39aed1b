/** Evaluations: the report, its images, the cells behind each error count, their pictures, two versions side by side. */

import {
  comparedCellsQuerySchema,
  comparedCellsSchema,
  type EvaluationCellWire,
  type EvaluationReportWire,
  evaluationCellsQuerySchema,
  evaluationCellsSchema,
  evaluationComparisonQuerySchema,
  evaluationComparisonSchema,
  evaluationDetailSchema,
  evaluationImagesSchema,
  evaluationPictureQuerySchema,
  judgedImageQuerySchema,
  judgedImageSchema,
} from "#api/index.ts";
import { axisLength } from "#core/array/index.ts";
import {
  compareScores,
  defaultTallySettings,
  type EvaluationReport,
  headlineOf,
  scoresOf,
} from "#core/metrics/index.ts";
import { sha256 } from "#platform/index.ts";
import * as store from "#store/index.ts";
import { evaluationPng } from "../evaluation-picture.ts";
import type { ServerParts } from "../parts.ts";
import { bytes, json, type Payload, route } from "../route.ts";

/** Objects of an image, kept for the pictures and pages that follow. */
const readerOf =
  ({ store: from, outcomes }: ServerParts): store.ReadOutcomes =>
  (digest) =>
    outcomes.get(digest, () => store.readOutcomes(from, digest));

const blobErrors = ["blob.missing", "blob.corrupt"] as const;

const looking = [
  route({
    method: "GET",
    url: "/evaluations/:evaluationId",
    summary: "Scores with intervals, by facet, and agreement of people",
    policy: "look",
    on: "evaluation",
    answer: json(evaluationDetailSchema),
    handle: async ({ object }) => ({
      ...object,
      report: object.report === null ? null : reportToWire(object.report),
    }),
  }),
  route({
    method: "GET",
    url: "/evaluations/:evaluationId/images",
    summary: "Scores of each image",
    policy: "look",
    on: "evaluation",
    answer: json(evaluationImagesSchema),
    async handle({ parts, object }) {
      const images = await store.evaluationImages(parts.store, object.id);
      const settings = object.report?.scores.settings ?? defaultTallySettings;
      return {
        images: images.map(({ position, imageId, name, group, facets, tally }) => {
          const scores = scoresOf(tally, settings);
          return {
            position,
            imageId,
            name,
            group,
            facets,
            references: scores.referenceCount,
            predictions: scores.predictedCount,
            headline: headlineOf(scores),
            errors: scores.errors,
          };
        }),
      };
    },
  }),
  route({
    method: "GET",
    url: "/evaluations/:evaluationId/cells",
    summary: "Cells of one error class",
    policy: "look",
    on: "evaluation",
    query: evaluationCellsQuerySchema,
    answer: json(evaluationCellsSchema),
    errors: blobErrors,
    async handle({ parts, object, query }) {
      const page = await store.evaluationCells(parts.store, object.id, query, readerOf(parts));
      return { ...page, items: page.items.map(cellToWire) };
    },
  }),
  route({
    method: "GET",
    url: "/evaluations/:evaluationId/judged-image",
    summary: "Error class of every cell of one image",
    policy: "look",
    on: "evaluation",
    query: judgedImageQuerySchema,
    answer: json(judgedImageSchema),
    errors: ["request.notFound", ...blobErrors],
    async handle({ parts, object, query }) {
      const judged = await store.judgedImage(parts.store, object.id, query.imageId, readerOf(parts));
      return { ...judged, model: object.model, dataset: object.dataset, cells: [...judged.cells] };
    },
  }),
  route({
    method: "GET",
    url: "/evaluations/:evaluationId/picture.png",
    summary: "A cell with its true and predicted outlines",
    policy: "look",
    on: "evaluation",
    query: evaluationPictureQuerySchema,
    answer: bytes("image/png"),
    errors: [...blobErrors, "request.notFound"],
    async handle({ parts, object, query }): Promise<Payload> {
      const { position, side, label, size, show, around } = query;
      const image = await store.evaluationImage(parts.store, object.id, position);
      const etag = sha256(
        JSON.stringify(["cell 1", image.arrayDigest, image.outcomeDigest, side, label, size, show, around]),
      );
      return {
        type: "image/png",
        etag,
        cache: "check",
        fileName: `${image.name}-${side}-${label}.png`,
        make: () =>
          parts.pictures.get(etag, async () => {
            const pixels = await store.readArray(parts.store, image.arrayDigest);
            const extent = { height: axisLength(pixels, "y"), width: axisLength(pixels, "x") };
            const scene = store.cellScene(
              await readerOf(parts)(image.outcomeDigest),
              { side, label },
              extent,
              around,
            );
            const colour = axisLength(pixels, "c") === 3 && pixels.dtype === "uint8";
            return evaluationPng(pixels, scene, size, { colour, show });
          }),
      };
    },
  }),
];

const comparing = [
  route({
    method: "GET",
    url: "/evaluations/:evaluationId/comparison",
    summary: "Difference to another evaluation on the same images, with interval and significance",
    policy: "look",
    on: "evaluation",
    query: evaluationComparisonQuerySchema,
    answer: json(evaluationComparisonSchema),
    errors: ["request.notFound", "request.invalid", ...blobErrors],
    async handle({ parts, object, query }) {
      const other = await store.getEvaluation(parts.store, query.with);
      const pairs = await store.pairEvaluations(parts.store, other, object);
      const settings = object.report?.scores.settings ?? defaultTallySettings;
      const comparison = compareScores(
        pairs.map(({ a, b }) => ({ group: b.group, a: a.tally, b: b.tally })),
        settings,
      );
      const cells = await store.countFlips(pairs, readerOf(parts));
      return { a: other, b: object, imageCount: pairs.length, comparison, cells };
    },
  }),
  route({
    method: "GET",
    url: "/evaluations/:evaluationId/compared-cells",
    summary: "Cells that this version gets and the other misses, or the other way round",
    policy: "look",
    on: "evaluation",
    query: comparedCellsQuerySchema,
    answer: json(comparedCellsSchema),
    errors: ["request.notFound", "request.invalid", ...blobErrors],
    async handle({ parts, object, query }) {
      const other = await store.getEvaluation(parts.store, query.with);
      const pairs = await store.pairEvaluations(parts.store, other, object);
      const page = await store.comparedCells(pairs, query, readerOf(parts));
      return {
        nextCursor: page.nextCursor,
        items: page.items.map((cell) => ({
          ...cellToWire(cell),
          otherClass: cell.otherClass,
          otherPosition: cell.otherPosition,
        })),
      };
    },
  }),
];

export const evaluationRoutes = [...looking, ...comparing];

function cellToWire({ image, outcome, areaPx }: store.EvaluationCell): EvaluationCellWire {
  return {
    position: image.position,
    imageId: image.imageId,
    imageName: image.name,
    layerId: image.layerId,
    group: image.group,
    class: outcome.class,
    side: outcome.side,
    label: outcome.label,
    uid: outcome.uid,
    box: [...outcome.shape.bbox],
    areaPx,
    iou: outcome.iou,
    partners: outcome.partners.length,
  };
}

function reportToWire({
  scores,
  headline,
  intervals,
  facets,
  agreement,
}: EvaluationReport): EvaluationReportWire {
  const { settings, referenceCount, predictedCount, uncounted, hausdorff, areaBias, foreground } = scores;
  return {
    settings: { ...settings, thresholds: [...settings.thresholds] },
    referenceCount,
    predictedCount,
    uncounted,
    headline,
    intervals,
    hausdorff,
    areaBias,
    foreground,
    facets: [...facets],
    agreement,
  };
}
