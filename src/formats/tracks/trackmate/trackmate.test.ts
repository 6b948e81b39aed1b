/** TrackMate's XML: what it writes itself (rewritten here by hand, small), its successors' dialect, and what is refused. */
import { describe, expect, test } from "vitest";
import { channelPlane, imageArray } from "#core/array/index.ts";
import type { FoundryError } from "#core/errors.ts";
import { renderObjects, shapeArea } from "#core/labels/index.ts";
import { memoryFiles } from "#testing/import-files.ts";
import { pictureOf } from "#testing/index.ts";
import { writeImageTiff } from "../../pixels/tiff/write-image-tiff.ts";
import { readTrackMate } from "./read-trackmate.ts";
import { trackmateLayout } from "./trackmate-layout.ts";

const read = (text: string) => readTrackMate(new TextEncoder().encode(text), "t.xml");

/** A file in micrometres: half a micrometre per pixel in x, a quarter in y; frames every 30 s. */
function xml({
  spots = frames(),
  tracks = allTracks,
  head = '<?xml version="1.0" encoding="UTF-8"?>\n',
  image = "movie.tif",
} = {}): string {
  return `${head}<TrackMate version="7.11.1">
  <Log>Configured detector with a &amp; and &lt;Spot ID="9"/&gt; in its text</Log>
  <Model spatialunits="micron" timeunits="sec">
    <FeatureDeclarations><SpotFeatures><Feature feature="QUALITY" isint="false" /></SpotFeatures></FeatureDeclarations>
    <AllSpots nspots="6">${spots}</AllSpots>
    ${tracks}
  </Model>
  <Settings>
    <ImageData filename="${image}" folder="/Users/someone/" width="12" height="10" nslices="1" nframes="3" pixelwidth="0.5" pixelheight="0.25" voxeldepth="1.0" timeinterval="30.0" />
  </Settings>
</TrackMate>`;
}

const spot = (id: number, frame: number, x: number, y: number, more = 'RADIUS="0.5" VISIBILITY="1"') =>
  `<Spot ID="${id}" name="ID${id}" QUALITY="1.0" POSITION_X="${x}" POSITION_Y="${y}" POSITION_Z="0.0" FRAME="${frame}" ${more}`;

/** Pixels 2 to 4 in x and 4 to 6 in y as an outline: corners between pixel centres, relative to centre (3, 5). */
const square = "-0.75 -0.375 0.75 -0.375 0.75 0.375 -0.75 0.375";

function frames(): string {
  return `
    <SpotsInFrame frame="0">${spot(17, 0, 1.5, 1.25, `RADIUS="0.6" VISIBILITY="1" ROI_N_POINTS="4"`)}>${square}</Spot></SpotsInFrame>
    <SpotsInFrame frame="1">${spot(4, 1, 1.5, 1.25)} />${spot(30, 1, 5, 2, 'RADIUS="0.5" VISIBILITY="0"')} /></SpotsInFrame>
    <SpotsInFrame frame="2">${spot(8, 2, 0.5, 0.5)} />${spot(9, 2, 3, 2)} />${spot(11, 2, 5, 0.5)} /></SpotsInFrame>`;
}

const edge = (from: number, to: number) =>
  `<Edge SPOT_SOURCE_ID="${from}" SPOT_TARGET_ID="${to}" LINK_COST="0.1" />`;
/** Track 0 divides (one edge named backward); track 1 is filtered out, and edges of hidden spots go with them. */
const allTracks = `<AllTracks>
  <Track name="Track_0" TRACK_ID="0">${edge(17, 4)}${edge(8, 4)}${edge(4, 9)}</Track>
  <Track name="Track_1" TRACK_ID="1">${edge(30, 11)}</Track></AllTracks>
  <FilteredTracks><TrackID TRACK_ID="0" /></FilteredTracks>`;

