/**
 * Import by upload: any number of files with their folders become one job.
 *
 * Either in one call (files and fields in one form), or in steps: the files once, then as many plans as it takes to
 * answer what they leave open, then the import with the answers.
 */

import {
  importChoicesSchema,
  importPlanSchema,
  importRecordListSchema,
  jobSchema,
  uploadSchema,
  uploadSheetSchema,
} from "#api/index.ts";
import { dryRunImport, type IngestParams } from "#jobs/index.ts";
import { listImports } from "#store/index.ts";
import { empty, json, OtherAnswer, route } from "../route.ts";
import { discardUpload, type StagedUpload, stageUpload } from "../staging.ts";
import { claimUpload, findUpload, keepUpload, replaceSheet, type WaitingUpload } from "../waiting-uploads.ts";

const filePart = "File: one part per file; its file name is the relative path, with folders";
const sheetPart = "File: CSV sheet that joins by file name and sets metadata and the leakage group";

/** Four million characters, each up to four bytes, and their escapes. */
const sheetBodyBytesMax = 20_000_000;

export const uploadRoutes = [
  route({
    method: "POST",
    url: "/projects/:projectId/imports",
    summary:
      "Import uploaded images with their labels and metadata; with `dryRun` only tell what would happen",
    policy: "edit",
    on: "project",
    form: {
      file: filePart,
      metadata: sheetPart,
      format: "Format of the import; default `auto`",
      licence: "Licence of the images, SPDX name or words; default `unknown`",
      axes: "What pages are when files do not say: `t`, `z` or `c`",
      mpp: "Micrometres per pixel for images that do not tell, or `unknown`",
      dryRun: "`1` to get the plan of the import instead of starting it",
    },
    answer: json(jobSchema, 202, { 200: importPlanSchema }),
    errors: ["import.empty", "disk.full", "format.pair", "format.sheet"],
    perMinute: 120,
    async handle({ parts, agent, object, request }) {
      const upload = await stageUpload(parts, request, fieldNames);
      const params = {
        stagingDir: upload.folder,
        sourceTitle: titleOf(upload),
        ...wordsOf(upload),
        ...(upload.sheet === undefined ? {} : { sheet: upload.sheet }),
      };
      const dryRun = upload.fields.get("dryRun");
      if (dryRun !== undefined && dryRun !== "" && dryRun !== "0" && dryRun !== "false") {
        try {
          return new OtherAnswer(
            200,
            await dryRunImport(params, { store: parts.store, projectId: object.id }),
          );
        } finally {
          await discardUpload(upload);
        }
      }
      try {
        const title = `Import ${titleOf(upload)}`;
        return await parts.queue.submit(agent, { kind: "ingest", projectId: object.id, title, params });
      } catch (error) {
        await discardUpload(upload);
        throw error;
      }
    },
  }),

  route({
    method: "GET",
    url: "/projects/:projectId/imports",
    summary: "Imports of a project: who, when, from which files, under which licence; newest first",
    policy: "look",
    on: "project",
    answer: json(importRecordListSchema),
    handle: async ({ parts, object }) => ({ imports: await listImports(parts.store, object.id) }),
  }),

  route({
    method: "POST",
    url: "/projects/:projectId/uploads",
    summary: "Receive files that wait to be planned and imported; kept for a day",
    policy: "edit",
    on: "project",
    form: { file: filePart, metadata: sheetPart },
    answer: json(uploadSchema, 201),
    errors: ["import.empty", "disk.full"],
    perMinute: 120,
    async handle({ parts, object, request }) {
      const upload = await stageUpload(parts, request, []);
      return keepUpload(upload, object.id, titleOf(upload));
    },
  }),

  route({
    method: "POST",
    url: "/projects/:projectId/uploads/:uploadId/plan",
    summary: "What an import of the upload would do with the given choices, and the questions it asks",
    policy: "edit",
    on: "project",
    body: importChoicesSchema,
    answer: json(importPlanSchema),
    errors: ["import.empty", "format.pair", "format.sheet"],
    perMinute: 120,
    async handle({ parts, object, params, body }) {
      const upload = await findUpload(parts.store.home, object.id, params.uploadId);
      return dryRunImport(paramsOf(upload, body), {
        store: parts.store,
        projectId: object.id,
        pictures: true,
      });
    },
  }),

  route({
    method: "POST",
    url: "/projects/:projectId/uploads/:uploadId/sheet",
    summary: "Describe the images of the upload by this sheet, in place of the one it has",
    policy: "edit",
    on: "project",
    body: uploadSheetSchema,
    bodyBytesMax: sheetBodyBytesMax,
    answer: empty,
    errors: ["disk.full"],
    perMinute: 120,
    async handle({ parts, object, params, body }) {
      const upload = await findUpload(parts.store.home, object.id, params.uploadId);
      await replaceSheet(upload, body);
      return undefined;
    },
  }),

  route({
    method: "POST",
    url: "/projects/:projectId/uploads/:uploadId/import",
    summary: "Import the upload with the given choices and answers",
    policy: "edit",
    on: "project",
    body: importChoicesSchema,
    answer: json(jobSchema, 202),
    perMinute: 120,
    async handle({ parts, agent, object, params, body }) {
      const upload = await findUpload(parts.store.home, object.id, params.uploadId);
      return claimUpload(upload, () =>
        parts.queue.submit(agent, {
          kind: "ingest",
          projectId: object.id,
          title: `Import ${upload.title}`,
          params: paramsOf(upload, body),
        }),
      );
    },
  }),

  route({
    method: "DELETE",
    url: "/projects/:projectId/uploads/:uploadId",
    summary: "Throw away an upload that is not going to be imported",
    policy: "edit",
    on: "project",
    answer: empty,
    async handle({ parts, object, params }) {
      await discardUpload(await findUpload(parts.store.home, object.id, params.uploadId));
      return undefined;
    },
  }),
];

