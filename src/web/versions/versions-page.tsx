/** Versions of an image's labels: compare, merge, history, blame. The address carries what is shown. */

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { ImageDetail, LayerSummary } from "#api/index.ts";
import { useBranches, useImage, useLayerRevisions } from "../client/index.ts";
import { buttonClass, Choice, classNames, Empty, Loading, Page, Problem } from "../ui/index.ts";
import { BlameTab } from "./blame-tab.tsx";
import { CompareTab } from "./compare-tab.tsx";
import { HistoryTab } from "./history-tab.tsx";
import { MergeTab } from "./merge-tab.tsx";
import { type VersionsSearch, type VersionTab, versionTabs } from "./versions-search.ts";

const tabWords: Readonly<Record<VersionTab, string>> = {
  compare: "Compare",
  merge: "Branches and merge",
  history: "History",
  blame: "Who made what",
};

export interface VersionsPageProps {
  readonly imageId: string;
  readonly search: VersionsSearch;
  readonly onSearch: (search: VersionsSearch) => void;
}

export function VersionsPage({ imageId, search, onSearch }: VersionsPageProps): ReactNode {
  const image = useImage(imageId);
  if (image.data === undefined) {
    return (
      <div className="p-6">
        {image.isError ? (
          <Problem page error={image.error} onRetry={() => void image.refetch()} />
        ) : (
          <Loading text="Opening the image …" />
        )}
      </div>
    );
  }
  const layer = image.data.layers.find(({ id }) => id === search.layer) ?? image.data.layers[0];
  if (layer === undefined) {
    return (
      <div className="p-6">
        <Empty title="This image has no labels yet">Propose or draw some first.</Empty>
      </div>
    );
  }
  return <Versions image={image.data} layer={layer} search={search} onSearch={onSearch} />;
}

function Versions({
  image,
  layer,
  search,
  onSearch,
}: {
  image: ImageDetail;
  layer: LayerSummary;
  search: VersionsSearch;
  onSearch: (search: VersionsSearch) => void;
}): ReactNode {
  const revisions = useLayerRevisions(layer.id);
  const branches = useBranches(layer.branchOf ?? layer.id);
  const tab = search.tab ?? "compare";
  const change = (part: VersionsSearch): void => onSearch({ ...search, ...part });
  const shared = {
    image,
    layerId: layer.id,
    revisions: revisions.data?.revisions ?? [],
    branches: branches.data?.branches ?? [],
    search,
    onSearch: change,
  };
  return (
    <Page
      wide
      title={`Versions of ${image.name}`}
      actions={
        <>
          {image.layers.length > 1 && (
            <Choice
              hideLabel
              label="Labels"
              className="w-48"
              items={image.layers.map((one) => ({ value: one.id, label: layerWords(one) }))}
              value={layer.id}
              onChange={(id) => onSearch({ tab, layer: id })}
            />
          )}
          <Link
            to="/p/$projectId/i/$imageId"
            params={{ projectId: image.projectId, imageId: image.id }}
            search={layer.branchOf === null ? {} : { layer: layer.id }}
            className={buttonClass()}
          >
            Back to the image
          </Link>
        </>
      }
    >
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <nav aria-label="Parts" className="flex shrink-0 gap-1 border-b border-line px-4">
          {versionTabs.map((one) => (
            <button
              key={one}
              type="button"
              aria-current={one === tab ? "page" : undefined}
              data-testid={`tab-${one}`}
              onClick={() => change({ tab: one })}
              className={classNames(
                "h-9 border-b-2 px-3 text-sm hover:text-ink",
                one === tab ? "border-accent text-ink" : "border-transparent text-quiet",
              )}
            >
              {tabWords[one]}
            </button>
          ))}
        </nav>
        <div className="flex min-h-0 flex-1">
          {revisions.data === undefined || branches.data === undefined ? (
            <div className="p-6">
              <Loading text="Reading the revisions …" />
            </div>
          ) : tab === "merge" ? (
            <MergeTab {...shared} layerId={layer.branchOf ?? layer.id} />
          ) : tab === "history" ? (
            <HistoryTab image={image} revisions={shared.revisions} dirty={layer.dirty} onSearch={change} />
          ) : tab === "blame" ? (
            <BlameTab image={image} layerId={layer.id} search={search} onSearch={change} />
          ) : (
            <CompareTab {...shared} />
          )}
        </div>
      </div>
    </Page>
  );
}

const compartmentWords = { nuclear: "Nuclei", wholeCell: "Whole cells", cytoplasm: "Cytoplasm" } as const;

function layerWords({ name, compartment, branchOf }: LayerSummary): string {
  if (branchOf !== null) return `Branch ${name}`;
  return name === "" ? compartmentWords[compartment] : name;
}
