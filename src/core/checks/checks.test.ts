import { describe, expect, test } from "vitest";
import { forSeeds, labelsOf, makeSyntheticCells } from "#testing/index.ts";
import { type ObjectShape, objectShapesFromLabels, shapeArea, shapesEqual } from "../labels/index.ts";
import {
  type CheckedObject,
  type CheckFinding,
  checkAgainstModel,
  checkCompartments,
  checkImage,
  checkObjects,
  checkRules,
  checkSiblings,
  checkTracks,
  gates,
  mendFinding,
} from "./index.ts";

function objectsOf(...rows: string[]): CheckedObject[] {
  return [...objectShapesFromLabels(labelsOf(...rows))].map(([label, shape]) => ({
    uid: `o${label}`,
    shape,
  }));
}

const rulesOf = (findings: readonly CheckFinding[]): string[] =>
  findings.map(({ rule, uids }) => `${rule} ${uids.join("+")}`.trim());

const geometry = (findings: readonly CheckFinding[]): CheckFinding[] =>
  findings.filter(({ rule }) => !["objectTiny", "objectAtBorder", "objectNotSolid"].includes(rule));

const check = (objects: readonly CheckedObject[], size = 100): CheckFinding[] =>
  checkObjects(objects, { height: size, width: size });

const square = (y: number, x: number, side: number, t = 0): ObjectShape => {
  const count = side * side;
  const bits = new Uint8Array((count + 7) >> 3).fill(0xff);
  const padding = bits.length * 8 - count;
  bits[bits.length - 1] = (0xff << padding) & 0xff;
  return { t, z: 0, bbox: [y, x, y + side, x + side], bits };
};

describe("checks of objects", () => {
  test("a hole of background is found, one that holds another cell is not, nor a bay", () => {
    const objects = objectsOf(
      "......................",
      ".11111..22222..33333..",
      ".1...1..2...2..3......",
      ".1...1..2.4.2..3......",
      ".11111..22222..33333..",
    );
    const found = geometry(check(objects));
    // What is inside the 2 is the place of the 4 and its surroundings, as for the fill tool of the editor.
    expect(rulesOf(found)).toEqual(["objectHole o1"]);
    expect(found[0]?.detail).toBe("1 hole, 6 pixels of 14");
    const nested = objectsOf(".....", ".111.", ".141.", ".111.");
    expect(geometry(check(nested))).toEqual([]);
  });

  test("corners touch: one piece; apart: pieces, and specks below ten pixels are named", () => {
    const objects = objectsOf(
      "11..2222....",
      "11..2222....",
      "..11........",
      "..11..2.2222",
      "........2222",
      "........2222",
    );
    const found = geometry(check(objects));
    expect(rulesOf(found)).toEqual(["objectInPieces o2", "objectFragment o2"]);
    expect(found[0]).toMatchObject({ value: 9, detail: "3 pieces: 12, 8, 1 pixels" });
    expect(found[1]).toMatchObject({ value: 2 });
  });

  test("shared pixels and cells outlined twice, each pair once", () => {
    const objects = [
      { uid: "a", shape: square(0, 0, 10) },
      { uid: "b", shape: square(0, 1, 10) },
      { uid: "c", shape: square(8, 8, 10) },
      { uid: "d", shape: square(8, 8, 10, 1) },
    ];
    // a and b: 90 of 110 pixels, 0.818; a and c: 4; b and c: 6; d lies in another frame.
    expect(geometry(check(objects))).toMatchObject([
      { rule: "objectDuplicate", uids: ["a", "b"], detail: "the same for 82 %" },
      { rule: "objectOverlap", uids: ["a", "c"], value: 4 },
      { rule: "objectOverlap", uids: ["b", "c"], value: 6 },
    ]);
  });

  test("size against the others, roundness, border", () => {
    const objects = [
      ...Array.from({ length: 9 }, (_, k) => ({ uid: `n${k}`, shape: square(10, 10 + 9 * k, 7) })),
      { uid: "speck", shape: square(30, 30, 5) },
      { uid: "giant", shape: square(40, 0, 30) },
      {
        uid: "L",
        shape: objectsOf(
          ...[
            "1...............",
            "1...............",
            "1...............",
            "1...............",
            "1...............",
            "1...............",
            "1...............",
            "1...............",
            "1...............",
            "1...............",
            "1...............",
            "1...............",
            "1...............",
            "1...............",
            "1...............",
            "1111111111111111",
          ].map((row) => row),
        )[0]?.shape as ObjectShape,
      },
    ];
    const found = check(
      objects.map(({ uid, shape }) => ({ uid, shape: uid === "L" ? moved(shape, 70, 70) : shape })),
    );
    expect(rulesOf(found)).toEqual([
      "objectTiny speck",
      "objectHuge giant",
      "objectAtBorder giant",
      "objectNotSolid L",
    ]);
    expect(found[0]).toMatchObject({ detail: "25 pixels; usual here: 49", value: 49 / 25 });
  });

  test("only the asked objects are checked, against all", () => {
    const objects = [
      { uid: "a", shape: square(0, 0, 10) },
      { uid: "b", shape: square(0, 5, 10) },
    ];
    const found = checkObjects(objects, { height: 50, width: 50, only: new Set(["a"]) });
    expect(rulesOf(geometry(found))).toEqual(["objectOverlap a+b"]);
    expect(geometry(checkObjects(objects, { height: 50, width: 50, only: new Set() }))).toEqual([]);
  });
});