describe("a file of TrackMate", () => {
  test("places in pixels, edges forward in time, what is filtered left out", () => {
    const { detections, links, mpp, frameIntervalS, labelled, notes } = read(xml());
    expect(detections.map(({ t, y, x }) => [t, y, x])).toEqual([
      [0, 5, 3],
      [1, 5, 3],
      [2, 2, 1],
      [2, 8, 6],
      [2, 2, 10],
    ]);
    expect(links).toEqual([
      { from: 0, to: 1, kind: "link" },
      { from: 1, to: 2, kind: "division" },
      { from: 1, to: 3, kind: "division" },
    ]);
    expect([mpp, frameIntervalS, labelled]).toEqual([{ y: 0.25, x: 0.5 }, 30, false]);
    expect(notes).toEqual([
      "1 spots that TrackMate's filters hide were left out.",
      "1 edges of tracks that TrackMate's filters hide were left out.",
    ]);
    // Radius 0.5 um is a disc of pi * 0.25 um2, a pixel is 0.125 um2.
    expect(detections[1]!.areaPx).toBeCloseTo((Math.PI * 0.25) / 0.125, 10);
  });

  test("MaMuT and Mastodon: no FRAME, no list of filtered tracks, no image", () => {
    const text = `<TrackMate version="2.8.1"><Model spatialunits="pixels" timeunits="frames"><AllSpots nspots="2">
      <SpotsInFrame frame="3"><Spot ID="1" POSITION_X="4" POSITION_Y="5" POSITION_Z="2" RADIUS="2" /></SpotsInFrame>
      <SpotsInFrame frame="5"><Spot ID="2" POSITION_X="6" POSITION_Y="7" POSITION_Z="2" RADIUS="2" /></SpotsInFrame>
      </AllSpots><AllTracks><Track TRACK_ID="1">${edge(1, 2)}</Track></AllTracks></Model></TrackMate>`;
    const { detections, links, mpp } = read(text);
    expect(detections.map(({ t, z, y, x }) => [t, z, y, x])).toEqual([
      [3, 2, 5, 4],
      [5, 2, 7, 6],
    ]);
    expect([links, mpp]).toEqual([[{ from: 0, to: 1, kind: "link" }], null]);
  });
});

describe("refused with rule, spot and frame", () => {
  const tracked = (edges: string) => `<AllTracks><Track TRACK_ID="0">${edges}</Track></AllTracks>`;
  test.each([
    [
      "text as a place",
      xml({ spots: frames().replace('POSITION_X="3"', 'POSITION_X="left"') }),
      "numberInvalid",
      9,
      2,
    ],
    ["no place", xml({ spots: frames().replace('POSITION_Y="0.5"', "") }), "numberInvalid", 8, 2],
    ["half a frame", xml({ spots: frames().replace('FRAME="1"', 'FRAME="1.5"') }), "numberInvalid", 4, 1],
    ["text as an id", xml({ spots: frames().replace('ID="4"', 'ID="four"') }), "numberInvalid", null, 1],
    ["an outline cut short", xml({ spots: frames().replace(" 0.375<", "<") }), "numberInvalid", 17, 0],
    ["a spot twice", xml({ spots: frames().replace('ID="9"', 'ID="8"') }), "labelRepeated", 8, 2],
    ["an edge to no spot", xml({ tracks: tracked(edge(17, 99)) }), "parentMissing", 99, null],
    ["an edge within a frame", xml({ tracks: tracked(edge(8, 9)) }), "parentOverlaps", 9, 2],
    ["an edge twice", xml({ tracks: tracked(edge(17, 4) + edge(4, 17)) }), "labelRepeated", 4, 1],
    [
      "text as an end of an edge",
      xml({ tracks: tracked(edge(17, 4).replace('"4"', '"x"')) }),
      "numberInvalid",
      17,
      null,
    ],
  ])("%s", (_, text, rule, label, frame) => {
    let error: unknown;
    try {
      read(text);
    } catch (cause) {
      error = cause;
    }
    const { code, details } = error as FoundryError;
    expect([code, details["rule"], details["label"], details["frame"]]).toEqual([
      "format.trackmate",
      rule,
      label,
      frame,
    ]);
  });

  test("entities, other XML and damaged XML", () => {
    const bomb = '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>';
    expect(() => read(xml({ head: bomb }))).toThrow(/document type/);
    expect(() => read("<Annotations/>")).toThrow(/no model of TrackMate/);
    expect(() => read("<TrackMate><Model>")).toThrow(/not XML/);
    expect(() => read(xml({ spots: '<Spot ID="&lol;"/>' }))).toThrow(/not XML/);
  });
});

