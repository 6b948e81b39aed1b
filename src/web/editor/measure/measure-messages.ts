/** What the page and the worker that measures say to each other. */

import type { WireError } from "#core/errors.ts";
import type { MeasureTable } from "#core/measure/index.ts";
import type { UmapPlaces } from "#core/umap/index.ts";
import type { TableText } from "#formats/measure/index.ts";
import type { PackedShapes } from "./pack-shapes.ts";

export interface MeasureAsk {
  readonly kind: "measure";
  readonly id: number;
  /** Folder of the image's OME-Zarr. */
  readonly imageUrl: string;
  readonly height: number;
  readonly width: number;
  readonly mpp: { readonly y: number; readonly x: number } | null;
  /** By channel index. */
  readonly channels: readonly string[];
  readonly neighbourDistance: number;
  readonly ids: readonly string[];
  readonly cells: PackedShapes;
  readonly nuclei: PackedShapes | null;
}

export interface FileAsk {
  readonly kind: "file";
  readonly id: number;
  readonly format: "csv" | "parquet";
  readonly table: MeasureTable;
  /** Facts that Parquet keeps beside the table. */
  readonly facts: Readonly<Record<string, string>>;
  /** Columns of words that stand first, one word per row. */
  readonly texts: readonly TableText[];
  readonly createdBy: string;
}

interface MapAsk {
  readonly kind: "map";
  readonly id: number;
  /** Features, one value per cell. */
  readonly columns: readonly Float64Array[];
}

export type MeasureQuestion = MeasureAsk | FileAsk | MapAsk;

export type MeasureAnswer =
  | { readonly id: number; readonly kind: "progress"; readonly share: number }
  | { readonly id: number; readonly kind: "table"; readonly table: MeasureTable }
  | { readonly id: number; readonly kind: "file"; readonly file: Blob }
  | { readonly id: number; readonly kind: "map"; readonly places: UmapPlaces }
  | { readonly id: number; readonly kind: "error"; readonly error: WireError };
