import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { labelsOf } from "#testing/index.ts";
import type { LabelImage } from "../array/index.ts";
import { type Track, withDaughters } from "../lineage/index.ts";
import { createTrackScorer, matchKnownPairs, type TrackingScores, type TrackScoreSettings } from "./index.ts";

type Row = readonly [label: number, first: number, last: number, parent: number];

const table = (rows: readonly Row[]): Track[] =>
  withDaughters(
    rows.map(([label, first, last, parent]) => ({
      label,
      first,
      last,
      parent: parent === 0 ? null : parent,
    })),
  );

/** Scores of movies of one row, one character a pixel: tracks by hand, frames as pictures. */
function scoresOf(
  reference: { readonly tracks: readonly Row[]; readonly frames: readonly string[] },
  predicted: { readonly tracks: readonly Row[]; readonly frames: readonly string[] },
  settings: Partial<TrackScoreSettings> = {},
): TrackingScores {
  const tracks = { reference: table(reference.tracks), predicted: table(predicted.tracks) };
  const scorer = createTrackScorer(tracks, settings);
  for (const [t, frame] of reference.frames.entries())
    scorer.addFrame(t, labelsOf(frame), labelsOf(predicted.frames[t]!));
  return scorer.scores();
}

/** A cell divides after frame 1; another goes on beside it. */
const family = {
  tracks: [
    [1, 0, 1, 0],
    [2, 2, 4, 1],
    [3, 2, 4, 1],
    [4, 0, 4, 0],
  ] as Row[],
  frames: ["1111..444", "1111..444", "22.33.444", "22.33.444", "22.33.444"],
};

