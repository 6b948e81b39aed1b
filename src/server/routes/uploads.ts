/** Import by upload: any number of files with their folders become one job. */

import { importPlanSchema, jobSchema } from "#api/index.ts";
import { dryRunImport, openSource, planOptions } from "#jobs/index.ts";
import { json, OtherAnswer, route } from "../route.ts";
import { discardUpload, type StagedUpload, stageUpload } from "../staging.ts";

export const uploadRoutes = [
  route({
    method: "POST",
    url: "/projects/:projectId/imports",
    summary:
      "Import uploaded images with their labels and metadata; with `dryRun` only tell what would happen",
    policy: "edit",
    on: "project",
    form: {
      file: "File: one part per file; its file name is the relative path, with folders",
      metadata: "File: CSV sheet that joins by file name and sets metadata and the leakage group",
      format: "Format of the import; default `auto`",
      licence: "Licence of the images, SPDX name or words; default `unknown`",
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
            await dryRunImport(await openSource(params), await planOptions(params)),
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
];

const fieldNames = ["format", "licence", "dryRun"] as const;

function wordsOf({ fields }: StagedUpload): { format?: string; licence?: string } {
  const [format, licence] = [fields.get("format"), fields.get("licence")];
  return {
    ...(format === undefined || format === "" ? {} : { format }),
    ...(licence === undefined || licence === "" ? {} : { licence: licence.slice(0, 200) }),
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
