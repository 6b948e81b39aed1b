/**
 * What an import will do, decided from names alone before any pixel is read.
 */

export interface FileEntry {
  /** Relative path with forward slashes. */
  readonly path: string;
  readonly size: number;
}

export type LabelSource =
  | { readonly kind: "labelImage"; readonly path: string }
  | { readonly kind: "objectMasks"; readonly paths: readonly string[] };

export interface ImportItem {
  /** Unique in the plan; the stem of the file, or its path where stems repeat. */
  readonly name: string;
  readonly imagePath: string;
  readonly labels: LabelSource | null;
  /** From a sheet, see `applySheet`. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface IgnoredFile {
  readonly path: string;
  readonly reason: string;
}

export type ImportFormat = "dsb2018" | "pairs" | "images";

export interface ImportPlan {
  readonly format: ImportFormat;
  readonly items: readonly ImportItem[];
  readonly ignored: readonly IgnoredFile[];
  /** A sheet found among the files (`index.csv`, `sheet.csv` …); the caller reads, parses and applies it. */
  readonly sheetPath: string | null;
  readonly notes: readonly string[];
}

/** What one layout makes of the image files. */
export interface LayoutResult {
  readonly items: readonly ImportItem[];
  readonly ignored: readonly IgnoredFile[];
  readonly notes: readonly string[];
}
