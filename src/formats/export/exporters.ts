/** All exports, in the order in which people are offered them. */
import { FoundryError } from "#core/errors.ts";
import { cellposeExporter } from "./cellpose-exporter.ts";
import { cocoExporter } from "./coco-exporter.ts";
import { ctcExporter } from "./ctc-exporter.ts";
import { deepcellLabelExporter } from "./deepcell-label-exporter.ts";
import type { Exporter } from "./export-item.ts";
import { geffExporter } from "./geff-exporter.ts";
import { geojsonExporter } from "./geojson-exporter.ts";
import { huggingFaceExporter } from "./hugging-face-exporter.ts";
import { npzExporter } from "./npz-exporter.ts";
import { omeZarrExporter } from "./ome-zarr-exporter.ts";
import { parquetExporter } from "./parquet-exporter.ts";
import { roiExporter } from "./roi-exporter.ts";
import { stardistExporter } from "./stardist-exporter.ts";
import { trackCsvExporter } from "./track-csv-exporter.ts";
import { trackmateExporter } from "./trackmate-exporter.ts";
import { trkExporter } from "./trk-exporter.ts";

export const exporters: readonly Exporter[] = [
  omeZarrExporter,
  cocoExporter,
  cellposeExporter,
  stardistExporter,
  npzExporter,
  ctcExporter,
  trkExporter,
  geffExporter,
  trackmateExporter,
  trackCsvExporter,
  geojsonExporter,
  roiExporter,
  deepcellLabelExporter,
  parquetExporter,
  huggingFaceExporter,
];

/** Names for `--format`. */
export const exportFormats: readonly string[] = exporters.map(({ format }) => format);

/** @throws FoundryError `request.invalid`. */
export function exporterNamed(format: string): Exporter {
  const exporter = exporters.find((one) => one.format === format);
  if (exporter !== undefined) return exporter;
  throw new FoundryError("request.invalid", {
    message: `"${format.slice(0, 40)}" is not an export format.`,
    hint: `Choose one of ${exportFormats.join(", ")}.`,
  });
}