const fieldNames = ["format", "licence", "axes", "mpp", "dryRun"] as const;

function wordsOf({ fields }: StagedUpload): Partial<IngestParams> {
  const word = (name: string): string | undefined => {
    const text = fields.get(name);
    return text === "" ? undefined : text;
  };
  const [format, licence, axes, mpp] = [word("format"), word("licence"), word("axes"), word("mpp")];
  const answers = { ...(axes === undefined ? {} : { axes }), ...(mpp === undefined ? {} : { mpp }) };
  return {
    ...(format === undefined ? {} : { format }),
    ...(licence === undefined ? {} : { licence: licence.slice(0, 200) }),
    ...(Object.keys(answers).length === 0 ? {} : { answers }),
  };
}

function paramsOf(
  upload: WaitingUpload,
  { format, licence, group, metadata, answers = {} }: ReturnType<typeof importChoicesSchema.parse>,
): IngestParams {
  const { axes, mpp, channels, compartment } = answers;
  const defaults = {
    ...(group === undefined ? {} : { group }),
    ...(metadata === undefined ? {} : { metadata }),
  };
  return {
    stagingDir: upload.folder,
    sourceTitle: upload.title,
    ...(upload.sheet === undefined ? {} : { sheet: upload.sheet }),
    ...(format === undefined ? {} : { format }),
    ...(licence === undefined || licence === "" ? {} : { licence }),
    ...(Object.keys(defaults).length === 0 ? {} : { defaults }),
    answers: {
      ...(axes === undefined ? {} : { axes }),
      ...(mpp === undefined ? {} : { mpp }),
      ...(channels === undefined ? {} : { channels }),
      ...(compartment === undefined ? {} : { compartment }),
    },
  };
}

/** The folder that all files came from, the one file, or how many. */
function titleOf({ paths }: StagedUpload): string {
  const first = paths[0] ?? "";
  const folder = first.split(/[\\/]/)[0] ?? "";
  if (paths.length > 1 && folder !== first && paths.every((path) => path.startsWith(folder))) {
    return folder.slice(0, 100);
  }
  return paths.length === 1 ? first.slice(-100) : `${paths.length.toLocaleString("en")} files`;
}
