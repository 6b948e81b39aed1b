/** Laws of every format of tracks: what is written is read again, to the link; and what breaks a law is refused. */
import { describe, expect, test } from "vitest";
import type { FoundryError } from "#core/errors.ts";
import { groupsOfLineage, type PlacedLineage, tracksFromLinks } from "#core/lineage/index.ts";
import { rng } from "#core/rng.ts";
import { forSeeds } from "#testing/index.ts";
import { randomLineage } from "#testing/random-lineages.ts";
import { zarrStoreOfKeys } from "../pixels/zarr/zarr-store.ts";
import { readGeff } from "./geff/read-geff.ts";
import { writeGeff } from "./geff/write-geff.ts";
import type { ZarrVersion } from "./geff/zarr-column.ts";
import { readTrackCsv, readTrackGraph } from "./track-csv/read-track-csv.ts";
import { writeTrackCsv } from "./track-csv/write-track-csv.ts";
import { readTrackMate } from "./trackmate/read-trackmate.ts";
import { writeTrackMate } from "./trackmate/write-trackmate.ts";

const sizes = { mpp: { y: 0.5, x: 0.25 }, zStepUm: null, frameIntervalS: 300 };

/** Detections and links by frame and label, whatever their order. */
function facts({ detections, links }: PlacedLineage, digits = 9) {
  const name = (i: number) => `${detections[i]!.t}/${detections[i]!.label}`;
  return {
    detections: detections
      .map(({ y, x, z, areaPx }, i) => [
        name(i),
        ...[y, x, z, areaPx ?? -1].map((value) => Number(value.toFixed(digits))),
      ])
      .sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)),
    links: links.map(({ from, to, kind }) => `${name(from)} ${kind} ${name(to)}`).sort(),
  };
}

function geffStore(lineage: PlacedLineage, zarrVersion: ZarrVersion) {
  const keys = new Map(writeGeff("tracks.geff", lineage, { ...sizes, zarrVersion }));
  return zarrStoreOfKeys({ get: (key) => keys.get(key) }, "made");
}

function trackMateBytes(lineage: PlacedLineage): Uint8Array {
  const size = { imageName: "a&b.tif", width: 200, height: 200, frameCount: 30, depth: 1 };
  return new TextEncoder().encode([...writeTrackMate({ ...lineage, ...sizes, ...size })].join(""));
}

describe("random lineages, with gaps, divisions of one to three and labels without order", () => {
  const lineage = (seed: number) =>
    randomLineage(rng(seed, "round trip"), { frames: 30, founders: 1 + (seed % 7), gaps: true });

  test.each([2, 3] as const)("GEFF in Zarr version %s", async (version) => {
    for (let seed = 0; seed < 25; seed++) {
      const before = lineage(seed);
      const read = await readGeff(geffStore(before, version), "tracks.geff");
      expect(facts(read)).toEqual(facts(before));
      expect([read.labelled, read.inPixels, read.mpp, read.notes]).toEqual([true, true, sizes.mpp, []]);
      expect(read.steps).toEqual({ frameIntervalS: "300" });
    }
  });

  test("TrackMate", () => {
    forSeeds(25, (_, seed) => {
      const before = lineage(seed);
      const read = readTrackMate(trackMateBytes(before), "t.xml");
      // Pixels become micrometres and come back: some bits of rounding.
      expect(facts(read)).toEqual(facts(before));
      expect([read.mpp, read.frameIntervalS, read.notes]).toEqual([sizes.mpp, 300, []]);
      expect(read.image?.filename).toBe("a&b.tif");
    });
  });

  test("tables", () => {
    forSeeds(25, (_, seed) => {
      const before = lineage(seed);
      const read = readTrackCsv([...writeTrackCsv(before, sizes)].join(""), "t.csv");
      expect(facts(read)).toEqual(facts(before));
      expect(read.notes).toEqual(["Columns left aside: area_um2."]);
    });
  });

  test("a lineage without a cell is a file too", async () => {
    const none = { detections: [], links: [] };
    expect(facts(await readGeff(geffStore(none, 2), "tracks.geff"))).toEqual(facts(none));
    expect(facts(await readGeff(geffStore(none, 3), "tracks.geff"))).toEqual(facts(none));
    expect(facts(readTrackMate(trackMateBytes(none), "t.xml"))).toEqual(facts(none));
    expect(facts(readTrackCsv([...writeTrackCsv(none)].join(""), "t.csv"))).toEqual(facts(none));
  });
});