const moved = (shape: ObjectShape, dy: number, dx: number): ObjectShape => {
  const [y0, x0, y1, x1] = shape.bbox;
  return { ...shape, bbox: [y0 + dy, x0 + dx, y1 + dy, x1 + dx] };
};

describe("mending", () => {
  let born = 0;
  const newUid = (): string => `new${++born}`;
  const mend = (objects: readonly CheckedObject[], rule: string): CheckedObject[] => {
    const state = new Map(objects.map(({ uid, shape }) => [uid, shape]));
    for (const finding of check(objects)) {
      if (finding.rule !== rule) continue;
      for (const { uid, before, after } of mendFinding(finding, state, { newUid })) {
        expect(state.get(uid) ?? null).toEqual(before);
        if (after === null) state.delete(uid);
        else state.set(uid, after);
      }
    }
    return [...state].map(([uid, shape]) => ({ uid, shape }));
  };

  test("holes are filled, but never with another cell's pixels", () => {
    const mended = mend(objectsOf("1111111", "1..11.1", "1..1211", "1111111"), "objectHole");
    expect(mended.map(({ shape }) => shapeArea(shape))).toEqual([27, 1]);
  });

  test("pieces become cells, specks go", () => {
    const objects = objectsOf("1111.1111.1", "1111.1111..", "1111.1111..", "1111.......");
    const mended = mend(objects, "objectInPieces");
    expect(mended.map(({ shape }) => shapeArea(shape))).toEqual([16, 12]);
    expect(mended[0]?.uid).toBe("o1");
    expect(mend(objects, "objectFragment").map(({ shape }) => shapeArea(shape))).toEqual([28]);
  });

  test("shared pixels stay with the first, the smaller twin goes", () => {
    const overlapping = [
      { uid: "a", shape: square(0, 0, 10) },
      { uid: "c", shape: square(8, 8, 10) },
    ];
    expect(mend(overlapping, "objectOverlap").map(({ shape }) => shapeArea(shape))).toEqual([100, 96]);
    const twins = [
      { uid: "a", shape: square(0, 0, 10) },
      { uid: "b", shape: square(0, 0, 11) },
    ];
    expect(mend(twins, "objectDuplicate").map(({ uid }) => uid)).toEqual(["b"]);
  });

  test("a finding about objects that are gone changes nothing", () => {
    const finding: CheckFinding = { rule: "objectHole", uids: ["gone"], value: 1, detail: "" };
    expect(mendFinding(finding, new Map(), { newUid })).toEqual([]);
    expect(() => mendFinding({ ...finding, rule: "objectTiny" }, new Map(), { newUid })).toThrow(/internal:/);
  });

  test("law: planted holes, pieces and overlaps are found, mended without a trace, and all else stays", () =>
    forSeeds(20, (random, seed) => {
      const cells = makeSyntheticCells({ height: 160, width: 160, seed });
      const sound = [...objectShapesFromLabels(cells.labels)].map(([label, shape]) => ({
        uid: `c${label}`,
        shape,
      }));
      const clean = sound.filter(
        ({ uid }) => !geometry(check(sound, 160)).some(({ uids }) => uids.includes(uid)),
      );
      const victim = clean[random.int(clean.length)];
      if (victim === undefined || shapeArea(victim.shape) < 60) return;
      const faulty = punched(victim.shape);
      if (faulty === null) return;
      const state = clean.map((one) => (one.uid === victim.uid ? { uid: one.uid, shape: faulty } : one));
      const found = geometry(check(state, 160)).filter(({ rule }) => gates(rule));
      expect(rulesOf(found)).toEqual([`objectHole ${victim.uid}`]);
      const mended = new Map(
        mendFinding(found[0] as CheckFinding, new Map(state.map(({ uid, shape }) => [uid, shape])), {
          newUid,
        }).map(({ uid, after }) => [uid, after]),
      );
      expect([...mended.keys()]).toEqual([victim.uid]);
      expect(shapesEqual(mended.get(victim.uid) as ObjectShape, victim.shape)).toBe(true);
    }));
});

