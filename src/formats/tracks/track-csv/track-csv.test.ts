/** Tables of tracks in folders, and real ones: objects of btrack with its tracks and graph. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import { hasSharedData, memoryFiles, sharedDataFolder } from "#testing/import-files.ts";
import { writeImageTiff } from "../../pixels/tiff/write-image-tiff.ts";
import { readTrackCsv, readTrackGraph } from "./read-track-csv.ts";
import { trackColumns } from "./track-columns.ts";
import { trackCsvLayout } from "./track-csv-layout.ts";

test("columns under the names that programs give them", () => {
  expect(trackColumns(["Track ID", "T", "Y", "X"])?.at).toEqual({ track: 0, frame: 1, y: 2, x: 3 });
  expect(trackColumns(["frame", "particle", "row", "col", "mass"])).toEqual({
    at: { track: 1, frame: 0, y: 2, x: 3 },
    others: ["mass"],
  });
  expect(trackColumns(["image", "frame", "y", "x"])).toBeNull();
});

describe.skipIf(!hasSharedData("tracking-objects-btrack"))("objects and tracks of btrack", () => {
  const read = (name: string) =>
    readFileSync(join(sharedDataFolder, "tracking-objects-btrack", name), "utf8");

  test("its tracks and graph give its divisions", () => {
    const rows = read("test_data.csv").trim().split(/\r?\n/).slice(1);
    const tracks = JSON.parse(read("test_ground_truth.json")) as Record<string, number[]>;
    const graph = read("test_graph.json");
    const lines = Object.entries(tracks).flatMap(([track, objects]) =>
      objects.map((object) => {
        const [t, x, y, z] = rows[object]!.split(",");
        return `${track},${t},${z},${y},${x}`;
      }),
    );
    const table = `track_id,t,z,y,x\n${lines.join("\n")}\n`;
    const given = readTrackCsv(table, "t.csv", readTrackGraph(graph, "g.json"));
    expect(given.detections).toHaveLength(lines.length);
    expect(given.tracks).toHaveLength(Object.keys(tracks).length);
    // Each entry of the graph is one daughter; every other row but the first of a track continues one.
    const parents = JSON.parse(graph) as Record<string, number[]>;
    for (const { label, parent } of given.tracks) expect(parent).toBe(parents[label]?.[0] ?? null);
    const divisions = given.links.filter(({ kind }) => kind === "division");
    expect(divisions).toHaveLength(Object.keys(parents).length);
    expect(given.links).toHaveLength(lines.length - given.tracks.length + divisions.length);
  });
});

describe("movies beside the table", () => {
  const size = [2, 6, 8] as const;
  const movie = writeImageTiff(imageArray("uint8", "tyx", size, new Uint8Array(96).fill(3)), {
    flavour: "imagej",
  });
  const pixels = new Uint16Array(96);
  for (const [at, label] of [
    [0 * 48 + 2 * 8 + 3, 9],
    [1 * 48 + 2 * 8 + 3, 4],
    [1 * 48 + 5 * 8 + 7, 9],
  ] as const)
    pixels[at] = label;
  const labels = writeImageTiff(imageArray("uint16", "tyx", size, pixels), { flavour: "imagej" });
  const files = { "m.tif": movie, "m_labels.tif": labels };
  const importOf = async (given: Record<string, Uint8Array | string>) => {
    const source = memoryFiles("set", given);
    const plan = (await trackCsvLayout.plan(source))!;
    return trackCsvLayout.open(source).read(plan.items[0]!);
  };
  const linked = { from: 0, to: 1, kind: "link" };

  test("cells by the column of their pixel value, and by place without one", async () => {
    const byLabel = "track_id,frame,y,x,label\n1,0,0,0,9\n1,1,0,0,4\n";
    const byPlace = "track_id,frame,y,x\n1,0,2.2,3.4\n1,1,1.8,2.6\n";
    for (const table of [byLabel, byPlace]) {
      const { layers, notes } = await importOf({ ...files, "m_tracks.csv": table });
      expect(layers[0]!.objects.map(({ label }) => label)).toEqual([9, 4, 9]);
      expect(layers[0]!.links).toEqual([linked]);
      expect(notes).toEqual(["1 of 3 cells are in no track of m_tracks.csv."]);
    }
  });

  test("napari's graph lies beside the table", async () => {
    const table = "track_id,t,y,x\n0,0,2,3\n1,1,2,3\n2,1,5,7\n";
    const { layers } = await importOf({ ...files, "m.csv": table, "m_graph.json": '{"1": [0], "2": [0]}' });
    expect(layers[0]!.links.map(({ kind }) => kind)).toEqual(["division", "division"]);
  });

  test("discs of a size without labels; neither is refused", async () => {
    const table = "track_id,frame,y,x,area\n1,0,2,3,1\n1,1,2,3,5\n";
    const { layers } = await importOf({ "m.tif": movie, "m.csv": table });
    expect(layers[0]!.objects.map(({ shape }) => shape.bbox)).toEqual([
      [2, 3, 3, 4],
      [1, 2, 4, 5],
    ]);
    expect([layers[0]!.truth, layers[0]!.links]).toEqual(["silver", [linked]]);
    await expect(
      importOf({ "m.tif": movie, "m.csv": "track_id,frame,y,x\n1,0,2,3\n" }),
    ).rejects.toMatchObject({
      code: "format.tracks",
      hint: expect.stringContaining("m_labels.tif"),
    });
  });

  test("a cell without pixels, two rows on one cell, labels of another size", async () => {
    const refusal = (table: string, more = {}) => importOf({ ...files, "m.csv": table, ...more });
    await expect(refusal("track_id,frame,y,x\n1,0,4,4\n")).rejects.toMatchObject({
      code: "format.tracks",
      details: { rule: "frameMissing", label: 1, frame: 0 },
    });
    await expect(refusal("track_id,frame,y,x\n1,0,2,3\n2,0,2,3\n")).rejects.toMatchObject({
      code: "format.tracks",
      details: { rule: "labelRepeated", label: 2, frame: 0 },
    });
    const small = writeImageTiff(imageArray("uint16", "yx", [6, 8], new Uint16Array(48)), {
      flavour: "imagej",
    });
    await expect(refusal("track_id,frame,y,x\n1,0,2,3\n", { "m_labels.tif": small })).rejects.toMatchObject({
      code: "format.pair",
    });
  });

  test("a sheet of metadata and a table of anything else are not tracks", async () => {
    for (const table of ["name,organ\nm.tif,lung\n", '"track_id,frame,y,x\n', ""]) {
      expect(await trackCsvLayout.plan(memoryFiles("set", { ...files, "sheet.csv": table }))).toBeNull();
    }
  });
});
