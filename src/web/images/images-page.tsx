/** The images of a project: find, look, chart, edit, import, pre-label. The address keeps everything one chose. */

import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { ChartColumn, Database, FolderInput, Images, Trash2, Wand } from "lucide-react";
import { lazy, type ReactNode, Suspense, useCallback, useMemo, useState } from "react";
import { type ImageFilter, type NamedFile, useCan, useProject } from "../client/index.ts";
import { Button, buttonClass, classNames, Page, Problem, plural } from "../ui/index.ts";
import { ChartsView } from "./charts-view.tsx";
import { DropArea } from "./drop-area.tsx";
import { FacetPanel } from "./facet-panel.tsx";
import { FilterChips } from "./filter-chips.tsx";
import { GridView } from "./grid-view.tsx";
import type { ImagesSearch, ImagesView } from "./images-search.ts";
import { PrelabelSheet } from "./prelabel-sheet.tsx";
import { TrashView } from "./trash-view.tsx";
import { useTermLabels } from "./use-term-labels.ts";
import { WordsSheet } from "./words-sheet.tsx";

const route = getRouteApi("/p/$projectId");

/** Loaded when somebody imports; most visits only look. */
const ImportSheet = lazy(() =>
  import("../import/index.ts").then((module) => ({ default: module.ImportSheet })),
);

export function ImagesPage(): ReactNode {
  const { projectId } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/p/$projectId" });
  const project = useProject(projectId);
  const canEdit = useCan("annotator");
  const [dropped, setDropped] = useState<readonly NamedFile[] | null>(null);
  const [prelabelling, setPrelabelling] = useState(false);
  const [wordsOpen, setWordsOpen] = useState(false);
  const view: ImagesView = search.view ?? "grid";
  const filter = useMemo(() => filterOf(search), [search]);
  const labelOf = useTermLabels(projectId, filter);

  const set = useCallback(
    (next: Partial<ImagesSearch>) =>
      void navigate({ search: (before) => ({ ...before, ...next }), replace: true }),
    [navigate],
  );

  if (project.isError) {
    return (
      <div className="p-6">
        <Problem page error={project.error} onRetry={() => void project.refetch()} />
      </div>
    );
  }
  const counts = project.data;
  return (
    <DropArea enabled={canEdit} onFiles={setDropped}>
      <Page
        wide
        title={counts?.name ?? "Images"}
        facts={
          counts !== undefined &&
          counts.imageCount > 0 &&
          `${plural(counts.imageCount, "image")} · ${counts.acceptedCount} accepted · ${plural(counts.cellCount, "cell")}`
        }
        actions={
          <>
            <Views view={view} />
            {canEdit && (
              <Actions
                search={search}
                onPrelabel={() => setPrelabelling(true)}
                onImport={() => setDropped([])}
              />
            )}
          </>
        }
      >
        {view === "trash" ? (
          <TrashView projectId={projectId} />
        ) : (
          <>
            <FacetPanel
              projectId={projectId}
              filter={filter}
              onQuery={(q) => set({ q: q || undefined } as Partial<ImagesSearch>)}
              onWords={canEdit ? () => setWordsOpen(true) : undefined}
            />
            <div className="flex min-h-0 min-w-0 flex-1 flex-col">
              {view === "charts" ? (
                <>
                  <FilterChips projectId={projectId} search={search} labelOf={labelOf} onChange={set} />
                  <ChartsView projectId={projectId} filter={filter} search={search} onChange={set} />
                </>
              ) : (
                <GridView
                  projectId={projectId}
                  search={search}
                  filter={filter}
                  labelOf={labelOf}
                  onChange={set}
                  onImport={() => setDropped([])}
                />
              )}
            </div>
          </>
        )}
      </Page>
      {dropped !== null && (
        <Suspense fallback={null}>
          <ImportSheet projectId={projectId} dropped={dropped} onDropped={setDropped} />
        </Suspense>
      )}
      <PrelabelSheet projectId={projectId} open={prelabelling} onClose={() => setPrelabelling(false)} />
      <WordsSheet projectId={projectId} open={wordsOpen} onClose={() => setWordsOpen(false)} />
    </DropArea>
  );
}

function filterOf({ q, search }: ImagesSearch): ImageFilter {
  return { ...(q === undefined ? {} : { q }), ...(search === undefined ? {} : { search }) };
}

const views = [
  { view: "grid", word: "Images", icon: Images },
  { view: "charts", word: "Charts", icon: ChartColumn },
  { view: "trash", word: "Trash", icon: Trash2 },
] as const;

function Views({ view }: { view: ImagesView }): ReactNode {
  return (
    <nav aria-label="Views of the images" className="flex rounded-md border border-edge">
      {views.map(({ view: name, word, icon: Icon }) => (
        <Link
          key={name}
          from="/p/$projectId"
          search={(before: ImagesSearch) => {
            const { view: _, ...rest } = before;
            return name === "grid" ? rest : { ...rest, view: name };
          }}
          aria-current={view === name ? "page" : undefined}
          className={classNames(
            "inline-flex h-7.5 items-center gap-1.5 px-2.5 first:rounded-l-md last:rounded-r-md",
            view === name ? "bg-accent-wash" : "text-quiet hover:bg-hover hover:text-ink",
          )}
        >
          <Icon aria-hidden="true" className="size-4" />
          {word}
        </Link>
      ))}
    </nav>
  );
}

function Actions({
  search,
  onPrelabel,
  onImport,
}: {
  search: ImagesSearch;
  onPrelabel: () => void;
  onImport: () => void;
}): ReactNode {
  const { projectId } = route.useParams();
  return (
    <>
      <Link
        to="/p/$projectId/datasets"
        params={{ projectId }}
        search={search.q === undefined ? {} : { q: search.q }}
        className={buttonClass("quiet")}
      >
        <Database aria-hidden="true" className="size-4" />
        Make dataset
      </Link>
      <Button onClick={onPrelabel}>
        <Wand aria-hidden="true" className="size-4" />
        Pre-label
      </Button>
      <Button look="primary" onClick={onImport}>
        <FolderInput aria-hidden="true" className="size-4" />
        Import
      </Button>
    </>
  );
}
