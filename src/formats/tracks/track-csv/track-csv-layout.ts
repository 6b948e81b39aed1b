/** Movies with a table of tracks beside the image: `movie.tif`, `movie_tracks.csv`, `movie_labels.tif`. */

import { filesByHead, type HeadTest } from "../../import/files-by-head.ts";
import type { Layout, LayoutPlan } from "../../import/layout.ts";
import { fileOf, folderOf, joinPath } from "../../import/paths.ts";
import { parseCsv } from "../../sheet/csv.ts";
import {
  locateStack,
  outsideStacks,
  readTrackedStack,
  type StackLocator,
  stackItem,
} from "../tracked-stack.ts";
import { readTrackCsv, readTrackGraph } from "./read-track-csv.ts";
import { trackColumns } from "./track-columns.ts";

// Room for the first row of a table.
const trackTables: HeadTest = { name: /\.(csv|tsv)$/i, headBytes: 4_096, isWanted: isTrackTable };

export const trackCsvLayout: Layout = {
  format: "track-csv",
  title: "Tables of tracks (CSV)",
  async plan(files): Promise<LayoutPlan | null> {
    const locators: StackLocator[] = [];
    for (const path of await filesByHead(files, trackTables)) {
      const locator = locateStack(files.entries, path, [tableStem(path), bareStem(path)]);
      if (locator !== null) locators.push(locator);
    }
    if (locators.length === 0) return null;
    const graphs = new Set(locators.map(({ tracks }) => graphPath(tracks)));
    return {
      items: locators.map((locator) => stackItem(locator)),
      ignored: outsideStacks(files.entries, locators, graphs),
      notes: [],
      licence: null,
    };
  },
  open: (files) => ({
    async read(item) {
      const locator = item.locator as unknown as StackLocator;
      const graph = graphPath(locator.tracks);
      const parents = files.entries.some(({ path }) => path === graph)
        ? readTrackGraph(new TextDecoder().decode(await files.read(graph)), graph)
        : null;
      const text = new TextDecoder().decode(await files.read(locator.tracks));
      return readTrackedStack(files, locator, readTrackCsv(text, locator.tracks, parents), "format.tracks");
    },
  }),
};

/** "movie_tracks" of "folder/movie_tracks.csv". */
function bareStem(path: string): string {
  return fileOf(path).replace(/\.(csv|tsv)$/i, "");
}

/** "movie" of "movie_tracks.csv". */
function tableStem(path: string): string {
  return bareStem(path).replace(/[_-]tracks?$/i, "");
}

/** napari's graph beside a table: "movie_graph.json". */
function graphPath(tracks: string): string {
  return joinPath(folderOf(tracks), `${tableStem(tracks)}_graph.json`);
}

/** Whether the first row of a table, which `head` begins with, names the columns of tracks. */
function isTrackTable(head: string, path: string): boolean {
  const [line = ""] = head.split(/[\r\n]/, 1);
  // A quote that the cut left open, or anything else that is no header, makes it another kind of table.
  if ((line.split('"').length - 1) % 2 === 1) return false;
  const [header] = parseCsv(line, path);
  return header !== undefined && trackColumns(header.fields.map((name) => name.trim())) !== null;
}