describe("GEFF keeps to its specification", () => {
  const before = randomLineage(rng(3, "spec"), { frames: 20, founders: 5 });
  const keys = new Map(
    writeGeff("g", before, { ...sizes, zarrVersion: 3, image: "../raw", labels: "../seg" }),
  );
  const json = (key: string) => JSON.parse(new TextDecoder().decode(keys.get(key)));

  test("metadata: required fields, axes with both ends, properties described, related objects", () => {
    const { geff } = json("g/zarr.json").attributes;
    expect([geff.geff_version, geff.directed]).toEqual(["1.1", true]);
    for (const axis of geff.axes) {
      expect(axis.min <= axis.max).toBe(true);
      expect(geff.node_props_metadata[axis.name]).toMatchObject({ identifier: axis.name, varlength: false });
    }
    const described = Object.keys(geff.node_props_metadata).map(
      (name) => `g/nodes/props/${name}/values/zarr.json`,
    );
    for (const key of described) expect(json(key).shape).toEqual([before.detections.length]);
    expect(geff.related_objects).toEqual([
      { type: "labels", path: "../seg", label_prop: "seg_id" },
      { type: "image", path: "../raw" },
    ]);
    expect(json("g/edges/ids/zarr.json").shape).toEqual([before.links.length, 2]);
    expect(json("g/edges/ids/zarr.json").data_type).toBe(json("g/nodes/ids/zarr.json").data_type);
    expect(geff.track_node_props).toEqual({ tracklet: "tracklet_id", lineage: "lineage_id" });
  });

  test("tracklets are maximal paths: as many as starts and ends of branches allow", () => {
    const { tracklets, lineages } = groupsOfLineage(before);
    const { tracks } = tracksFromLinks(before.detections, before.links);
    // By hand: each track begins a tracklet, but for an only daughter, who goes on with her parent's.
    const only = tracks.filter(
      ({ parent }) => parent !== null && tracks.filter((other) => other.parent === parent).length === 1,
    );
    expect(new Set(tracklets).size).toBe(tracks.length - only.length);
    expect(new Set(lineages).size).toBe(tracks.filter(({ parent }) => parent === null).length);
  });
});

const details = (error: FoundryError) => [
  error.code,
  error.details["rule"],
  error.details["label"],
  error.details["frame"],
];

describe("tables that break a law", () => {
  const head = "track_id,parent_track_id,frame,y,x\n";
  test.each([
    ["text in a number", `${head}1,,0,5,5\n1,,1,five,5\n`, "numberInvalid", 1, 1],
    ["text as a track", `${head}one,,0,5,5\n`, "numberInvalid", null, 0],
    ["no place", `${head}1,,0,,5\n`, "numberInvalid", 1, 0],
    ["half a frame", `${head}1,,0.5,5,5\n`, "numberInvalid", 1, null],
    ["two rows of a track in one frame", `${head}1,,0,5,5\n1,,0,6,5\n`, "labelRepeated", 1, 0],
    ["two parents of one track", `${head}1,,0,5,5\n2,1,1,5,5\n2,,2,5,5\n`, "daughtersDisagree", 2, 2],
    ["a parent that is not there", `${head}2,1,1,5,5\n`, "parentMissing", 2, 1],
    ["a parent still seen", `${head}1,,0,5,5\n1,,1,5,5\n2,1,1,5,5\n`, "parentOverlaps", 2, 1],
    ["a ring of parents", `${head}1,2,0,5,5\n2,1,1,5,5\n`, "cycle", 1, 0],
  ])("%s", (_, text, rule, label, frame) => {
    let error: unknown;
    try {
      readTrackCsv(text, "t.csv");
    } catch (cause) {
      error = cause;
    }
    expect(details(error as FoundryError)).toEqual(["format.tracks", rule, label, frame]);
  });

  test("tracks from 0, napari's names and graph", () => {
    const text = "track_id,t,y,x\n0,0,1,1\n0,1,1,2\n1,2,1,3\n2,2,1,4\n";
    const read = readTrackCsv(text, "t.csv", readTrackGraph('{"1": [0], "2": 0}', "g.json"));
    expect(read.tracks.map(({ label, parent }) => [label, parent])).toEqual([
      [1, null],
      [2, 1],
      [3, 1],
    ]);
    expect(read.links.map(({ kind }) => kind)).toEqual(["link", "division", "division"]);
    expect(() => readTrackGraph('{"3": [1, 2]}', "g.json")).toThrow(/track 3 has 2 parents/);
    expect(() => readTrackGraph("[1]", "g.json")).toThrow(/not an object/);
  });
});
