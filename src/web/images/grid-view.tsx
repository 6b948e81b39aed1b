/** The grid with its query, filters and selection, and what stands there while there is nothing. */

import { type ReactNode, useCallback, useMemo, useState } from "react";
import { type ImageFilter, useCan, useImages } from "../client/index.ts";
import { Bone, Button, Empty, Loading, Problem } from "../ui/index.ts";
import { FilterChips } from "./filter-chips.tsx";
import { ImageGrid } from "./image-grid.tsx";
import type { ImagesSearch } from "./images-search.ts";
import { QueryBar } from "./query-bar.tsx";
import { nothing, type Selection, selectedCount, toggleSelected } from "./selection.ts";
import { SelectionBar } from "./selection-bar.tsx";

export function GridView({
  projectId,
  search,
  filter,
  labelOf,
  onChange,
  onImport,
}: {
  projectId: string;
  search: ImagesSearch;
  filter: ImageFilter;
  labelOf: (curie: string) => string | undefined;
  onChange: (next: Partial<ImagesSearch>) => void;
  onImport: () => void;
}): ReactNode {
  const canEdit = useCan("annotator");
  const images = useImages(projectId, useOrdered(filter, search));
  const first = images.data?.pages[0];
  const items = useMemo(() => images.data?.pages.flatMap((page) => page.items) ?? [], [images.data]);
  const shown = useMemo(() => items.map(({ id }) => id), [items]);
  const [selection, setSelection] = useSelection(search);
  const select = useCallback(
    (id: string, extend: boolean) => setSelection((before) => toggleSelected(before, id, shown, extend)),
    [setSelection, shown],
  );
  const total = first?.total ?? 0;
  const selecting = selectedCount(selection, total) > 0;
  return (
    <>
      <QueryBar
        search={search}
        onChange={onChange}
        shown={first?.total}
        error={images.isError ? images.error : null}
      />
      {selecting ? (
        <SelectionBar
          projectId={projectId}
          search={search}
          selection={selection}
          total={total}
          onChange={setSelection}
        />
      ) : (
        <FilterChips projectId={projectId} search={search} labelOf={labelOf} onChange={onChange} />
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys that reach here from the cards inside */}
      <div
        className="min-h-0 flex-1"
        onKeyDown={(event) => {
          if (!canEdit || event.key.toLowerCase() !== "a" || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          setSelection({ kind: "query" });
        }}
      >
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
              filtered={search.q !== undefined || search.search !== undefined}
              canImport={canEdit}
              onClear={() => onChange({ q: undefined, search: undefined } as Partial<ImagesSearch>)}
              onImport={onImport}
            />
          </div>
        ) : (
          <ImageGrid
            items={items}
            labels={search.labels !== false}
            fading={images.isPlaceholderData}
            selection={selection}
            onSelect={canEdit ? select : undefined}
            onNearEnd={() => {
              if (images.hasNextPage && !images.isFetchingNextPage) void images.fetchNextPage();
            }}
          />
        )}
      </div>
    </>
  );
}

function useOrdered(filter: ImageFilter, { order, down }: ImagesSearch): ImageFilter {
  return useMemo(
    () => ({
      ...filter,
      ...(order === undefined ? {} : { order }),
      ...(down === true ? { descending: 1 as const } : {}),
    }),
    [filter, order, down],
  );
}

/** A selection belongs to the query it was made under. */
function useSelection({ q, search }: ImagesSearch) {
  const [selection, setSelection] = useState<Selection>(nothing);
  const under = `${q ?? ""}\n${search ?? ""}`;
  const [last, setLast] = useState(under);
  if (under !== last) {
    setLast(under);
    setSelection(nothing);
  }
  return [selection, setSelection] as const;
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
        Remove a filter above or a tick at the left.
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
