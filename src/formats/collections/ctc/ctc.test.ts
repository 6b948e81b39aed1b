import { describe, expect, test } from "vitest";

import { checkLineage, presenceOf } from "#core/lineage/index.ts";
import { folderFiles, hasSharedData, memoryFiles, sharedDataFolder } from "#testing/import-files.ts";
import { layerFacts } from "#testing/read-layers.ts";
import { readLabels } from "../../read-labels.ts";
import { readTrackTable, writeTrackTable } from "../../tracks/ctc-tables/track-table.ts";
import { ctcLayout } from "./ctc-layout.ts";
import { parseDatasetName } from "./dataset-name.ts";
import { type CtcObjects, framePositions, readSequenceLabels } from "./read-sequence.ts";
import { type CtcKind, type CtcLabels, findSequences } from "./sequence-files.ts";
import { writeCtc } from "./write-ctc.ts";

const shared = (name: string) => folderFiles(`${sharedDataFolder}/${name}`, name);

describe("names", () => {
  test("what a data set's name tells", () => {
    expect(parseDatasetName("training/Fluo-N2DH-SIM+/x")).toEqual({
      name: "Fluo-N2DH-SIM+",
      modality: "Fluo",
      compartment: "nuclear",
      specimen: "",
      synthetic: true,
    });
    expect(parseDatasetName("PhC-C2DL-PSC")).toMatchObject({ compartment: "wholeCell", specimen: "PSC" });
    expect(parseDatasetName("my-movies")).toBeNull();
  });

  test("files of two sequences, any digit count, single planes", () => {
    const paths = [
      "D/01/t000.tif",
      "D/01/t001.tif",
      "D/02/t0000.tif",
      "D/01_GT/SEG/man_seg_000_012.tif",
      "D/01_GT/TRA/man_track000.tif",
      "D/01_GT/TRA/man_track.txt",
      "D/01_ST/SEG/man_seg000.tif",
      "D/02_RES/mask0000.tif",
      "D/02_RES/res_track.txt",
      "D/readme.txt",
    ];
    const { sequences, others } = findSequences(paths.map((path) => ({ path, size: 1 })));
    expect(others).toEqual(["D/readme.txt"]);
    expect(sequences.map(({ name, images, labels }) => [name, images.length, [...labels.keys()]])).toEqual([
      ["01", 2, ["goldSegmentation", "goldTracking", "silverSegmentation"]],
      ["02", 1, ["result"]],
    ]);
    expect(sequences[0]!.labels.get("goldSegmentation")!.masks).toEqual([
      { frame: 0, plane: 12, path: "D/01_GT/SEG/man_seg_000_012.tif" },
    ]);
  });
});

test("a table of tracks both ways, and a line that is none", () => {
  const text = "1 0 4 0\n2 5 9 1\n3 5 9 1\n";
  expect(writeTrackTable(readTrackTable(`\ufeff${text.replaceAll("\n", "\r\n")}\r\n`, "t"))).toBe(text);
  expect(() => readTrackTable("1 0 4 0\n2 5 -1 1\n", "man_track.txt")).toThrow(
    /man_track.txt, line 2: "2 5 -1 1"/,
  );
});

describe.skipIf(!hasSharedData("ctc-mitocheck-h2b"))("MitoCheck movie with gold truth", () => {
  test("one sequence, one movie with two layers that are not merged", async () => {
    const files = shared("ctc-mitocheck-h2b");
    const plan = (await ctcLayout.plan(files))!;
    expect(plan.items).toHaveLength(1);
    expect(plan.items[0]).toMatchObject({
      name: "01",
      group: { key: "ctc-mitocheck-h2b 01", level: "movie" },
      layers: ["nuclear"],
    });
    const { image, layers, notes } = await ctcLayout.open(files).read(plan.items[0]!);
    expect([image.image.axes, image.image.shape, image.image.dtype]).toEqual([
      "tyx",
      [30, 190, 211],
      "uint8",
    ]);
    const facts = layers.map(({ name, truth, coverage, objects, links }) => [
      name,
      truth,
      coverage,
      objects.length,
      links.length,
    ]);
    // SOURCE.txt: 25 tracks, 600 objects; every object but the first of a track has an origin, and 7 tracks have parents.
    expect(facts).toEqual([
      ["", "gold", "exhaustive", 600, 0],
      ["tracking markers", "gold", "exhaustive", 600, 600 - 25 + 7],
    ]);
    const divisions = layers[1]!.links.filter(({ kind }) => kind === "division");
    expect(divisions).toHaveLength(7);
    expect(notes).toEqual([
      'Layer "tracking markers": Lineage to look at: track 23 divides into one daughter, 24.',
    ]);
  });
});

/** One kind of labels of one folder, read without the images (which not every public result brings). */
async function readKind(
  files: ReturnType<typeof shared>,
  kind: CtcKind,
): Promise<CtcObjects & { labels: CtcLabels; size: { height: number; width: number; depth: number } }> {
  const labels = findSequences(files.entries)
    .sequences.find((one) => one.labels.has(kind))!
    .labels.get(kind)!;
  const { height, width } = await readLabels(await files.read(labels.masks[0]!.path), { name: "mask" });
  const size = { height, width, depth: 1 };
  const positions = framePositions(labels.masks.map(({ frame }) => frame));
  return { ...(await readSequenceLabels(files, labels, positions, size)), labels, size };
}

describe("round trip on real movies: identical shapes, links and parents", () => {
  const cases: [set: string, kind: CtcKind, objects: number, tracks: number][] = [
    ["ctc-mitocheck-h2b", "goldTracking", 600, 25],
    ["ctc-mitocheck-h2b", "goldSegmentation", 600, 0],
    ["ctc-java-fixture", "goldTracking", 18, 3],
    ["ctc-java-fixture", "result", 18, 3],
    ["ctc-nist-lineage-mapper", "goldTracking", 117, 18],
    ["tracking-hela-result", "result", 8_600, 285],
  ];
  for (const [set, kind, objects, tracks] of cases) {
    test.skipIf(!hasSharedData(set))(`${set}, ${kind}`, async () => {
      const read = await readKind(shared(set), kind);
      expect([read.objects.length, read.tracks.length]).toEqual([objects, tracks]);
      const frameCount = read.labels.masks.length;
      const written = writeCtc(
        { ...read.size, frameCount, objects: read.objects, links: read.links },
        { kind },
      );
      const files = memoryFiles(
        set,
        Object.fromEntries(written.files.map(({ path, bytes }) => [path, bytes])),
      );
      const again = await readKind(files, kind);
      expect(layerFacts(again)).toEqual(layerFacts(read));
      expect([again.tracks, again.notes, written.notes]).toEqual([read.tracks, read.notes, []]);
      const errors = checkLineage(
        written.tracks,
        tracks === 0 ? null : presenceOf(read.objects.map(({ label, shape }) => ({ label, t: shape.t }))),
      );
      expect(errors.filter(({ severity }) => severity === "error")).toEqual([]);
    });
  }
});