/** The shape without its middle pixel, or `null` when that pixel is not well inside. */
function punched(shape: ObjectShape): ObjectShape | null {
  const [y0, x0, y1, x1] = shape.bbox;
  const width = x1 - x0;
  const bit = Math.floor((y1 - y0) / 2) * width + Math.floor(width / 2);
  const has = (b: number): boolean => ((shape.bits[b >> 3] ?? 0) & (0x80 >> (b & 7))) !== 0;
  if (![bit, bit - 1, bit + 1, bit - width, bit + width].every(has)) return null;
  const bits = shape.bits.slice();
  bits[bit >> 3] = (bits[bit >> 3] as number) & ~(0x80 >> (bit & 7));
  return { ...shape, bits };
}

describe("checks across layers", () => {
  test("every nucleus in a cell, every cell with one nucleus", () => {
    const nuclei = [
      { uid: "in", shape: square(12, 12, 4) },
      { uid: "half", shape: square(18, 30, 4) },
      { uid: "out", shape: square(80, 80, 4) },
      { uid: "n1", shape: square(52, 52, 4) },
      { uid: "n2", shape: square(58, 58, 4) },
    ];
    const cells = [
      { uid: "A", shape: square(10, 10, 10) },
      { uid: "B", shape: square(11, 28, 10) },
      { uid: "C", shape: square(50, 50, 15) },
      { uid: "D", shape: square(30, 70, 10) },
    ];
    // "half": rows 18..21, B ends at row 21, so a quarter lies outside.
    expect(checkCompartments(nuclei, cells)).toEqual([
      { rule: "nucleusOutsideCell", uids: ["half", "B"], value: 0.25, detail: "25 % of the nucleus outside" },
      { rule: "nucleusWithoutCell", uids: ["out"], value: 1, detail: "in no cell" },
      { rule: "cellWithNuclei", uids: ["C", "n1", "n2"], value: 2, detail: "2 nuclei" },
      { rule: "cellWithoutNucleus", uids: ["D"], value: 1, detail: "no nucleus inside" },
    ]);
  });
});

describe("checks of images", () => {
  const plane = (value: (i: number) => number) => ({
    dtype: "uint16" as const,
    height: 20,
    width: 20,
    data: Uint16Array.from({ length: 400 }, (_, i) => value(i)),
  });
  const nucleus = { uid: "n", shape: square(5, 5, 10) };
  const isInside = (i: number): boolean => i / 20 >= 5 && i / 20 < 15 && i % 20 >= 5 && i % 20 < 15;

  test("constant, overexposed at the camera's limit, and sound channels", () => {
    const found = checkImage(
      [
        { name: "blank", role: "other", plane: plane(() => 7) },
        { name: "burnt", role: "other", plane: plane((i) => (i < 40 ? 4095 : i)) },
        { name: "bright", role: "other", plane: plane((i) => (i < 40 ? 3000 : i)) },
      ],
      [],
    );
    expect(found).toEqual([
      { rule: "channelConstant", uids: [], value: 1, detail: "every pixel is 7", channel: 0 },
      {
        rule: "channelSaturated",
        uids: [],
        value: 0.1,
        detail: "10.0 % of the pixels are 4095, the greatest value",
        channel: 1,
      },
    ]);
  });

  test("a channel that shows the nuclei better than the one named nuclear", () => {
    const shows = { name: "ch2", role: "other", plane: plane((i) => (isInside(i) ? 500 + (i % 7) : i % 11)) };
    const noise = { name: "DAPI", role: "nuclear", plane: plane((i) => (i * 37) % 101) };
    expect(checkImage([noise, shows], [nucleus])).toMatchObject([{ rule: "channelOrder", channel: 0 }]);
    expect(
      checkImage(
        [
          { ...shows, role: "nuclear" },
          { ...noise, role: "other" },
        ],
        [nucleus],
      ),
    ).toEqual([]);
    expect(checkImage([noise, shows], [])).toEqual([]);
  });

  test("numbers of cells against the group", () => {
    const usual = Array.from({ length: 10 }, (_, k) => ({
      id: `i${k}`,
      group: "g",
      cellCount: 40 + k,
      areaPx: 10_000,
      exhaustive: true,
    }));
    const found = checkSiblings([
      ...usual,
      { id: "few", group: "g", cellCount: 2, areaPx: 10_000, exhaustive: true },
      { id: "large", group: "g", cellCount: 450, areaPx: 100_000, exhaustive: true },
      { id: "none", group: "h", cellCount: 0, areaPx: 10_000, exhaustive: true },
      { id: "partly", group: "g", cellCount: 1, areaPx: 10_000, exhaustive: false },
    ]);
    expect([...found].map(([id, findings]) => `${id} ${rulesOf(findings)}`)).toEqual([
      "none layerEmpty",
      "few densityOutlier",
    ]);
    expect(found.get("few")?.[0]?.detail).toMatch(/^2 cells; usual for this area: 4[4-5]$/);
  });
});

