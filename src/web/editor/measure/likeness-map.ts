/** The map of likeness as columns of the table: whatever plots, lists and saves features does so with it, too. */

import type { MeasureColumn, MeasureTable } from "#core/measure/index.ts";
import type { UmapPlaces } from "#core/umap/index.ts";

export interface LikenessMap {
  /** Cells that the map was made of. */
  readonly ids: readonly string[];
  readonly places: UmapPlaces;
}

/** Features that say what a cell is like: all but where it lies, and what an earlier map said. */
export function mapFeatures(table: MeasureTable): readonly MeasureColumn[] {
  return table.columns.filter(
    ({ group, key }) =>
      group !== "place" && group !== "umap" && key !== "orientation_deg" && key !== "at_edge",
  );
}

/** Cells that came since are not on the map: NaN. */
export function mapColumns({ ids, places }: LikenessMap, rows: readonly string[]): MeasureColumn[] {
  const at = new Map(ids.map((uid, i) => [uid, i]));
  const column = (key: string, title: string, values: Float64Array): MeasureColumn => ({
    ...{ key, title, unit: "", group: "umap", whole: false },
    values: Float64Array.from(rows, (uid) => values[at.get(uid) ?? -1] ?? Number.NaN),
  });
  return [column("umap_1", "UMAP 1", places.x), column("umap_2", "UMAP 2", places.y)];
}
