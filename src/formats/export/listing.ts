/** What an export lists of itself: its files with digests, its images with split and origin, and the way back. */

import type { HiddenPixels } from "#core/labels/index.ts";
import type { ExportFacts } from "./export-item.ts";
import { prettyJson } from "./pretty-json.ts";

/** A file of the export, as metadata lists it. */
export interface ListedFile {
  readonly path: string;
  readonly bytes: number;
  /** SHA-256, hex. */
  readonly sha256: string;
}

interface ListedLayer {
  readonly compartment: string;
  readonly name?: string;
  readonly root: string;
  readonly truth?: string;
  readonly coverage?: string;
  readonly cells?: number;
  /** What a label image hides of it. */
  readonly hidden?: HiddenPixels;
}

/** One row of `splits.csv` and of the provenance. */
export interface ListedItem {
  readonly name: string;
  /** Main file of the item in the export. */
  readonly path: string;
  readonly role: string | null;
  readonly group: string;
  readonly source: string;
  readonly licence: string;
  readonly arrayDigest: string;
  readonly layers: readonly ListedLayer[];
}

export function splitsCsv(items: readonly ListedItem[]): string {
  const header = ["name", "path", "split", "group", "source", "licence", "image_digest"];
  const rows = items.map((item) => [
    item.name,
    item.path,
    item.role ?? "",
    item.group,
    item.source,
    item.licence,
    item.arrayDigest,
  ]);
  return `${[header, ...rows].map((row) => row.map(csvText).join(",")).join("\r\n")}\r\n`;
}

/** Which version, which pixels, which labels: enough to find everything again and to prove that it is the same. */
export function provenanceJson(facts: ExportFacts, items: readonly ListedItem[]): string {
  return prettyJson({
    dataset: {
      name: facts.name,
      version: facts.version,
      digest: facts.digest,
      splitDigest: facts.splitDigest,
      query: facts.query,
    },
    models: facts.models,
    tool: facts.tool,
    // Not "images": COCO files are known by that word.
    items: items.map(({ name, path, arrayDigest, layers }) => ({ name, path, arrayDigest, layers })),
  });
}

/** A spreadsheet runs what begins with these; a leading apostrophe makes it text. */
const formulaStart = /^[=+\-@\t\r]/;

/** One cell of a CSV file; what a spreadsheet would run as a formula becomes text. */
export function csvText(value: string): string {
  const safe = formulaStart.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Media type by ending. */
export function mediaType(path: string): string {
  const ending = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  const types: Readonly<Record<string, string>> = {
    csv: "text/csv",
    geojson: "application/geo+json",
    json: "application/json",
    md: "text/markdown",
    npy: "application/octet-stream",
    npz: "application/zip",
    parquet: "application/vnd.apache.parquet",
    png: "image/png",
    py: "text/x-python",
    tar: "application/x-tar",
    tif: "image/tiff",
    txt: "text/plain",
    zip: "application/zip",
  };
  return types[ending] ?? "application/octet-stream";
}
