import { expect, test } from "vitest";
import { labelImage } from "../array/index.ts";
import { rng as createRng } from "../rng.ts";
import { objectShapesFromLabels } from "./shapes-from-labels.ts";
import { createShapeCollector } from "./shapes-from-rows.ts";
import { joinLabelsInPlace } from "./stitch-labels.ts";

/** Blobs, pieces far apart with one number, background below 0. */
function scene(seed: number) {
  const rng = createRng(seed);
  const labels = labelImage(37, 29);
  for (let k = 0; k < 40; k++) {
    const [y, x] = [Math.floor(rng.next() * 37), Math.floor(rng.next() * 29)];
    const [h, w] = [1 + Math.floor(rng.next() * 9), 1 + Math.floor(rng.next() * 9)];
    const label = 1 + Math.floor(rng.next() * 14);
    for (let dy = 0; dy < h && y + dy < 37; dy++)
      for (let dx = 0; dx < w && x + dx < 29; dx++) labels.data[(y + dy) * 29 + x + dx] = label;
  }
  return labels;
}

test.each([1, 2, 3, 4, 5])("shapes of bands are those of the whole label image (scene %i)", (seed) => {
  const labels = scene(seed);
  for (const step of [1, 2, 5, 36, 37]) {
    for (const joins of [
      new Map<number, number>(),
      new Map([
        [9, 2],
        [5, 3],
      ]),
    ]) {
      const collector = createShapeCollector({ t: 2 });
      for (let y = 0; y < 37; y += step) {
        const rows = Math.min(step, 37 - y);
        collector.add(labelImage(rows, 29, labels.data.slice(y * 29, (y + rows) * 29)));
      }
      const whole = labelImage(37, 29, labels.data.slice());
      joinLabelsInPlace(whole, joins);
      const expected = objectShapesFromLabels(whole, { t: 2 });
      const found = collector.finish(joins);
      expect([...found.keys()]).toEqual([...expected.keys()]);
      expect([...found]).toEqual([...expected]);
    }
  }
});
