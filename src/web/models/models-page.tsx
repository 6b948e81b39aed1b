/** Models: train, watch the curve, compare, release. */

import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Play, Upload } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Model } from "#api/index.ts";
import { isFinal, useCan, useDatasets, useJobs, useModels, useRuns } from "../client/index.ts";
import { ImproveSection } from "../learn/improve-section.tsx";
import { Button, Empty, Loading, Page, Problem, plural, Section } from "../ui/index.ts";
import { ErrorLegend } from "./error-classes.tsx";
import { ImportModelSheet } from "./import-model-sheet.tsx";
import { RunPanel } from "./run-panel.tsx";
import { testEvaluation } from "./scores.ts";
import { TrainSheet } from "./train-sheet.tsx";
import { VersionRow } from "./version-row.tsx";
import { ModelVersionSheet } from "./version-sheet.tsx";

const route = getRouteApi("/p/$projectId/models");

export function ModelsPage(): ReactNode {
  const { projectId } = route.useParams();
  const { version } = route.useSearch();
  const navigate = useNavigate({ from: "/p/$projectId/models" });
  const models = useModels(projectId);
  const datasets = useDatasets(projectId);
  const canTrain = useCan("annotator");
  const [training, setTraining] = useState(false);
  const [importing, setImporting] = useState(false);
  const list = (models.data?.models ?? []).filter((model) => model.versions.length > 0);
  const hasDataset = (datasets.data?.datasets ?? []).some((dataset) => dataset.versions.length > 0);
  const open = (versionId: string | undefined) =>
    void navigate({
      search: versionId === undefined ? {} : { version: versionId },
      replace: versionId === undefined,
    });

  return (
    <Page
      title="Models"
      facts={
        models.isSuccess
          ? plural(
              list.reduce((sum, model) => sum + model.versions.length, 0),
              "version",
            )
          : undefined
      }
      actions={
        canTrain && (
          <>
            <Button onClick={() => setImporting(true)}>
              <Upload aria-hidden="true" className="size-4" />
              Import
            </Button>
            <Button look="primary" onClick={() => setTraining(true)}>
              <Play aria-hidden="true" className="size-4" />
              Train
            </Button>
          </>
        )
      }
    >
      <div className="flex max-w-7xl flex-col gap-8">
        <ActiveRuns projectId={projectId} />
        <div className="max-w-xl rounded-lg border border-line bg-panel p-4">
          <ImproveSection projectId={projectId} baseId={null} level={2} />
        </div>
        {models.isPending ? (
          <Loading text="Reading the models …" />
        ) : models.isError ? (
          <Problem error={models.error} onRetry={() => void models.refetch()} />
        ) : list.length === 0 ? (
          <Empty title="No model yet">
            {hasDataset
              ? "Train one on a dataset version of this project."
              : "First freeze a dataset version of accepted images, then train on it."}
          </Empty>
        ) : (
          list.map((model) => <ModelVersions key={model.id} model={model} onOpen={open} />)
        )}
      </div>
      <TrainSheet projectId={projectId} open={training} onClose={() => setTraining(false)} />
      <ImportModelSheet
        projectId={projectId}
        open={importing}
        onClose={() => setImporting(false)}
        onImported={(imported) => open(imported.id)}
      />
      <ModelVersionSheet
        projectId={projectId}
        models={list}
        loading={models.isPending}
        versionId={version}
        onClose={() => open(undefined)}
      />
    </Page>
  );
}

function ModelVersions({ model, onOpen }: { model: Model; onOpen: (versionId: string) => void }): ReactNode {
  const newestFirst = [...model.versions].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  const hasErrors = model.versions.some((version) => testEvaluation(version) !== undefined);
  return (
    <Section
      title={model.name}
      note={plural(model.versions.length, "version")}
      actions={hasErrors ? <ErrorLegend /> : undefined}
    >
      <div className="overflow-x-auto rounded-lg border border-line bg-panel px-4 py-1">
        <table className="table min-w-220 table-fixed">
          <caption className="sr-only">Versions of {model.name}, newest first</caption>
          <thead>
            <tr>
              <th className="w-24">Version</th>
              <th className="w-28">Stage</th>
              <th>Trained on</th>
              <th className="num w-32">AP@0.5, test</th>
              <th className="num w-32">F1@0.5, test</th>
              <th className="w-60">Errors on test cells</th>
              <th className="w-28">Made</th>
            </tr>
          </thead>
          <tbody>
            {newestFirst.map((version) => (
              <VersionRow key={version.id} version={version} onOpen={() => onOpen(version.id)} />
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

/** Runs whose job is not over yet, and the last one that failed or was cancelled stays under Jobs. */
function ActiveRuns({ projectId }: { projectId: string }): ReactNode {
  const jobs = useJobs().data?.jobs ?? [];
  const active = jobs.filter((job) => job.kind === "train" && job.projectId === projectId && !isFinal(job));
  const runs =
    useRuns(
      projectId,
      active.map((job) => job.id),
    ).data?.runs ?? [];
  return active.map((job) => (
    <RunPanel key={job.id} job={job} run={runs.find((run) => run.jobId === job.id)} />
  ));
}