describe("checks of tracks", () => {
  test("jumps, sudden sizes, single frames, and the laws at the frame they name", () => {
    const at = (uid: string, y: number, x: number, side: number, t: number) => ({
      uid,
      shape: square(y, x, side, t),
    });
    const tracks = [
      { label: 1, objects: [at("a0", 10, 10, 10, 0), at("a1", 10, 12, 10, 1), at("a2", 10, 60, 10, 2)] },
      { label: 2, objects: [at("b0", 40, 10, 10, 0), at("b1", 40, 10, 15, 1)] },
      { label: 3, objects: [at("c4", 70, 10, 10, 4)] },
    ];
    const law = {
      rule: "frameMissing",
      severity: "error",
      label: 1,
      frame: 1,
      lastFrame: 1,
      message: "track 1 is missing in frame 1",
    } as const;
    // 48 px in a diameter of 11.28 px: 4.25 diameters.
    expect(checkTracks(tracks, [law])).toEqual([
      { rule: "trackLaw", uids: ["a1"], value: 1, detail: "track 1 is missing in frame 1" },
      expect.objectContaining({
        rule: "trackJump",
        uids: ["a2", "a1"],
        detail: "track 1, frames 1 to 2: 4.3 diameters in 1 frame",
      }),
      expect.objectContaining({
        rule: "trackAreaJump",
        value: 2.25,
        detail: "track 2, frames 0 to 1: 100 to 225 pixels",
      }),
      { rule: "trackSingleFrame", uids: ["c4"], value: 1, detail: "track 3 in frame 4 only" },
    ]);
  });
});

describe("checks against a model", () => {
  test("split, merge, missing and extra, by the model's confidence", () => {
    const labels = objectsOf(
      "1111.....22.33..",
      "1111.....22.33..",
      "1111.....22.33..",
      "................",
      "44444...........",
      "44444...........",
    );
    const predicted = objectsOf(
      "1122.....33333..",
      "1122.....33333..",
      "1122.....33333..",
      "................",
      "..........555555",
      "..........555555",
    ).map((one) => ({ ...one, confidence: one.uid === "o5" ? 0.9 : 0.8 }));
    expect(checkAgainstModel(labels, predicted)).toMatchObject([
      { rule: "modelSplit", uids: ["o1"], value: 0.8, detail: "the model sees 2 cells here" },
      { rule: "modelMerge", uids: ["o2", "o3"], value: 0.8 },
      { rule: "modelMissing", uids: ["o4"] },
      { rule: "modelExtra", uids: [], value: 0.9, detail: "near x 13, y 5" },
    ]);
    expect(checkAgainstModel(labels, labels)).toEqual([]);
  });
});

test("every rule says what is wrong in a short title and one sentence, and only geometry and laws gate", () => {
  for (const [name, { title, explains, severity, scope }] of Object.entries(checkRules)) {
    expect(title.length, name).toBeLessThan(30);
    expect(explains, name).toMatch(/^[A-Z].*\.$/);
    if (severity === "error") expect(["object", "track"], name).toContain(scope);
  }
});
