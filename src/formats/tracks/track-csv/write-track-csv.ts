/**
 * A lineage as a table: one row per cell and frame, for spreadsheets, R, pandas and napari (`track_id, frame, z, y, x`).
 *
 * Rows in order of track, then frame. Two facts do not fit a table of tracks: what kind of link joins an only daughter
 * that begins after a gap (it reads back as the same cell), and merges.
 */
import { type PlacedLineage, tracksFromLinks } from "#core/lineage/index.ts";

export interface WriteTrackCsvOptions {
  /** Adds a column of areas in square micrometres. */
  readonly mpp?: { readonly y: number; readonly x: number } | null;
}

/** Lines with their ends, header first; the same lineage gives the same text. Cost: O(n log n). */
export function* writeTrackCsv(
  { detections, links }: PlacedLineage,
  { mpp = null }: WriteTrackCsvOptions = {},
): Generator<string> {
  const { tracks, labels } = tracksFromLinks(detections, links, {
    labels: detections.map(({ label }) => label),
  });
  const parents = new Map(tracks.map(({ label, parent }) => [label, parent]));
  const order = detections
    .map((_, i) => i)
    .sort((a, b) => labels[a]! - labels[b]! || detections[a]!.t - detections[b]!.t || a - b);
  yield `track_id,parent_track_id,frame,z,y,x,label,area_px${mpp === null ? "" : ",area_um2"}\n`;
  for (const i of order) {
    const { t, z, y, x, label, areaPx } = detections[i]!;
    const track = labels[i]!;
    const cells = [track, parents.get(track) ?? "", t, z, y, x, label, areaPx ?? ""];
    if (mpp !== null) cells.push(areaPx === null ? "" : areaPx * mpp.y * mpp.x);
    yield `${cells.join(",")}\n`;
  }
}
