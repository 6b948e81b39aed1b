/** Real movies in every format of tracks and back: the links and places of the challenge's files, to the last one. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  linksFromTracks,
  type PlacedDetection,
  type PlacedLineage,
  type Track,
  tracksFromLinks,
} from "#core/lineage/index.ts";
import { hasSharedData, sharedDataFolder } from "#testing/import-files.ts";
import { zarrStoreOfKeys } from "../pixels/zarr/zarr-store.ts";
import { readTrackTable, writeTrackTable } from "./ctc-tables/track-table.ts";
import { readGeff } from "./geff/read-geff.ts";
import { writeGeff } from "./geff/write-geff.ts";
import { readTrackCsv } from "./track-csv/read-track-csv.ts";
import { writeTrackCsv } from "./track-csv/write-track-csv.ts";
import { readTrackMate } from "./trackmate/read-trackmate.ts";
import { writeTrackMate } from "./trackmate/write-trackmate.ts";

/** The tables' cells with made-up places that differ: places are not in the tables. */
function lineageOf(tracks: readonly Track[]): PlacedLineage {
  const detections = tracks
    .flatMap(({ label, first, last }) =>
      Array.from(
        { length: last - first + 1 },
        (_, i): PlacedDetection => ({
          t: first + i,
          label,
          z: 0,
          y: (label * 7) % 512,
          x: (label * 13 + i) % 512,
          areaPx: 100 + (label % 50),
        }),
      ),
    )
    .sort((a, b) => a.t - b.t || a.label - b.label);
  return { detections, links: linksFromTracks(tracks, detections) };
}

/** Back to tracks as the challenge writes them. */
function tableOf({ detections, links }: PlacedLineage): string {
  const labels = detections.map(({ label }) => label);
  return writeTrackTable(tracksFromLinks(detections, links, { labels, gaps: false }).tracks);
}

const sizes = { mpp: { y: 0.65, x: 0.65 }, zStepUm: null, frameIntervalS: 1_800 };

const cases: [set: string, table: string, tracks: number, divisions: number][] = [
  // Counted in the files: tracks with a parent.
  ["ctc-mitocheck-h2b", "01_GT/TRA/man_track.txt", 25, 7],
  ["ctc-nist-lineage-mapper", "01_GT/TRA/man_track.txt", 18, 4],
  ["ctc-java-fixture", "GT/TRA/man_track.txt", 3, 0],
  ["tracking-hela-result", "01_RES/res_track.txt", 285, -1],
];

describe.each(cases.filter(([set]) => hasSharedData(set)))("%s", (set, table, count, divisions) => {
  const text = readFileSync(join(sharedDataFolder, set, table), "utf8");
  const tracks = readTrackTable(text, table);
  const lineage = lineageOf(tracks);
  const canonical = writeTrackTable(tracks);

  test("the table itself", () => {
    expect(tracks).toHaveLength(count);
    if (divisions >= 0)
      expect(lineage.links.filter(({ kind }) => kind === "division")).toHaveLength(divisions);
    expect(tableOf(lineage)).toBe(canonical);
  });

  test.each([2, 3] as const)("GEFF, Zarr version %s", async (zarrVersion) => {
    const keys = new Map(writeGeff("g", lineage, { ...sizes, zarrVersion }));
    const read = await readGeff(zarrStoreOfKeys({ get: (key) => keys.get(key) }, set), "g");
    expect(tableOf(read)).toBe(canonical);
    expect(read.detections).toEqual(lineage.detections);
  });

  test("TrackMate", () => {
    const frameCount = 1 + Math.max(...tracks.map(({ last }) => last));
    const size = { imageName: "m.tif", width: 512, height: 512, frameCount, depth: 1 };
    const xml = [...writeTrackMate({ ...lineage, ...sizes, ...size })].join("");
    expect(tableOf(readTrackMate(new TextEncoder().encode(xml), "m.xml"))).toBe(canonical);
  });

  test("table with places", () => {
    const read = readTrackCsv([...writeTrackCsv(lineage)].join(""), "m.csv");
    expect(tableOf(read)).toBe(canonical);
    // Rows stand in order of track there, of frame here.
    expect(read.detections.toSorted((a, b) => a.t - b.t || a.label - b.label)).toEqual(lineage.detections);
  });
});
