/** What `dataset export` and `images export` share: the options, running the job, the report. */

import { resolve } from "node:path";
import { exportFormats } from "#formats/export/index.ts";
import type { JobSpec } from "#jobs/index.ts";
import { type Command, type CommandInput, flagOption, requiredOption } from "../command.ts";
import { followJob } from "../follow-job.ts";
import type { OpenedStore } from "../open.ts";
import { counted } from "../output.ts";

export const exportOptions = {
  format: { type: "string", value: "F", help: exportFormats.join(", ") },
  out: { type: "string", value: "DIR", help: "Folder to make; it must not hold anything yet" },
  zip: { type: "boolean", help: "Write DIR.zip instead of a folder" },
} as const;

type ExportSpec = Extract<JobSpec, { kind: "export" }>;

/** @throws FoundryError of the job. */
export async function runExport(
  opened: OpenedStore,
  input: CommandInput,
  command: Command,
  what: Pick<ExportSpec, "projectId" | "title"> & {
    readonly params: Pick<ExportSpec["params"], "datasetVersionId" | "selection">;
  },
): Promise<void> {
  const format = requiredOption(input, "format", command);
  const out = resolve(requiredOption(input, "out", command));
  const outPath = flagOption(input, "zip") && !out.toLowerCase().endsWith(".zip") ? `${out}.zip` : out;
  const job = await followJob(opened, input, {
    kind: "export",
    projectId: what.projectId,
    title: what.title,
    params: { ...what.params, format, outPath },
  });
  const result = job.result ?? {};
  input.out.result({ ...result, jobId: job.id }, () =>
    [
      `${String(result["title"])}: ${counted(Number(result["imageCount"]), "image")} with ${counted(Number(result["cellCount"]), "cell")}.`,
      ...(Number(result["leftOut"]) > 0
        ? [
            `${counted(Number(result["leftOut"]), "image")} without accepted labels left out: the format holds labels.`,
          ]
        : []),
      ...(Array.isArray(result["notes"]) ? result["notes"].map(String) : []),
      `Written to ${outPath} (${counted(Number(result["fileCount"]), "file")}).`,
      `Digest ${String(result["digest"])}`,
    ].join("\n"),
  );
}
