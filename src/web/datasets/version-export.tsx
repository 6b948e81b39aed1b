/**
 * Export of a version: choose who shall read it, start, watch, download; or copy the command that does the same.
 *
 * What a format cannot hold stands beside it before anything is started.
 */

import { type ReactNode, useState } from "react";
import type { DatasetVersionDetail, ExportRecord, Job } from "#api/index.ts";
import {
  exportFileUrl,
  isFinal,
  toFoundryError,
  useCan,
  useDeleteExport,
  useExportFormats,
  useExports,
  useJobs,
  useStartExport,
} from "../client/index.ts";
import { JobProgress } from "../jobs/index.ts";
import {
  Button,
  buttonClass,
  Choice,
  CopyBlock,
  formatBytes,
  formatWhen,
  Problem,
  ProblemText,
  plural,
  Section,
} from "../ui/index.ts";

/** Taken first: the one format that loses next to nothing and that most programs of the field read. */
const firstFormat = "ome-zarr";

export function VersionExport({ version }: { version: DatasetVersionDetail }): ReactNode {
  const canExport = useCan("annotator");
  const formats = useExportFormats(true);
  const [format, setFormat] = useState(firstFormat);
  const [jobId, setJobId] = useState<string>();
  const start = useStartExport(version.id);
  const jobs = useJobs().data?.jobs.filter(({ kind }) => kind === "export") ?? [];
  const job = jobs.find(({ id }) => id === jobId);
  const chosen = formats.data?.formats.find((one) => one.format === format);
  const command = `cellfoundry dataset export ${version.name}@${version.version} --format ${format} --out ${version.name}-${format}`;
  return (
    <Section title="Export">
      {formats.isError && <Problem error={formats.error} onRetry={() => void formats.refetch()} />}
      <div className="flex flex-wrap items-end gap-3">
        <Choice
          label="Format"
          className="min-w-64 flex-1"
          items={(formats.data?.formats ?? []).map((one) => ({
            value: one.format,
            label: one.title,
            note: one.explains,
          }))}
          value={formats.data === undefined ? null : format}
          onChange={setFormat}
        />
        {canExport && (
          <Button
            look="primary"
            busy={start.isPending || (job !== undefined && !isFinal(job))}
            onClick={() => start.mutate(format, { onSuccess: ({ id }) => setJobId(id) })}
          >
            Export
          </Button>
        )}
      </div>
      {chosen !== undefined && (
        <p className="text-sm text-quiet">
          {chosen.explains}{" "}
          {chosen.drops.length === 0
            ? "Nothing is lost."
            : `Not held by the format: ${chosen.drops.join("; ")}.`}
        </p>
      )}
      {start.isError && <ProblemText error={toFoundryError(start.error)} />}
      {job !== undefined && <JobProgress job={job} />}
      <Finished version={version} jobs={jobs} />
      <CopyBlock label="The same on the command line" text={command} />
    </Section>
  );
}

function Finished({ version, jobs }: { version: DatasetVersionDetail; jobs: readonly Job[] }): ReactNode {
  const ended = jobs.filter(isFinal).length;
  const list = useExports(version.projectId, ended);
  const own = list.data?.exports.filter(({ datasetVersionId }) => datasetVersionId === version.id) ?? [];
  if (list.isError) return <Problem error={list.error} onRetry={() => void list.refetch()} />;
  if (own.length === 0) return null;
  return (
    <ul className="flex flex-col divide-y divide-line" aria-label="Finished exports">
      {own.map((record) => (
        <FinishedExport key={record.id} record={record} />
      ))}
    </ul>
  );
}

function FinishedExport({ record }: { record: ExportRecord }): ReactNode {
  const canDelete = useCan("annotator");
  const remove = useDeleteExport(record.projectId);
  return (
    <li className="flex flex-wrap items-center gap-3 py-2">
      <div className="min-w-0 flex-1">
        <div className="truncate">{record.title}</div>
        <div className="text-sm text-quiet">
          {plural(record.imageCount, "image")}, {plural(record.cellCount, "cell")},{" "}
          {formatBytes(record.bytes)}, {formatWhen(record.createdAt, Date.now())}
        </div>
      </div>
      <a className={buttonClass()} href={exportFileUrl(record.id)} download>
        Download
      </a>
      {canDelete && (
        <Button look="quiet" busy={remove.isPending} onClick={() => remove.mutate(record.id)}>
          Delete
        </Button>
      )}
    </li>
  );
}