describe("movies beside the file", () => {
  const image = imageArray("uint8", "tyx", [3, 10, 12], new Uint8Array(360).fill(7));
  const movie = writeImageTiff(image, { flavour: "imagej" });
  const labels = new Uint16Array(360);
  // Frame 0: label 5 around (5, 3); frame 1: 5; frame 2: 6 at (2, 1), 7 at (8, 6), 8 at (2, 10).
  for (const [t, y, x, label] of [
    [0, 5, 3, 5],
    [1, 5, 3, 5],
    [2, 2, 1, 6],
    [2, 8, 6, 7],
    [2, 2, 10, 8],
  ] as const)
    for (const dx of [0, 1]) labels[t * 120 + y * 12 + x + dx] = label;
  const stack = (data: Uint16Array) =>
    writeImageTiff(imageArray("uint16", "tyx", [3, 10, 12], data), { flavour: "imagej" });
  const importOf = async (files: Record<string, Uint8Array | string>) => {
    const given = memoryFiles("set", files);
    const plan = await trackmateLayout.plan(given);
    return { plan: plan!, item: await trackmateLayout.open(given).read(plan!.items[0]!) };
  };

  test("with labels, cells are found by the pixel under the spot", async () => {
    const { plan, item } = await importOf({
      "a/tracks.xml": xml(),
      "a/movie.tif": movie,
      "a/movie_labels.tif": stack(labels),
      "a/notes.txt": "x",
    });
    expect(plan.items).toMatchObject([{ name: "a/movie", group: { key: "a/movie", level: "movie" } }]);
    expect(plan.ignored.map(({ path }) => path)).toEqual(["a/notes.txt"]);
    const [layer] = item.layers;
    expect(layer!.objects.map(({ label, shape }) => [label, shape.t])).toEqual([
      [5, 0],
      [5, 1],
      [6, 2],
      [7, 2],
      [8, 2],
    ]);
    expect(layer!.links.map(({ from, to, kind }) => [from, to, kind])).toEqual([
      [0, 1, "link"],
      [1, 2, "division"],
      [1, 3, "division"],
    ]);
    expect([layer!.truth, item.image.mpp, item.image.metadata?.["frameIntervalS"]]).toEqual([
      "gold",
      { y: 0.25, x: 0.5 },
      "30",
    ]);
  });

  test("without labels, outlines are filled and spots are discs", async () => {
    const { item } = await importOf({ "movie.xml": xml({ image: "elsewhere.tif" }), "movie.tif": movie });
    const [layer] = item.layers;
    expect(layer!.truth).toBe("silver");
    const first = layer!.objects.filter(({ shape }) => shape.t === 0);
    expect(pictureOf(renderObjects(10, 12, first)).slice(3, 8)).toEqual([
      "............",
      "..111.......",
      "..111.......",
      "..111.......",
      "............",
    ]);
    // A disc of 2 pi pixels has radius sqrt 2: nine pixels around (5, 3), counted by hand.
    const second = layer!.objects.find(({ shape }) => shape.t === 1)!;
    expect(shapeArea(second.shape)).toBe(9);
    expect(layer!.links).toHaveLength(3);
    expect(item.notes.join(" ")).toContain("4 of 5 cells have no outline and are discs of their size.");
    expect(channelPlane(item.image.image, { t: 2 }).data[0]).toBe(7);
  });

  test("a spot without pixels, a frame beyond the movie, an image that is not there", async () => {
    const lost = labels.slice();
    for (let i = 240; i < 360; i++) if (lost[i] === 7) lost[i] = 0;
    const files = { "movie.xml": xml(), "movie.tif": movie };
    await expect(importOf({ ...files, "movie_labels.tif": stack(lost) })).rejects.toMatchObject({
      code: "format.trackmate",
      details: { rule: "frameMissing", frame: 2 },
    });
    const late = frames().replaceAll('FRAME="2"', 'FRAME="3"');
    await expect(importOf({ ...files, "movie.xml": xml({ spots: late }) })).rejects.toMatchObject({
      code: "format.trackmate",
      details: { rule: "frameMissing", frame: 3 },
    });
    await expect(trackmateLayout.plan(memoryFiles("set", { "movie.xml": xml() }))).rejects.toMatchObject({
      code: "format.trackmate",
    });
    expect(await trackmateLayout.plan(memoryFiles("set", { "a.xml": "<Annotations/>" }))).toBeNull();
  });
});
