/** Suggestions end the findings they are for; unions measure and exclude as if drawn as one. */
import { describe, expect, test } from "vitest";
import { labelImage, plane } from "../array/index.ts";
import { checkLineage, presenceOf, type Track, withDaughters } from "../lineage/index.ts";
import { rng } from "../rng.ts";
import { compileConstraints } from "./constraints.ts";
import { detectionFeatures, detectionsFromPoints } from "./detections.ts";
import { measureFrame } from "./measure-frame.ts";
import { offerUnions, trackOfLabels } from "./offer-unions.ts";
import { suggestRepairs } from "./suggest-repairs.ts";

function rowsOf(rows: readonly (readonly [number, number, number, number?])[]): Track[] {
  return withDaughters(
    rows.map(([label, first, last, parent]) => ({ label, first, last, parent: parent ?? null })),
  );
}

const seenIn = (tracks: readonly Track[], except: readonly string[] = []) =>
  presenceOf(
    tracks.flatMap(({ label, first, last }) =>
      Array.from({ length: last - first + 1 }, (_, k) => ({ t: first + k, label })).filter(
        (one) => !except.includes(`${one.t} ${one.label}`),
      ),
    ),
  );

describe("suggestRepairs", () => {
  const suggest = (
    tracks: readonly Track[],
    presence = seenIn(tracks),
    places: Record<string, number> = {},
  ) =>
    suggestRepairs({
      tracks,
      findings: checkLineage(tracks, presence),
      presence,
      placeOf: (label, t) => {
        const x = places[`${label} ${t}`];
        return x === undefined ? null : { y: 0, x };
      },
    });

  test("one daughter: the nearest track that begins with it, or no division", () => {
    const tracks = rowsOf([
      [1, 0, 4],
      [2, 5, 9, 1],
      [3, 5, 9],
      [4, 5, 9],
      [5, 6, 9],
    ]);
    const repairs = suggest(tracks, seenIn(tracks), { "1 4": 10, "3 5": 40, "4 5": 14, "5 6": 10 });
    expect(repairs.map(({ constraints }) => constraints)).toEqual([
      {
        acceptedDivisions: [
          {
            parent: { t: 4, label: 1 },
            daughters: [
              { t: 5, label: 2 },
              { t: 5, label: 4 },
            ],
          },
        ],
      },
      { acceptedLinks: [{ from: { t: 4, label: 1 }, to: { t: 5, label: 2 } }] },
    ]);
  });

  test("three daughters: each pair, nearest first", () => {
    const tracks = rowsOf([
      [1, 0, 4],
      [2, 5, 9, 1],
      [3, 5, 9, 1],
      [4, 5, 9, 1],
    ]);
    const repairs = suggest(tracks, seenIn(tracks), { "1 4": 0, "2 5": 3, "3 5": 30, "4 5": -4 });
    expect(repairs).toHaveLength(3);
    expect(repairs[0]!.constraints.starts).toEqual([{ t: 5, label: 3 }]);
    expect(repairs[0]!.message).toBe(
      "Keep tracks 2 and 4 as the daughters of track 1; the others begin alone.",
    );
  });

  test("a parent that is still seen divides there, or is no parent; a gap is one cell or two", () => {
    const overlap = rowsOf([
      [1, 0, 8],
      [2, 5, 9, 1],
    ]);
    expect(suggest(overlap).map(({ constraints }) => constraints)).toEqual([
      {
        acceptedDivisions: [
          {
            parent: { t: 4, label: 1 },
            daughters: [
              { t: 5, label: 2 },
              { t: 5, label: 1 },
            ],
          },
        ],
      },
      { starts: [{ t: 5, label: 2 }] },
    ]);
    const gap = rowsOf([[7, 0, 6]]);
    const found = suggest(gap, seenIn(gap, ["3 7", "4 7"]));
    const pair = { from: { t: 2, label: 7 }, to: { t: 5, label: 7 } };
    expect(found.map(({ constraints }) => constraints)).toEqual([
      { acceptedLinks: [pair] },
      { forbiddenLinks: [pair] },
    ]);
  });

  test("every suggestion is a set of decisions that do not contradict each other", () => {
    const tracks = rowsOf([
      [1, 0, 4],
      [2, 5, 9, 1],
      [3, 3, 9, 2],
      [4, 8, 9, 99],
      [5, 2, 3, 6],
      [6, 4, 5, 5],
      [8, 0, 2],
      [9, 3, 4, 8],
      [10, 4, 5, 8],
    ]);
    const repairs = suggest(tracks);
    expect(repairs.length).toBeGreaterThan(4);
    for (const { constraints } of repairs) expect(compileConstraints(constraints).size).toBeGreaterThan(0);
  });
});

describe("offerUnions", () => {
  test("a union measures like the two masks drawn as one", () => {
    const random = rng(9, "light");
    const labels = labelImage(40, 60, new Int32Array(2400));
    const image = plane("uint8", 40, 60, new Uint8Array(2400));
    for (let i = 0; i < 2400; i++) image.data[i] = 50 + random.int(100);
    const fill = (label: number, y0: number, x0: number, h: number, w: number): void => {
      for (let y = y0; y < y0 + h; y++) for (let x = x0; x < x0 + w; x++) labels.data[y * 60 + x] = label;
    };
    fill(1, 5, 5, 8, 6);
    fill(2, 6, 11, 7, 7);
    fill(3, 20, 20, 10, 10);
    fill(4, 20, 40, 10, 10);
    const offered = offerUnions(measureFrame(labels, image, 2));
    expect([...offered.parts!]).toEqual([4, 0, 1]);
    expect([...offered.conflicts!]).toEqual([0, 4, 1, 4]);
    expect([...offered.labels]).toEqual([1, 2, 3, 4, 5]);
    const joined = measureFrame(
      labelImage(
        40,
        60,
        labels.data.map((label) => (label === 2 ? 1 : label)),
      ),
      image,
      2,
    );
    expect(offered.y[4]).toBeCloseTo(joined.y[0]!, 4);
    expect(offered.x[4]).toBeCloseTo(joined.x[0]!, 4);
    for (const [column, name] of detectionFeatures.entries()) {
      // Weighted means of what moments of the pieces alone cannot give.
      if (["skewIntensity", "texture", "sideDistancePx"].includes(name)) continue;
      const [union, one] = [
        offered.features[4 * detectionFeatures.length + column]!,
        joined.features[column]!,
      ];
      expect(union, name).toBeCloseTo(one, name.endsWith("Intensity") || name.endsWith("Px") ? 2 : 4);
    }
    expect([...trackOfLabels(offered, [0, 0, 8, 9, 7])]).toEqual([
      [3, 8],
      [4, 9],
      [1, 7],
      [2, 7],
    ]);
  });

  test("unions that share a piece exclude each other; whole neighbours and unknown areas give none", () => {
    const row = (areas: number[]) =>
      detectionsFromPoints({
        t: 0,
        height: 100,
        width: 400,
        labels: areas.map((_, i) => i + 1),
        y: areas.map(() => 50),
        x: areas.map((_, i) => 20 + 9 * i),
        areaPx: areas,
      });
    const three = offerUnions(row([70, 70, 70, 130, 130, 130, 130]));
    expect([...three.parts!]).toEqual([7, 0, 1, 8, 1, 2]);
    expect([...three.conflicts!]).toEqual([0, 7, 1, 7, 1, 8, 2, 8, 7, 8]);
    const whole = row([100, 110, 90, 105]);
    expect(offerUnions(whole)).toBe(whole);
    expect(offerUnions(row([0, 0, 0])).parts).toBeUndefined();
  });
});
