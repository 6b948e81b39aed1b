/** What a selection holds, to look at: two facets crossed, cells per image, pixel sizes, cell lengths, months. */

import type { ReactNode } from "react";
import type { Bin, FacetField, ImageStatistics } from "#api/index.ts";
import { type ImageFilter, useStatistics } from "../client/index.ts";
import { Bone, Choice, Empty, Loading, Problem, plural, Section } from "../ui/index.ts";
import { BarChart } from "./bar-chart.tsx";
import { HeatTable } from "./heat-table.tsx";
import { facetTitles, type ImagesSearch } from "./images-search.ts";

const choices = Object.entries(facetTitles).map(([value, label]) => ({ value, label }));

export function ChartsView({
  projectId,
  filter,
  search,
  onChange,
}: {
  projectId: string;
  filter: ImageFilter;
  search: ImagesSearch;
  onChange: (next: Partial<ImagesSearch>) => void;
}): ReactNode {
  const rows = search.rows ?? "organ";
  const columns = search.columns ?? "platform";
  const statistics = useStatistics(projectId, { ...filter, rows, columns });
  return (
    <div
      className="flex min-h-0 flex-1 flex-col gap-8 overflow-y-auto p-6"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
    >
      {statistics.isPending ? (
        <Loading text="Counting …">
          <Bone className="h-64 w-full" />
        </Loading>
      ) : statistics.data === undefined ? (
        <Problem error={statistics.error} onRetry={() => void statistics.refetch()} />
      ) : statistics.data.images === 0 ? (
        <Empty title="No images to count">Import images, or remove a filter.</Empty>
      ) : (
        <Charts data={statistics.data} rows={rows} columns={columns} onChange={onChange} />
      )}
    </div>
  );
}

function Charts({
  data,
  rows,
  columns,
  onChange,
}: {
  data: ImageStatistics;
  rows: FacetField;
  columns: FacetField;
  onChange: (next: Partial<ImagesSearch>) => void;
}): ReactNode {
  return (
    <>
      <Section
        title={`Cells by ${facetTitles[rows].toLowerCase()} and ${facetTitles[columns].toLowerCase()}`}
        note={`${plural(data.images, "image")}, ${plural(data.cells, "cell")}`}
        actions={
          <>
            <Choice
              label="Rows"
              hideLabel
              className="w-40"
              items={choices}
              value={rows}
              onChange={(value) => onChange({ rows: value as FacetField })}
            />
            <span aria-hidden="true">×</span>
            <Choice
              label="Columns"
              hideLabel
              className="w-40"
              items={choices}
              value={columns}
              onChange={(value) => onChange({ columns: value as FacetField })}
            />
          </>
        }
      >
        <HeatTable cross={data.cross} caption={`Cells by ${facetTitles[rows]} and ${facetTitles[columns]}`} />
      </Section>
      <div className="grid grid-cols-[repeat(auto-fit,minmax(22rem,1fr))] gap-8">
        <BarChart title="Cells per image" unit="cells" bars={bars(data.cellsPerImage)} of="images" />
        <BarChart title="Pixel size" unit="µm per pixel" bars={bars(data.pixelSize)} of="images" />
        {data.cellLength === null ? (
          <figure>
            <figcaption className="font-semibold">Cell length</figcaption>
            <p className="mt-2 text-sm text-quiet">
              Too many cells to measure at once. Choose a filter first.
            </p>
          </figure>
        ) : (
          data.cellLength.map(({ compartment, bins }) => (
            <BarChart
              key={compartment}
              title={`Cell length, ${compartment === "wholeCell" ? "whole cell" : compartment}`}
              note="longer side of the bounding box"
              unit="µm"
              bars={bars(bins)}
              of="cells"
            />
          ))
        )}
        <BarChart
          title="Images by month of import"
          unit=""
          bars={data.imported.map(({ month, images, cells }) => ({ label: month, images, cells }))}
          of="images"
        />
      </div>
    </>
  );
}

/** Bins as bars named by their lower edge; the unknown last. */
function bars(bins: readonly Bin[]): { label: string; name: string; images: number; cells: number }[] {
  return bins.map(({ low, high, images, cells }) => ({
    label: low === null ? "?" : String(low),
    name: low === null ? "not known" : high === null ? `from ${low}` : `${low} to below ${high}`,
    images,
    cells,
  }));
}
