/** The images of a project: find, look, import, pre-label. The address keeps query, search and labels. */

import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Database, FolderInput, Wand } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import type { Facet } from "#api/index.ts";
import { type NamedFile, useCan, useFacets, useImages, useProject } from "../client/index.ts";
import { Bone, Button, buttonClass, Empty, Loading, Page, Problem, plural } from "../ui/index.ts";
import { DropArea } from "./drop-area.tsx";
import { FacetPanel } from "./facet-panel.tsx";
import { chosenValues, toggleValue, withoutField } from "./facet-query.ts";
import { ImageGrid } from "./image-grid.tsx";
import type { ImagesSearch } from "./images-search.ts";
import { ImportSheet } from "./import-sheet.tsx";
import { PrelabelSheet } from "./prelabel-sheet.tsx";
import { QueryBar } from "./query-bar.tsx";

const route = getRouteApi("/p/$projectId");

export function ImagesPage(): ReactNode {
  const { projectId } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate({ from: "/p/$projectId" });
  const project = useProject(projectId);
  const canEdit = useCan("annotator");
  const [dropped, setDropped] = useState<readonly NamedFile[] | null>(null);
  const [prelabelling, setPrelabelling] = useState(false);

  const filter = useMemo(() => ({ q: search.q, search: search.search }), [search.q, search.search]);
  const images = useImages(projectId, filter);
  const first = images.data?.pages[0];
  const items = useMemo(() => images.data?.pages.flatMap((page) => page.items) ?? [], [images.data]);
  const facets = useAllFacets(projectId, search, first?.facets ?? []);

  const set = (next: Partial<ImagesSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true });
  const isFiltered = (search.q ?? "") !== "" || (search.search ?? "") !== "";

  if (project.isError) {
    return (
      <div className="p-6">
        <Problem error={project.error} onRetry={() => void project.refetch()} />
      </div>
    );
  }
  return (
    <DropArea enabled={canEdit} onFiles={setDropped}>
      <Page
        wide
        title={project.data?.name ?? "Images"}
        facts={
          project.data !== undefined &&
          project.data.imageCount > 0 &&
          `${plural(project.data.imageCount, "image")} · ${project.data.acceptedCount} accepted · ${plural(project.data.cellCount, "cell")}`
        }
        actions={
          canEdit && (
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
              <Button onClick={() => setPrelabelling(true)}>
                <Wand aria-hidden="true" className="size-4" />
                Pre-label
              </Button>
              <Button look="primary" onClick={() => setDropped([])}>
                <FolderInput aria-hidden="true" className="size-4" />
                Import
              </Button>
            </>
          )
        }
      >
        <FacetPanel
          facets={facets}
          chosen={chosenValues(search.q ?? "")}
          onToggle={(field, value) => set({ q: toggleValue(search.q ?? "", field, value) || undefined })}
        />
        <div className="flex min-w-0 flex-1 flex-col">
          <QueryBar
            search={search}
            onChange={set}
            shown={first?.total}
            error={images.isError ? images.error : null}
          />
          <div className="min-h-0 flex-1">
            {images.isPending ? (
              <div className="p-6">
                <Loading text="Reading the images …">
                  <GridBones />
                </Loading>
              </div>
            ) : images.isError && first === undefined ? (
              <div className="p-6">
                <Problem error={images.error} onRetry={() => void images.refetch()} />
              </div>
            ) : items.length === 0 ? (
              <div className="p-6">
                <NothingHere
                  filtered={isFiltered}
                  canImport={canEdit}
                  onClear={() => set({ q: undefined, search: undefined })}
                  onImport={() => setDropped([])}
                />
              </div>
            ) : (
              <ImageGrid
                items={items}
                labels={search.labels !== false}
                fading={images.isPlaceholderData}
                onNearEnd={() => {
                  if (images.hasNextPage && !images.isFetchingNextPage) void images.fetchNextPage();
                }}
              />
            )}
          </div>
        </div>
      </Page>
      <ImportSheet projectId={projectId} dropped={dropped} onDropped={setDropped} />
      <PrelabelSheet projectId={projectId} open={prelabelling} onClose={() => setPrelabelling(false)} />
    </DropArea>
  );
}

/** A ticked field counts without itself, so that its other values stay to choose. */
function useAllFacets(projectId: string, search: ImagesSearch, facets: readonly Facet[]): readonly Facet[] {
  const q = search.q ?? "";
  const ticked = [...chosenValues(q).keys()].filter((field) => facets.some((facet) => facet.field === field));
  const open = useFacets(
    projectId,
    ticked.map((field) => ({ field, q: withoutField(q, field), search: search.search })),
  );
  return facets.map((facet) => open.find((candidate) => candidate.field === facet.field) ?? facet);
}

function NothingHere({
  filtered,
  canImport,
  onClear,
  onImport,
}: {
  filtered: boolean;
  canImport: boolean;
  onClear: () => void;
  onImport: () => void;
}): ReactNode {
  if (filtered) {
    return (
      <Empty title="No image answers this query" action={<Button onClick={onClear}>Show all images</Button>}>
        Remove a word of the search or a tick at the left.
      </Empty>
    );
  }
  if (!canImport) return <Empty title="No images yet">Annotators and owners can import some.</Empty>;
  return (
    <Empty
      title="No images yet"
      action={
        <Button look="primary" onClick={onImport}>
          Import images
        </Button>
      }
    >
      Drop a folder anywhere on this page: TIFF or PNG images, with or without labels. A CSV sheet with a
      column “file” sets metadata and groups.
    </Empty>
  );
}

function GridBones(): ReactNode {
  return (
    <div aria-hidden="true" className="grid grid-cols-[repeat(auto-fill,minmax(11rem,1fr))] gap-4">
      {Array.from({ length: 12 }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: stand-ins without identity
        <Bone key={index} className="h-48" />
      ))}
    </div>
  );
}
