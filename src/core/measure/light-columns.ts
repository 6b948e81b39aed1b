/** Columns of light per channel and compartment, to be filled, and columns about the compartments themselves. */

import type { ObjectShape } from "../labels/index.ts";
import type { CellParts } from "./cell-parts.ts";
import { lightStatistics } from "./light-statistics.ts";
import { emptyColumn, type MeasureColumn } from "./measure-table.ts";
import { areaOrZero, type PixelSize } from "./shape-columns.ts";

type Region = "" | "nuclear" | "cytoplasm";

export interface LightColumns {
  /** What is measured; null where the cell has no such part. */
  readonly shapes: readonly (ObjectShape | null)[];
  /** In the order of `lightStatistics`. */
  readonly columns: readonly MeasureColumn[];
}

/** Number and size of the nuclei of each cell. */
export function compartmentColumns(
  shapes: readonly ObjectShape[],
  parts: CellParts,
  mpp: PixelSize | null,
): MeasureColumn[] {
  const group = "compartments" as const;
  const areas = Float64Array.from(parts.nuclear, areaOrZero);
  const unit = mpp === null ? null : mpp.y * mpp.x;
  const counts = Float64Array.from(parts.nucleusCounts);
  const share = areas.map((area, i) => area / areaOrZero(shapes[i] as ObjectShape));
  return [
    { key: "nucleus_count", title: "Nuclei", unit: "", group, whole: true, values: counts },
    { key: "nuclear_area_px", title: "Nuclear area", unit: "px", group, whole: true, values: areas },
    ...(unit === null
      ? []
      : [
          {
            key: "nuclear_area_um2",
            title: "Nuclear area",
            unit: "µm²" as const,
            group,
            whole: false,
            values: areas.map((area) => area * unit),
          },
        ]),
    { key: "nuclear_share", title: "Nuclear share of area", unit: "", group, whole: false, values: share },
  ];
}

/** Columns of one channel, full of NaN: of the whole cells, and of nucleus and cytoplasm where they are known. */
export function lightColumns(
  name: string,
  channel: number,
  shapes: readonly ObjectShape[],
  parts: CellParts | null,
): LightColumns[] {
  const regions: [Region, readonly (ObjectShape | null)[]][] = [["", shapes]];
  if (parts !== null) regions.push(["nuclear", parts.nuclear], ["cytoplasm", parts.cytoplasm]);
  return regions.map(([region, members]) => ({
    shapes: members,
    columns: lightStatistics.map((statistic) =>
      emptyColumn(
        {
          key: [`c${channel}`, region, statistic].filter((part) => part !== "").join("_"),
          title: [name, region, statisticWords[statistic]].filter((part) => part !== "").join(" "),
          unit: "intensity",
          group: `c${channel}`,
          whole: false,
        },
        shapes.length,
      ),
    ),
  }));
}

const statisticWords: Readonly<Record<(typeof lightStatistics)[number], string>> = {
  mean: "mean",
  median: "median",
  min: "minimum",
  max: "maximum",
  sum: "sum",
  sd: "standard deviation",
  p5: "5th percentile",
  p25: "25th percentile",
  p75: "75th percentile",
  p95: "95th percentile",
};

/** Columns of a channel, with the ratio of the means of nucleus and cytoplasm where both are measured. */
export function withRatio(regions: readonly LightColumns[], channel: number, name: string): MeasureColumn[] {
  const columns = regions.flatMap((region) => region.columns);
  const [nuclear, cytoplasm] = [regions[1]?.columns[0]?.values, regions[2]?.columns[0]?.values];
  if (nuclear === undefined || cytoplasm === undefined) return columns;
  const values = nuclear.map((mean, i) =>
    cytoplasm[i] === 0 ? Number.NaN : mean / (cytoplasm[i] as number),
  );
  const group = `c${channel}` as const;
  const key = `c${channel}_nuclear_to_cytoplasm`;
  return [...columns, { key, title: `${name} nuclear to cytoplasm`, unit: "", group, whole: false, values }];
}