describe("by hand", () => {
  test("a tracking is perfect against itself, under other numbers too", () => {
    const renumbered = {
      tracks: [
        [7, 0, 1, 0],
        [5, 2, 4, 7],
        [6, 2, 4, 7],
        [9, 0, 4, 0],
      ] as Row[],
      frames: family.frames.map((frame) =>
        frame.replace(/[1234]/g, (c) => ({ 1: "7", 2: "5", 3: "6", 4: "9" })[c as "1"] ?? c),
      ),
    };
    const scores = scoresOf(family, renumbered);
    expect(scores.counts).toEqual({
      ...{ NS: 0, FN: 0, FP: 0, ED: 0, EA: 0, EC: 0 },
      // Frames 0 and 1: 2 cells each, 2 to 4: 3 each. Links: 1 + 2 + 2 x 2 + 4.
      ...{ referenceDetections: 13, predictedDetections: 13, referenceLinks: 11, predictedLinks: 11 },
    });
    expect(scores.aogmEmpty).toBe(10 * 13 + 1.5 * 11);
    const { tra, det, lnk, seg, ct, tf, hota, opCtb, opCsb } = scores;
    expect([tra, det, lnk, seg, ct, tf, hota, opCtb, opCsb]).toEqual(Array(9).fill(1));
    expect(scores.cca).toBeNull();
    expect(scores.byTolerance.map(({ bc, bio, division }) => [bc, bio, division.f1])).toEqual(
      Array(4).fill([1, 1, 1]),
    );
  });

  test("a missed object, a false one, a merge: weights 10, 1, 5 and links of their own", () => {
    const predicted = {
      tracks: [
        [1, 0, 1, 0],
        [2, 2, 4, 1],
        [3, 2, 2, 1],
        [4, 0, 1, 0],
        [5, 3, 3, 0],
        [6, 3, 4, 0],
      ] as Row[],
      // Frame 3: daughter 3 is merged into 2; 5 is where nothing is; cell 4 is missed in frame 2.
      frames: ["1111..444", "1111..444", "22.33.5..".replace("5", "."), "22222566.", "22.....66"],
    };
    const { counts, aogm, tra, lnk } = scoresOf(family, predicted);
    // FN: 4 in frame 2, 3 in frame 4. FP: 5 in frame 3. NS: frame 3 once. Cell 4 is covered by two of three pixels.
    // EA: 4 from frame 1 to 2 and 2 to 3; 2 and 3 from frame 2 to 3, 3 to 4 (the merged one and the missed one).
    expect(counts).toMatchObject({ NS: 1, FN: 2, FP: 1, ED: 0, EA: 6, EC: 0 });
    expect(aogm).toBe(5 + 2 * 10 + 1 + 6 * 1.5);
    expect(tra).toBeCloseTo(1 - 35 / (10 * 13 + 1.5 * 11), 12);
    expect(lnk).toBeCloseTo(1 - 9 / 16.5, 12);
  });

  test("exactly half covered is not found", () => {
    const one = (frame: string) => ({ tracks: [[1, 0, 0, 0]] as Row[], frames: [frame] });
    expect(scoresOf(one("1111"), one("11..")).counts).toMatchObject({ FN: 1, FP: 1 });
    expect(scoresOf(one("1111"), one("111.")).counts).toMatchObject({ FN: 0, FP: 0 });
  });

  test("swapped cells: links to delete and to add, cost 2 x 1 + 2 x 1.5", () => {
    const two = (frames: string[]) => ({
      tracks: [
        [1, 0, 3, 0],
        [2, 0, 3, 0],
      ] as Row[],
      frames,
    });
    const scores = scoresOf(
      two(["11.22", "11.22", "11.22", "11.22"]),
      two(["11.22", "11.22", "22.11", "22.11"]),
    );
    expect(scores.counts).toMatchObject({ NS: 0, FN: 0, FP: 0, ED: 2, EA: 2, EC: 0 });
    expect(scores.aogm).toBe(5);
    expect(scores.linkRecall).toBeCloseTo(4 / 6, 12);
    // Each track is followed for two of four frames; HOTA: every pair of tracks shares 2 of 6.
    expect([scores.ct, scores.tf]).toEqual([0, 0.5]);
    expect(scores.assA).toBeCloseTo(1 / 3, 12);
    expect(scores.hota).toBeCloseTo(Math.sqrt(1 / 3), 12);
  });

  test("an only child: the same cell, or a parent, as the rule says", () => {
    const whole = { tracks: [[1, 0, 2, 0]] as Row[], frames: ["11", "11", "11"] };
    const cut = {
      tracks: [
        [1, 0, 0, 0],
        [2, 1, 2, 1],
      ] as Row[],
      frames: ["11", "22", "22"],
    };
    expect(scoresOf(whole, cut).counts).toMatchObject({ EA: 0, ED: 0, EC: 0 });
    expect(scoresOf(whole, cut, { parentLinks: "table" }).counts).toMatchObject({ EA: 0, ED: 0, EC: 1 });
    expect([scoresOf(whole, cut).ct, scoresOf(whole, cut, { onlyChild: "join" }).ct]).toEqual([0, 1]);
  });

  test("a gap scores like its form in files without gaps", () => {
    const frames = ["11", "11", "..", "11"];
    const whole = { tracks: [[1, 0, 3, 0]] as Row[], frames: ["11", "11", "11", "11"] };
    const gap = scoresOf(whole, { tracks: [[1, 0, 3, 0]], frames });
    const file = scoresOf(whole, {
      tracks: [
        [1, 0, 1, 0],
        [2, 3, 3, 1],
      ],
      frames: ["11", "11", "..", "22"],
    });
    expect(file).toEqual(gap);
    // The link over the gap is in no reference: deleted; two are added.
    expect(gap.counts).toMatchObject({ FN: 1, ED: 1, EA: 2 });
  });
});

