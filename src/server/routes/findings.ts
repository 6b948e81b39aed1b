/** Findings of the checks: counts, the queue, pictures, checking again, mending with a preview, waivers. */

import {
  findingChoiceSchema,
  findingIdsSchema,
  findingListQuerySchema,
  findingListSchema,
  findingPictureQuerySchema,
  findingSummaryQuerySchema,
  findingSummarySchema,
  jobSchema,
  mendListSchema,
  mendPreviewSchema,
  mendSchema,
  mendUndoSchema,
  startCheckSchema,
  waiveSchema,
} from "#api/index.ts";
import { parseQuery } from "#core/select/index.ts";
import { sha256 } from "#platform/index.ts";
import * as store from "#store/index.ts";
import { findingPng } from "../finding-picture.ts";
import type { ServerParts } from "../parts.ts";
import { bytes, json, type Payload, route } from "../route.ts";
import { windowPixels } from "../window-pixels.ts";

const queryErrors = ["query.syntax", "query.term"] as const;
const choiceErrors = [...queryErrors, "request.invalid", "limit.objects"] as const;

/** Ids of the images that a query or an id names; undefined for all. */
async function imagesOf(
  { store: from }: ServerParts,
  projectId: string,
  { q, imageId }: { readonly q?: string | undefined; readonly imageId?: string | undefined },
): Promise<readonly string[] | undefined> {
  if (imageId !== undefined) return [imageId];
  return q === undefined || q.trim() === ""
    ? undefined
    : store.imageIdsForQuery(from, projectId, parseQuery(q));
}

async function choiceOf(
  parts: ServerParts,
  projectId: string,
  body: {
    readonly rule: store.FindingChoice["rule"];
    readonly findingIds?: readonly string[] | undefined;
    readonly q: string;
  },
): Promise<store.FindingChoice> {
  const { rule, findingIds } = body;
  return { projectId, rule, findingIds, imageIds: await imagesOf(parts, projectId, body) };
}

const looking = [
  route({
    method: "GET",
    url: "/projects/:projectId/finding-summary",
    summary: "Findings by rule, and how much of the project was checked as it is now",
    policy: "look",
    on: "project",
    query: findingSummaryQuerySchema,
    answer: json(findingSummarySchema),
    errors: queryErrors,
    handle: async ({ parts, object, query }) => {
      const images = await imagesOf(parts, object.id, query);
      const summary = await store.findingSummary(parts.store, object.id, images);
      return { ...summary, rules: [...summary.rules] };
    },
  }),
  route({
    method: "GET",
    url: "/projects/:projectId/findings",
    summary: "Findings, worst first",
    policy: "look",
    on: "project",
    query: findingListQuerySchema,
    answer: json(findingListSchema),
    errors: [...queryErrors, "request.invalid"],
    handle: async ({ parts, object, query }) => {
      const { status, rule, cursor, limit } = query;
      const imageIds = await imagesOf(parts, object.id, query);
      const page = { projectId: object.id, status, rule, cursor, limit, imageIds };
      const { items, nextCursor } = await store.listFindings(parts.store, page);
      return {
        items: items.map(({ uids, box, ...rest }) => ({
          ...rest,
          uids: [...uids],
          box: box === null ? null : [...box],
        })),
        nextCursor,
      };
    },
  }),
  route({
    method: "GET",
    url: "/findings/:findingId/picture.png",
    summary: "The place of a finding with outlines, as it is or as the fix would leave it",
    policy: "look",
    on: "finding",
    query: findingPictureQuerySchema,
    answer: bytes("image/png"),
    async handle({ parts, object, query }): Promise<Payload> {
      const { finding, ...scene } = await store.findingScene(parts.store, object.id, query.view);
      const image = await store.getImage(parts.store, finding.imageId);
      const channels = image.channels.map(({ name }) => name.toLowerCase()).join(" ");
      const colour = channels === "red green blue";
      const shapes = [...scene.concerned, ...scene.around].map(({ bbox, bits }) => [
        bbox,
        Buffer.from(bits).toString("base64"),
      ]);
      const place = [image.arrayDigest, scene.window, finding.t, finding.z, scene.concerned.length];
      const etag = sha256(JSON.stringify(["finding 1", query.size, colour, place, shapes]));
      return {
        type: "image/png",
        etag,
        cache: "check",
        fileName: `${image.name}-${finding.rule}.png`,
        make: () =>
          parts.pictures.get(etag, async () => {
            const shown = { ...scene, t: finding.t, z: finding.z };
            const { pixels, place, origin } = await windowPixels(parts.store, image, shown);
            return findingPng(pixels, place, query.size, { colour, origin });
          }),
      };
    },
  }),
  route({
    method: "POST",
    url: "/projects/:projectId/check",
    summary: "Check labels, pixels and tracks; with a model, also where it sees other cells",
    policy: "edit",
    on: "project",
    body: startCheckSchema,
    answer: json(jobSchema, 202),
    errors: [...queryErrors, "model.notFound"],
    async handle({ parts, agent, object, body }) {
      parseQuery(body.q);
      const model =
        body.modelVersionId === undefined
          ? undefined
          : await store.getModelVersion(parts.store, body.modelVersionId);
      return parts.queue.submit(agent, {
        kind: "check",
        projectId: object.id,
        title:
          model === undefined
            ? "Check labels and images"
            : `Compare labels with ${model.name} ${model.version}`,
        params: { query: body.q, ...(model === undefined ? {} : { modelVersionId: model.id }) },
      });
    },
  }),
];

