import { expect, test } from "vitest";
import { forSeeds, randomLabels } from "#testing/index.ts";
import { measureCentre } from "./measure-centre.ts";
import { shapeToMask } from "./object-shape.ts";
import { objectShapesFromLabels } from "./shapes-from-labels.ts";

test("size and centre are those of the pixels, one by one", () => {
  forSeeds(30, (random) => {
    for (const [, shape] of objectShapesFromLabels(randomLabels(random))) {
      const { height, width, data } = shapeToMask(shape);
      const [top, left] = shape.bbox;
      let [area, y, x] = [0, 0, 0];
      for (let i = 0; i < height * width; i++) {
        if (data[i] === 0) continue;
        area++;
        y += top + Math.floor(i / width);
        x += left + (i % width);
      }
      const { areaPx, centroid } = measureCentre(shape);
      expect(areaPx).toBe(area);
      // Sums of halves and whole numbers are exact; only the division rounds.
      expect(centroid.y).toBeCloseTo(y / area, 12);
      expect(centroid.x).toBeCloseTo(x / area, 12);
    }
  });
});
