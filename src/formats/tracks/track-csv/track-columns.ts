/**
 * The columns of tables of tracks, under the names that programs give them.
 *
 * napari writes `track_id, t, (z,) y, x`; laptrack and trackpy `frame`, `particle`; btrack `t, x, y, z`; spreadsheets
 * anything. A name counts whatever its case and separators; the first name in a list that the table has is taken.
 */

const names = {
  track: ["track_id", "track", "particle", "tracklet_id", "cell_id", "id"],
  parent: ["parent_track_id", "parent_id", "parent", "parent_track"],
  frame: ["frame", "t", "time", "time_point"],
  z: ["z", "centroid_z", "position_z", "depth"],
  y: ["y", "centroid_y", "position_y", "pos_y", "row"],
  x: ["x", "centroid_x", "position_x", "pos_x", "col", "column"],
  label: ["label", "seg_id", "label_id", "segment_id"],
  area: ["area_px", "area"],
  radius: ["radius_px", "radius"],
} as const;

type TrackColumn = keyof typeof names;

/** Column number by meaning; those without a meaning in `others`. */
export interface TrackColumns {
  readonly at: Readonly<Partial<Record<TrackColumn, number>>>;
  readonly others: readonly string[];
}

/** @returns `null` when the header lacks track, frame, y or x: the table is of something else. */
export function trackColumns(header: readonly string[]): TrackColumns | null {
  const keys = header.map((name) => name.toLowerCase().replace(/[^a-z0-9]/g, ""));
  const at: Partial<Record<TrackColumn, number>> = {};
  for (const [column, known] of Object.entries(names) as [TrackColumn, readonly string[]][]) {
    const found = known.map((name) => keys.indexOf(name.replaceAll("_", ""))).find((place) => place >= 0);
    if (found !== undefined) at[column] = found;
  }
  if (at.track === undefined || at.frame === undefined || at.y === undefined || at.x === undefined)
    return null;
  const used = new Set(Object.values(at));
  return { at, others: header.filter((_, i) => !used.has(i)) };
}