const deciding = [
  route({
    method: "POST",
    url: "/projects/:projectId/mends/preview",
    summary: "What mending open findings of a rule would do, with samples",
    policy: "edit",
    on: "project",
    body: findingChoiceSchema,
    answer: json(mendPreviewSchema),
    errors: choiceErrors,
    handle: async ({ parts, object, body }) => {
      const { samples, ...preview } = await store.previewMend(
        parts.store,
        await choiceOf(parts, object.id, body),
      );
      return {
        ...preview,
        samples: samples.map(({ findingId, imageId, changes }) => ({
          findingId,
          imageId,
          cells: changes.length,
        })),
      };
    },
  }),
  route({
    method: "POST",
    url: "/projects/:projectId/mends",
    summary: "Mend open findings of a rule, as edits that can be taken back together",
    policy: "edit",
    on: "project",
    body: findingChoiceSchema,
    answer: json(mendSchema),
    errors: choiceErrors,
    handle: async ({ parts, agent, object, body }) =>
      store.mendFindings(parts.store, agent, await choiceOf(parts, object.id, body)),
  }),
  route({
    method: "GET",
    url: "/projects/:projectId/mends",
    summary: "The last mendings, newest first",
    policy: "look",
    on: "project",
    answer: json(mendListSchema),
    handle: async ({ parts, object }) => ({ mends: await store.listMends(parts.store, object.id) }),
  }),
  route({
    method: "POST",
    url: "/mends/:mendId/undo",
    summary: "Take a mending back for every cell not changed since",
    policy: "edit",
    on: "mend",
    answer: json(mendUndoSchema),
    errors: ["request.invalid"],
    handle: ({ parts, agent, object }) => store.undoMend(parts.store, agent, object.id),
  }),
  route({
    method: "POST",
    url: "/projects/:projectId/findings/waive",
    summary: "Accept open findings of a rule as they are, with a reason",
    policy: "edit",
    on: "project",
    body: waiveSchema,
    answer: json(findingIdsSchema),
    errors: choiceErrors,
    handle: async ({ parts, agent, object, body }) => ({
      findingIds: await store.waiveFindings(
        parts.store,
        agent,
        await choiceOf(parts, object.id, body),
        body.why,
      ),
    }),
  }),
  route({
    method: "POST",
    url: "/projects/:projectId/findings/reopen",
    summary: "Take acceptances back",
    policy: "edit",
    on: "project",
    body: findingIdsSchema,
    answer: json(findingIdsSchema),
    handle: async ({ parts, agent, object, body }) => ({
      findingIds: await store.reopenFindings(parts.store, agent, object.id, body.findingIds),
    }),
  }),
];

export const findingRoutes = [...looking, ...deciding];
