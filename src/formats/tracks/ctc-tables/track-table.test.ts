import { describe, expect, test } from "vitest";
import type { FoundryError } from "#core/errors.ts";
import { type Track, withDaughters } from "#core/lineage/index.ts";
import { memoryFiles } from "#testing/import-files.ts";
import { forSeeds, labelsOf } from "#testing/index.ts";
import { randomTracks } from "#testing/random-lineages.ts";
import { ctcLayout } from "../../collections/ctc/ctc-layout.ts";
import { writeLabelTiff } from "../../pixels/tiff/write-label-tiff.ts";
import { readTrackTable, writeTrackTable } from "./track-table.ts";

const refusal = (text: string): FoundryError => {
  try {
    readTrackTable(text, "man_track.txt");
  } catch (error) {
    return error as FoundryError;
  }
  throw new Error("it was not refused");
};

describe("a table that breaks a law is refused with rule, id and frame", () => {
  const cases: [name: string, text: string, rule: string, label: number | null, frame: number | null][] = [
    ["text where a number belongs", "1 0 4 0\n2 5 nine 1\n", "numberInvalid", 2, 5],
    ["a negative number", "1 0 4 0\n2 5 -1 1\n", "numberInvalid", 2, 5],
    ["a fraction", "1.5 0 4 0\n", "numberInvalid", null, 0],
    ["a number beyond 31 bits", "1 0 4294967296 0\n", "numberInvalid", 1, 0],
    ["three numbers", "1 0 4\n", "numberInvalid", 1, 0],
    ["five numbers", "1 0 4 0 7\n", "numberInvalid", 1, 0],
    ["label 0", "0 0 4 0\n", "numberInvalid", 0, null],
    ["a label twice", "3 0 4 0\n3 6 9 0\n", "labelRepeated", 3, 6],
    ["an end before its beginning", "3 4 2 0\n", "endBeforeBegin", 3, 4],
    ["a parent that is not listed", "3 4 6 9\n", "parentMissing", 3, 4],
    ["a parent still seen", "1 0 4 0\n2 4 6 1\n", "parentOverlaps", 2, 4],
    ["a parent after its child", "1 5 9 0\n2 1 3 1\n", "parentOverlaps", 2, 1],
    ["its own parent", "2 1 3 2\n", "cycle", 2, 1],
    ["a ring of parents", "1 0 2 3\n2 3 4 1\n3 5 6 2\n", "cycle", 1, 0],
  ];
  test.each(cases)("%s", (_, text, rule, label, frame) => {
    const error = refusal(text);
    expect([error.code, error.details["rule"], error.details["label"], error.details["frame"]]).toEqual([
      "format.ctc",
      rule,
      label,
      frame,
    ]);
    expect(error.message).toContain(`(rule ${rule})`);
  });

  test("a ring of parents is among the findings on each member", () => {
    const { details } = refusal("1 0 2 3\n2 3 4 1\n3 5 6 2\n");
    const rings = (details["findings"] as { rule: string; label: number }[]).filter(
      ({ rule }) => rule === "cycle",
    );
    expect(rings.map(({ label }) => label)).toEqual([1, 2, 3]);
    expect(details["count"]).toBe(4);
  });
});

test("law: what is written is read again, line by line", () => {
  forSeeds(50, (random) => {
    const tracks = randomTracks(random, { frames: 20, founders: 6 });
    const text = writeTrackTable(tracks);
    const back = readTrackTable(text, "t");
    const sorted = (list: readonly Track[]) => list.toSorted((a, b) => a.label - b.label);
    expect(sorted(back)).toEqual(sorted(withDaughters(tracks)));
    expect(readTrackTable(`\ufeff${text.replaceAll("\n", "\r\n").replaceAll(" ", "\t")}`, "t")).toEqual(back);
  });
});

describe("table and masks must agree, in an import too", () => {
  const plane = (...rows: string[]) => writeLabelTiff(labelsOf(...rows));
  const movie = (table: string, last = "11..") =>
    memoryFiles("set", {
      "01/t000.tif": plane("....", "...."),
      "01/t001.tif": plane("....", "...."),
      "01/t002.tif": plane("....", "...."),
      "01_GT/TRA/man_track000.tif": plane("11..", "...."),
      "01_GT/TRA/man_track001.tif": plane("11..", "..22"),
      "01_GT/TRA/man_track002.tif": plane(last, "..22"),
      "01_GT/TRA/man_track.txt": table,
    });
  const read = async (table: string, last?: string) => {
    const files = movie(table, last);
    const plan = await ctcLayout.plan(files);
    return ctcLayout.open(files).read(plan!.items[0]!);
  };

  test("a table that fits gives its links", async () => {
    const { layers } = await read("1 0 2 0\n2 1 2 0\n");
    expect(layers[0]!.links).toHaveLength(3);
  });

  test.each([
    ["a label without pixels", "1 0 2 0\n2 1 2 0\n", "....", "frameMissing", 1, 2],
    ["pixels outside their track", "1 0 1 0\n2 1 2 0\n", "11..", "frameOutside", 1, 2],
    ["pixels without a track", "1 0 2 0\n", "11..", "labelUnknown", 2, 1],
  ])("%s", async (_, table, last, rule, label, frame) => {
    const error = (await read(table, last).catch((cause: unknown) => cause)) as FoundryError;
    expect([error.code, error.details["rule"], error.details["label"], error.details["frame"]]).toEqual([
      "format.ctc",
      rule,
      label,
      frame,
    ]);
    expect(error.message).toContain("01_GT/TRA/man_track.txt");
  });
});
