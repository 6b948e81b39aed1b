import { describe, expect, test } from "vitest";
import { rng as startRng } from "../rng.ts";
import { assertSpot, cellOfSpot, countSpots, roundedSpot, type Spot } from "./index.ts";

const spot = (y: number, x: number, more: Partial<Spot> = {}): Spot => ({
  t: 0,
  z: 0,
  y,
  x,
  kind: "ACTB",
  score: null,
  cell: null,
  ...more,
});

/** Cells drawn as letters; a dot is background. */
function ground(...rows: string[]) {
  const at = (y: number, x: number): string | undefined => {
    const letter = rows[y]?.[x];
    return letter === undefined || letter === "." ? undefined : letter;
  };
  const all = new Set(rows.join("").replaceAll(".", ""));
  return { height: rows.length, width: rows[0]?.length ?? 0, uidAt: at, has: (uid: string) => all.has(uid) };
}

const px = { y: 1, x: 1 };

describe("the cell of a spot", () => {
  const cells = ground("aa....b", "aa....b", ".......");

  test("the cell that holds it, however near another is", () => {
    expect(cellOfSpot(spot(0.4, 1.4), cells, { distanceMax: 5, mpp: px })).toBe("a");
  });

  test("the nearest one within the distance, none beyond", () => {
    expect(cellOfSpot(spot(0, 3), cells, { distanceMax: 2, mpp: px })).toBe("a");
    expect(cellOfSpot(spot(0, 3), cells, { distanceMax: 1.9, mpp: px })).toBeNull();
    expect(cellOfSpot(spot(0, 3), cells, { distanceMax: 0, mpp: px })).toBeNull();
    expect(cellOfSpot(spot(0, 4.2), cells, { distanceMax: 9, mpp: px })).toBe("b");
  });

  test("a hand's word stands over the computed one, as long as the cell lives", () => {
    expect(cellOfSpot(spot(0, 0, { cell: "b" }), cells, { distanceMax: 0, mpp: px })).toBe("b");
    expect(cellOfSpot(spot(0, 0, { cell: "" }), cells, { distanceMax: 9, mpp: px })).toBeNull();
    expect(cellOfSpot(spot(0, 0, { cell: "gone" }), cells, { distanceMax: 0, mpp: px })).toBe("a");
  });

  test("law: equal to looking at every pixel, with pixels that are not square", () => {
    const rng = startRng(7);
    for (let round = 0; round < 60; round++) {
      const rows = Array.from({ length: 12 }, () =>
        Array.from({ length: 14 }, () =>
          rng.next() < 0.06 ? "abcde"[Math.floor(rng.next() * 5)] : ".",
        ).join(""),
      );
      const cells = ground(...rows);
      const mpp = { y: 0.3 + rng.next(), x: 0.3 + rng.next() };
      const one = spot(rng.next() * 11, rng.next() * 13);
      const distanceMax = rng.next() * 4;
      const inside = cells.uidAt(Math.round(one.y), Math.round(one.x));
      let best: [string | null, number] = [null, Infinity];
      rows.forEach((row, y) => {
        [...row].forEach((letter, x) => {
          const far = Math.hypot((y - one.y) * mpp.y, (x - one.x) * mpp.x);
          if (letter === "." || far > distanceMax) return;
          if (far < best[1] || (far === best[1] && letter < (best[0] as string))) best = [letter, far];
        });
      });
      expect(cellOfSpot(one, cells, { distanceMax, mpp })).toBe(inside ?? best[0]);
    }
  });
});

test("counts per cell and kind, zeros where a cell has none of a kind", () => {
  const counts = countSpots([
    { kind: "B", cell: "x" },
    { kind: "A", cell: "x" },
    { kind: "A", cell: "x" },
    { kind: "A", cell: null },
    { kind: "B", cell: "y" },
  ]);
  expect(counts.kinds).toEqual(["A", "B"]);
  expect(Object.fromEntries(counts.byCell)).toEqual({ x: [2, 1], y: [0, 1] });
  expect(counts.unassigned).toEqual([1, 0]);
});

test("spots are kept to a hundredth of a pixel and must lie in the image", () => {
  expect(roundedSpot(spot(1.23456, -0.001))).toMatchObject({ y: 1.23, x: 0 });
  const image = { height: 4, width: 4 };
  expect(() => assertSpot(spot(3.5, 0), image)).not.toThrow();
  for (const bad of [
    spot(3.6, 0),
    spot(0, Number.NaN),
    spot(0, 0, { kind: "" }),
    spot(0, 0, { kind: " A" }),
    spot(0, 0, { t: 0.5 }),
  ])
    expect(() => assertSpot(bad, image)).toThrow(expect.objectContaining({ code: "edit.invalid" }));
});
