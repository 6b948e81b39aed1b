import { describe, expect, test } from "vitest";
import { stateOfLabels } from "#testing/edited-layers.ts";
import { forSeeds } from "#testing/index.ts";
import { labelImage } from "../array/index.ts";
import { shapeContains } from "../labels/index.ts";
import { createCanvas, paintStroke, pressureRadius } from "./index.ts";

describe("pressureRadius", () => {
  test.each([
    [0, 4],
    [0.5, 8],
    [1, 16],
    [0.25, 5.75],
    [Number.NaN, 8],
    [7, 8],
  ])("pressure %f of a brush of 8 is %f", (pressure, radius) => {
    expect(pressureRadius(8, pressure)).toBe(radius);
  });
  test("tremor changes nothing, a clear change does", () => {
    expect(pressureRadius(8, 0.51, 8)).toBe(8);
    expect(pressureRadius(8, 0.6, 8)).toBe(9.25);
  });
  test("more pressure is never a smaller brush", () => {
    for (let step = 1; step <= 100; step++) {
      expect(pressureRadius(5, step / 100)).toBeGreaterThanOrEqual(pressureRadius(5, (step - 1) / 100));
    }
  });
});

describe("a stroke with one radius per point", () => {
  const empty = stateOfLabels(labelImage(30, 30));

  test("law: the discs on the way, with the radii between", () =>
    forSeeds(30, (random) => {
      const point = () => ({ y: random.int(120) / 4, x: random.int(120) / 4 });
      const points = [point(), point(), point()].slice(0, 2 + random.int(2));
      const radius = points.map(() => random.int(24) / 4);
      const shape = paintStroke(createCanvas(empty), { uid: "1", points, radius, mode: "exclude" })[0]?.after;
      for (let y = 0; y < 30; y++) {
        for (let x = 0; x < 30; x++) {
          // Signed distance to the union of many discs; samples are dense, so it is right to within 0.05 pixels.
          let depth = -Infinity;
          for (let k = 0; k < points.length; k++) {
            const [a, b] = [points[Math.max(0, k - 1)]!, points[k]!];
            const [ra, rb] = [radius[Math.max(0, k - 1)]!, radius[k]!];
            for (let step = 0; step <= 100; step++) {
              const share = step / 100;
              const away = Math.hypot(a.y + share * (b.y - a.y) - y, a.x + share * (b.x - a.x) - x);
              depth = Math.max(depth, ra + share * (rb - ra) - away);
            }
          }
          const isPoint = points.some((p) => Math.round(p.y) === y && Math.round(p.x) === x);
          const isIn = shape !== undefined && shape !== null && shapeContains(shape, y, x);
          if (depth > 0.05 || isPoint) expect(isIn).toBe(true);
          else if (depth < -0.05) expect(isIn).toBe(false);
        }
      }
    }));

  test("refuses another number of radii than points", () => {
    const points = [
      { y: 1, x: 1 },
      { y: 2, x: 2 },
    ];
    expect(() =>
      paintStroke(createCanvas(empty), { uid: "1", points, radius: [1], mode: "exclude" }),
    ).toThrow(expect.objectContaining({ code: "edit.invalid" }));
  });
});
