/** How features are named and grouped for people, and which are looked at first. Pure. */

import type { MeasureColumn, MeasureTable } from "#core/measure/index.ts";

export interface FeatureGroup {
  readonly group: string;
  readonly title: string;
  readonly columns: readonly MeasureColumn[];
}

const groupTitles: Readonly<Record<string, string>> = {
  place: "Place",
  shape: "Shape",
  neighbours: "Neighbours",
  compartments: "Compartments",
  spots: "Spots",
  umap: "UMAP",
};

/** "Area, µm²". Intensities have no unit of their own. */
export function featureName({ title, unit }: MeasureColumn): string {
  return unit === "" || unit === "intensity" ? title : `${title}, ${unit}`;
}

/** Columns by group, in the order of the table, the shape first; channels by their names. */
export function featureGroups(table: MeasureTable, channels: readonly string[]): FeatureGroup[] {
  const groups = new Map<string, MeasureColumn[]>();
  for (const column of table.columns) {
    const members = groups.get(column.group);
    if (members === undefined) groups.set(column.group, [column]);
    else members.push(column);
  }
  const place = groups.get("place");
  groups.delete("place");
  if (place !== undefined) groups.set("place", place);
  return [...groups].map(([group, columns]) => ({
    group,
    title: groupTitles[group] ?? channels[Number(group.slice(1))] ?? group,
    columns,
  }));
}

/** Column of a key, else the first of the fallbacks that the table has. */
export function featureOr(table: MeasureTable, key: string | null, ...fallbacks: string[]): MeasureColumn {
  for (const wanted of [key, ...fallbacks]) {
    const found = table.columns.find((column) => column.key === wanted);
    if (found !== undefined) return found;
  }
  return table.columns[0] as MeasureColumn;
}