describe("divisions", () => {
  const late = {
    tracks: [
      [1, 0, 2, 0],
      [2, 3, 4, 1],
      [3, 3, 4, 1],
      [4, 0, 4, 0],
    ] as Row[],
    frames: ["1111..444", "1111..444", "11....444", "22.33.444", "22.33.444"],
  };
  test("a frame late: an error at tolerance 0, found at 1", () => {
    const { byTolerance } = scoresOf(family, late);
    expect(byTolerance.map(({ division: { correct, mismatched, f1 } }) => [correct, mismatched, f1])).toEqual(
      [
        [0, 0, 0],
        [1, 0, 1],
        [1, 0, 1],
        [1, 0, 1],
      ],
    );
    expect(byTolerance.map(({ bc }) => bc)).toEqual([0, 1, 1, 1]);
  });

  test("the right parent with a wrong daughter counts against precision and recall", () => {
    const wrong = {
      // Cell 4 is taken for the second daughter from frame 2 on.
      tracks: [
        [1, 0, 1, 0],
        [2, 2, 4, 1],
        [3, 2, 4, 0],
        [4, 0, 1, 0],
        [5, 2, 4, 1],
      ] as Row[],
      frames: ["1111..444", "1111..444", "22.33.555", "22.33.555", "22.33.555"],
    };
    const { division, bc } = scoresOf(family, wrong).byTolerance[1]!;
    expect(division).toEqual({
      tolerance: 1,
      ...{ reference: 1, predicted: 1, correct: 0, mismatched: 1, missed: 1, false: 1 },
      ...{ precision: 0, recall: 0, f1: 0, branchingCorrectness: 0 },
    });
    expect(bc).toBe(0);
  });

  test("three daughters are not two", () => {
    const three = {
      tracks: [
        [1, 0, 1, 0],
        [2, 2, 4, 1],
        [3, 2, 4, 1],
        [5, 2, 4, 1],
        [4, 0, 4, 0],
      ] as Row[],
      frames: ["1111..444", "1111..444", "22533.444", "22533.444", "22533.444"],
    };
    expect(scoresOf(family, three).byTolerance[0]!.division).toMatchObject({ correct: 0, mismatched: 1 });
  });

  test("one bad frame beside the division is forgiven within the tolerance, not by BC", () => {
    const bad = { ...family, frames: family.frames.with(1, "1.....444") };
    const { byTolerance } = scoresOf(family, bad);
    expect(byTolerance.map(({ division: { correct }, bc }) => [correct, bc])).toEqual([
      [0, 0],
      [1, 0],
      [1, 0],
      [1, 0],
    ]);
  });

  test("no divisions: null, and invented ones have precision 0", () => {
    const single = { tracks: [[4, 0, 4, 0]] as Row[], frames: Array<string>(5).fill("......444") };
    const none = scoresOf(single, single).byTolerance[0]!;
    expect([none.bc, none.division.f1, none.division.recall, none.bio]).toEqual([null, null, null, 1]);
    const invented = scoresOf(single, family).byTolerance[0]!.division;
    expect([invented.precision, invented.recall, invented.f1]).toEqual([0, null, 0]);
  });
});

