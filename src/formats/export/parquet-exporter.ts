/** The table of all cells alone, with their measurements: for statistics, not for training. */
import type { Exporter } from "./export-item.ts";
import { objectTable } from "./object-table.ts";

export const parquetExporter: Exporter = {
  format: "parquet",
  title: "Table of cells (Parquet)",
  explains: "One row per cell with place, size, shape, brightness per channel, type, maker and split.",
  drops: ["pixels", "outlines", "tracks"],
  keepsOverlaps: true,
  async *write(source, facts) {
    yield { path: "objects.parquet", bytes: objectTable(source.items(), facts) };
  },
  loader: `# pip install pandas pyarrow
import pathlib
import pandas as pd

here = pathlib.Path(__file__).resolve().parent
cells = pd.read_parquet(here / "objects.parquet")
print(cells.groupby(["split", "compartment"], dropna=False)["area_px"].describe())
`,
};
