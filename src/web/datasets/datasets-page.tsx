/** Datasets: preview what a query would freeze, freeze it, and read the versions that exist. */

import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { Dataset, DatasetVersion } from "#api/index.ts";
import { useCan, useDatasets } from "../client/index.ts";
import {
  Button,
  Empty,
  formatCount,
  formatWhen,
  Loading,
  Page,
  Problem,
  plural,
  Section,
} from "../ui/index.ts";
import { changeSentence, totals } from "./change-sentence.ts";
import { FreezePanel } from "./freeze-panel.tsx";
import { ProposalLine } from "./proposal-line.tsx";
import { SplitBar } from "./split-picture.tsx";
import { VersionSheet } from "./version-sheet.tsx";

const route = getRouteApi("/p/$projectId/datasets");

export function DatasetsPage(): ReactNode {
  const { projectId } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/p/$projectId/datasets" });
  const datasets = useDatasets(projectId);
  const canFreeze = useCan("annotator");
  const [shown, setShown] = useState<{ readonly name: string; readonly query: string }>();
  const list = datasets.data?.datasets ?? [];
  const versionCount = list.reduce((sum, dataset) => sum + dataset.versions.length, 0);
  const open = (version: string | undefined) =>
    void navigate({ search: (before) => ({ ...before, version }), replace: version === undefined });

  return (
    <Page
      title="Datasets"
      facts={
        datasets.isSuccess && versionCount > 0
          ? `${plural(list.length, "dataset")}, ${plural(versionCount, "frozen version")}`
          : undefined
      }
    >
      {datasets.isPending ? (
        <Loading text="Reading the datasets …" />
      ) : datasets.isError ? (
        <Problem error={datasets.error} onRetry={() => void datasets.refetch()} />
      ) : (
        <div className="flex max-w-7xl flex-col gap-8">
          {canFreeze && (
            <FreezePanel
              key={`${shown?.name} ${shown?.query}`}
              projectId={projectId}
              query={shown?.query ?? search.q ?? ""}
              name={shown?.name}
              datasets={list}
              onFrozen={open}
            />
          )}
          <div className="flex min-w-0 flex-col gap-8">
            {list.length === 0 ? (
              <Empty title="No dataset yet">
                A dataset version is a frozen choice of images with accepted labels, split by group into
                train, validation and test. It never changes, so a model trained on it can always be traced
                and repeated.
              </Empty>
            ) : (
              list.map((dataset) => (
                <DatasetVersions key={dataset.id} dataset={dataset} onOpen={open}>
                  {canFreeze && (
                    <ProposalLine
                      projectId={projectId}
                      dataset={dataset}
                      onFrozen={open}
                      onShow={(name, query) => setShown({ name, query })}
                    />
                  )}
                </DatasetVersions>
              ))
            )}
          </div>
        </div>
      )}
      <VersionSheet versionId={search.version} onClose={() => open(undefined)} />
    </Page>
  );
}

/** Newest first; older ones fold away. */
const VERSIONS_SHOWN = 6;

function DatasetVersions({
  dataset,
  onOpen,
  children,
}: {
  dataset: Dataset;
  onOpen: (versionId: string) => void;
  children: ReactNode;
}): ReactNode {
  const [all, setAll] = useState(false);
  const newestFirst = [...dataset.versions].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  const shown = all ? newestFirst : newestFirst.slice(0, VERSIONS_SHOWN);
  return (
    <Section title={dataset.name} note={plural(dataset.versions.length, "version")}>
      {children}
      <ol className="overflow-hidden rounded-lg border border-line bg-panel">
        {shown.map((version) => (
          <VersionRow key={version.id} version={version} onOpen={() => onOpen(version.id)} />
        ))}
      </ol>
      {newestFirst.length > shown.length && (
        <Button look="quiet" size="small" className="self-start" onClick={() => setAll(true)}>
          Show {newestFirst.length - shown.length} older
        </Button>
      )}
    </Section>
  );
}

function VersionRow({ version, onOpen }: { version: DatasetVersion; onOpen: () => void }): ReactNode {
  const all = totals(version.split);
  return (
    <li className="border-b border-line last:border-b-0">
      <button
        type="button"
        onClick={onOpen}
        className="grid w-full grid-cols-[4.5rem_minmax(0,1fr)_11rem] gap-x-4 gap-y-1 px-4 py-3 text-left hover:bg-hover focus-visible:-outline-offset-2"
      >
        <span className="font-semibold">{version.version}</span>
        <span className="min-w-0">
          <span className="block truncate">
            {version.message === "" ? changeSentence(version.changes) : version.message}
          </span>
          <span className="block text-sm text-quiet">
            {version.message === "" ? "" : `${changeSentence(version.changes)} · `}
            {version.agent.name} · {formatWhen(version.createdAt, Date.now())}
          </span>
        </span>
        <span className="flex flex-col justify-center gap-1.5 text-sm">
          <span>
            {plural(all.images, "image")} · {formatCount(all.cells)} cells
          </span>
          <SplitBar split={version.split} slim />
        </span>
      </button>
    </li>
  );
}