describe("settings, streaming, limits", () => {
  test("scores carry matcher, weights and rules", () => {
    expect(scoresOf(family, family).settings).toMatchObject({
      matcher: "coverage-above-half/1",
      parentLinks: "divisions",
      onlyChild: "cut",
      tolerances: [0, 1, 2, 3],
      weights: {
        detections: { split: 5, missed: 10, false: 1 },
        links: { false: 1, missed: 1.5, changed: 1 },
      },
      frameCount: 5,
      segFrameCount: 5,
    });
  });
  test("frames in any order give the same; one twice is a mistake of the program", () => {
    const tracks = { reference: table(family.tracks), predicted: table(family.tracks) };
    const scorer = createTrackScorer(tracks);
    for (const t of [3, 0, 4, 1, 2])
      scorer.addFrame(t, labelsOf(family.frames[t]!), labelsOf(family.frames[t]!));
    expect(scorer.scores()).toEqual(scoresOf(family, family));
    expect(() => scorer.addFrame(3, labelsOf("1"), labelsOf("1"))).toThrow(/internal/);
  });
  test("a segmentation of its own decides SEG alone", () => {
    const tracks = { reference: table([[1, 0, 0, 0]]), predicted: table([[1, 0, 0, 0]]) };
    const scorer = createTrackScorer(tracks);
    scorer.addFrame(0, labelsOf("11.."), labelsOf("1111"));
    expect(scorer.scores().seg).toBe(0.5);
    scorer.addSegmentation(labelsOf("111."), labelsOf("1111"));
    expect(scorer.scores()).toMatchObject({ seg: 0.75, det: 1 });
  });
  test("nothing at all: no score", () => {
    const scores = createTrackScorer({ reference: [], predicted: [] }).scores();
    const { tra, det, lnk, seg, ct, tf, cca, hota, opCtb } = scores;
    expect([tra, det, lnk, seg, ct, tf, cca, hota, opCtb]).toEqual(Array(9).fill(null));
  });
  test("detections without pixels: who is whom is given", () => {
    const tracks = {
      reference: table([
        [1, 0, 1, 0],
        [2, 0, 1, 0],
      ]),
      predicted: table([
        [1, 0, 1, 0],
        [2, 0, 0, 0],
        [9, 1, 1, 2],
      ]),
    };
    const scorer = createTrackScorer(tracks);
    scorer.addMatch(
      matchKnownPairs(
        0,
        [2, 1],
        [1, 2],
        [
          [1, 1],
          [2, 2],
        ],
      ),
    );
    scorer.addMatch(
      matchKnownPairs(
        1,
        [1, 2],
        [1, 9, 30],
        [
          [1, 1],
          [2, 9],
        ],
      ),
    );
    expect(scorer.scores()).toMatchObject({ lnk: 1, det: 1 - 1 / 40, counts: { FP: 1, FN: 0 } });
  });
});

interface Expected {
  readonly counts?: Readonly<Record<string, number>>;
  readonly ct: number;
  readonly tf: number;
  readonly bc: readonly (number | null)[];
  readonly cca: number | null;
  readonly seg?: number;
  readonly hota: number;
  readonly detA: number;
  readonly assA: number;
  readonly locA: number;
}
interface FixtureCase {
  readonly seed: number;
  readonly referenceTracks: readonly Row[];
  readonly predictedTracks: readonly Row[];
  readonly reference: readonly string[];
  readonly predicted: readonly string[];
  readonly expected: Expected;
}

const letters = ".123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const imageOf = (rows: string): LabelImage => {
  const lines = rows.split(" ");
  const data = Int32Array.from(lines.join(""), (letter) => letters.indexOf(letter));
  return { dtype: "int32", height: lines.length, width: lines[0]!.length, data };
};
const fixture = JSON.parse(
  readFileSync(join(import.meta.dirname, "fixtures/track-metrics.json"), "utf8"),
) as { readonly cases: readonly FixtureCase[] };

describe("24 made-up movies equal py-ctcmetrics and TrackEval", () => {
  test.each(fixture.cases)("seed $seed", (movie) => {
    const tracks = { reference: table(movie.referenceTracks), predicted: table(movie.predictedTracks) };
    const scorer = createTrackScorer(tracks, { parentLinks: "table" });
    for (const [t, frame] of movie.reference.entries())
      scorer.addFrame(t, imageOf(frame), imageOf(movie.predicted[t]!));
    const scores = scorer.scores();
    const { V, E, ...counts } = movie.expected.counts!;
    expect(scores.counts).toMatchObject({ ...counts, referenceDetections: V, referenceLinks: E });
    expect(scores.seg).toBeCloseTo(movie.expected.seg!, 9);
    expectEqual(scores, movie.expected);
  });
});

function expectEqual(scores: TrackingScores, expected: Expected): void {
  for (const name of ["ct", "tf", "hota", "detA", "assA", "locA"] as const)
    expect(scores[name], name).toBeCloseTo(expected[name], 9);
  expected.bc.forEach((bc, i) => {
    if (bc === null) expect(scores.byTolerance[i]!.bc).toBeNull();
    else expect(scores.byTolerance[i]!.bc, `BC(${i})`).toBeCloseTo(bc, 9);
  });
  if (expected.cca === null) expect(scores.cca).toBeNull();
  else expect(scores.cca, "CCA").toBeCloseTo(expected.cca, 9);
}
