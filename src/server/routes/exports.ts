/** Exports: start one, list and fetch what is finished, delete it. */

import { stat } from "node:fs/promises";
import {
  exportFormatsSchema,
  exportListSchema,
  jobSchema,
  startExportSchema,
  startSelectionExportSchema,
} from "#api/index.ts";
import { FoundryError } from "#core/errors.ts";
import { parseQuery } from "#core/select/index.ts";
import { exporterNamed, exporters } from "#formats/export/index.ts";
import { exportFile, removeExport } from "#jobs/index.ts";
import { type ExportRecord, listExports } from "#store/index.ts";
import type { ServerParts } from "../parts.ts";
import { empty, type FilePayload, file, json, route } from "../route.ts";

export const exportRoutes = [
  route({
    method: "GET",
    url: "/export-formats",
    summary: "Formats that data can be exported in, and what each cannot hold",
    policy: "look",
    answer: json(exportFormatsSchema),
    handle: async () => ({
      formats: exporters.map(({ format, title, explains, drops }) => ({
        format,
        title,
        explains,
        drops: [...drops],
      })),
    }),
  }),
  route({
    method: "POST",
    url: "/dataset-versions/:datasetVersionId/exports",
    summary: "Export a dataset version; the job's result names the export",
    policy: "edit",
    on: "datasetVersion",
    body: startExportSchema,
    answer: json(jobSchema, 202),
    handle({ parts, agent, object, body }) {
      const { title } = exporterNamed(body.format);
      return parts.queue.submit(agent, {
        kind: "export",
        projectId: object.projectId,
        title: `Export ${object.name} ${object.version} as ${title}`,
        params: { format: body.format, datasetVersionId: object.id },
      });
    },
  }),
  route({
    method: "POST",
    url: "/projects/:projectId/exports",
    summary: "Export the images of a query with their accepted labels",
    policy: "edit",
    on: "project",
    body: startSelectionExportSchema,
    answer: json(jobSchema, 202),
    errors: ["query.syntax"],
    handle({ parts, agent, object, body }) {
      const { title } = exporterNamed(body.format);
      parseQuery(body.query);
      const search = body.search === undefined || body.search === "" ? {} : { search: body.search };
      return parts.queue.submit(agent, {
        kind: "export",
        projectId: object.id,
        title: `Export images as ${title}`,
        params: { format: body.format, selection: { query: body.query, ...search } },
      });
    },
  }),
  route({
    method: "GET",
    url: "/projects/:projectId/exports",
    summary: "Finished exports of a project, newest first",
    policy: "look",
    on: "project",
    answer: json(exportListSchema),
    handle: async ({ parts, object }) => ({ exports: await listExports(parts.store, object.id) }),
  }),
  route({
    method: "GET",
    url: "/exports/:exportId/file",
    summary: "The export as one zip; parts of it can be asked for, so that a broken download goes on",
    policy: "look",
    on: "export",
    answer: file("application/zip"),
    handle: ({ parts, object }) => exportPayload(parts, object),
  }),
  route({
    method: "DELETE",
    url: "/exports/:exportId",
    summary: "Delete an export; it can be made again",
    policy: "edit",
    on: "export",
    answer: empty,
    async handle({ parts, agent, object }) {
      await removeExport(parts.store, agent, object);
      return undefined;
    },
  }),
];

async function exportPayload(parts: ServerParts, record: ExportRecord): Promise<FilePayload> {
  const path = exportFile(parts.store, record.id);
  const found = await stat(path).catch(() => null);
  if (found === null) {
    throw new FoundryError("request.notFound", {
      message: "The files of this export are gone.",
      hint: "Export again: the same version gives the same files.",
    });
  }
  const fileName = `${record.title.replaceAll(/[^A-Za-z0-9.@_-]+/g, "-").replace(/-+$/, "")}.zip`;
  return { type: "application/zip", etag: `${record.id}-${record.digest}`, fileName, path, size: found.size };
}
