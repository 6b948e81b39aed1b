/**
 * Objects and links as a Cell Tracking Challenge folder: label images per frame and the table of tracks.
 *
 * The format knows no gaps and no divisions with one daughter that skips frames: a cell that was lost for some frames
 * becomes two tracks, the second with the first as parent, which `linksFromTracks` reads back as one cell. Objects in
 * one frame with one label on several focal planes are one cell.
 */
import { renderObjects } from "#core/labels/index.ts";
import { type Track, tracksFromLinks } from "#core/lineage/index.ts";
import { fault } from "../../fault.ts";
import type { ReadLink, ReadObject } from "../../import/layout.ts";
import { writeLabelTiff } from "../../pixels/tiff/write-label-tiff.ts";
import { writeTiffStack } from "../../pixels/tiff/write-tiff-stack.ts";
import type { Mpp } from "../../read-image-types.ts";
import { cellsOfObjects } from "../../tracks/cells-of-objects.ts";
import { writeTrackTable } from "../../tracks/ctc-tables/track-table.ts";
import type { CtcKind } from "./sequence-files.ts";

export interface CtcMovie {
  readonly frameCount: number;
  readonly height: number;
  readonly width: number;
  /** Focal planes; default 1. */
  readonly depth?: number;
  readonly mpp?: Mpp | null;
  /** No two share a pixel. */
  readonly objects: readonly Pick<ReadObject, "label" | "shape">[];
  readonly links: readonly ReadLink[];
}

export interface WriteCtcOptions {
  readonly kind: CtcKind;
  /** Default "01". */
  readonly sequence?: string;
}

export interface CtcFiles {
  readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[];
  readonly tracks: readonly Track[];
  /** What the format could not hold. */
  readonly notes: readonly string[];
}

// The challenge's tools read 16-bit masks only.
const LABEL_MAX = 65_535;

const places: Readonly<Record<CtcKind, { folder: string; mask: string; table: string | null }>> = {
  goldSegmentation: { folder: "GT/SEG", mask: "man_seg", table: null },
  silverSegmentation: { folder: "ST/SEG", mask: "man_seg", table: null },
  goldTracking: { folder: "GT/TRA", mask: "man_track", table: "man_track.txt" },
  result: { folder: "RES", mask: "mask", table: "res_track.txt" },
};

/**
 * @returns files with paths such as `01_GT/TRA/man_track000.tif`, every frame with a mask, empty ones too.
 * @throws FoundryError `format.ctc` for more than 65,535 tracks. Cost: linear in pixels.
 */
export function writeCtc(movie: CtcMovie, options: WriteCtcOptions): CtcFiles {
  const { folder, mask, table } = places[options.kind];
  const base = `${options.sequence ?? "01"}_${folder}`;
  const digits = Math.max(3, String(movie.frameCount - 1).length);
  const named = nameObjects(movie, table !== null);
  const byFrame: { label: number; shape: ReadObject["shape"] }[][] = Array.from(
    { length: movie.frameCount },
    () => [],
  );
  for (const [i, { shape }] of movie.objects.entries())
    byFrame[shape.t]!.push({ label: named.labels[i]!, shape });
  const files = byFrame.map((objects, frame) => ({
    path: `${base}/${mask}${String(frame).padStart(digits, "0")}.tif`,
    bytes: renderFrame(movie, objects),
  }));
  if (table !== null)
    files.push({ path: `${base}/${table}`, bytes: new TextEncoder().encode(writeTrackTable(named.tracks)) });
  return { files, tracks: named.tracks, notes: named.notes };
}

function renderFrame(
  movie: CtcMovie,
  objects: readonly { label: number; shape: ReadObject["shape"] }[],
): Uint8Array {
  const { height, width, depth = 1, mpp = null } = movie;
  const planes = Array.from({ length: depth }, (_, z) =>
    renderObjects(
      height,
      width,
      objects.filter(({ shape }) => shape.z === z),
    ),
  );
  return depth === 1
    ? writeLabelTiff(planes[0]!, { mpp })
    : writeTiffStack(
        "uint16",
        height,
        width,
        planes.map(({ data }) => Uint16Array.from(data)),
        { mpp },
      );
}

/** Labels of objects in the files: those of their tracks, or their own where the format has no tracks. */
function nameObjects(
  { objects, links }: CtcMovie,
  tracked: boolean,
): { labels: readonly number[]; tracks: readonly Track[]; notes: readonly string[] } {
  if (!tracked) {
    const labels = objects.map(({ label }) => label);
    checkLabels(labels.reduce((highest, label) => Math.max(highest, label), 0));
    return {
      labels,
      tracks: [],
      notes: links.length > 0 ? ["Segmentations of this format hold no tracks."] : [],
    };
  }
  const { detections: cells, links: cellLinks, cellOf } = cellsOfObjects(objects, links);
  const { tracks, labels, dropped } = tracksFromLinks(cells, cellLinks, {
    labels: cells.map(({ label }) => label),
    gaps: false,
  });
  checkLabels(tracks.reduce((highest, { label }) => Math.max(highest, label), 0));
  const notes =
    dropped.length > 0 ? [`${dropped.length} links into cells with another origin were left out.`] : [];
  return { labels: cellOf.map((cell) => labels[cell]!), tracks, notes };
}

function checkLabels(highest: number): void {
  if (highest <= LABEL_MAX) return;
  throw fault("format.ctc", {
    file: "Cell Tracking Challenge export",
    reason: `it would need label ${highest}; the format ends at ${LABEL_MAX}`,
    remedy: "Renumber the objects or export the movie in parts.",
  });
}
