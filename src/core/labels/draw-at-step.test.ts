import { expect, test } from "vitest";
import { rng } from "../rng.ts";
import { drawLabelsAtStep } from "./draw-at-step.ts";
import { objectShapeFromMask, renderObjects } from "./object-shape.ts";

test("any box at any step has the pixels of the whole label image", () => {
  const random = rng(7);
  const [height, width] = [61, 47];
  const objects = Array.from({ length: 40 }, (_, k) => {
    const data = Uint8Array.from({ length: 11 * 9 }, () => (random.chance(0.7) ? 1 : 0));
    const place = { y: random.int(height - 11), x: random.int(width - 9) };
    const shape = objectShapeFromMask({ dtype: "uint8", height: 11, width: 9, data }, place);
    return shape === null ? [] : [{ label: k + 1, shape }];
  }).flat();
  const whole = renderObjects(height, width, objects);
  for (const step of [1, 2, 4, 8]) {
    const [h, w] = [Math.ceil(height / step), Math.ceil(width / step)];
    for (let round = 0; round < 20; round++) {
      const [y0, x0] = [random.int(h), random.int(w)];
      const [y1, x1] = [y0 + 1 + random.int(h - y0), x0 + 1 + random.int(w - x0)];
      const expected: number[] = [];
      for (let y = y0; y < y1; y++)
        for (let x = x0; x < x1; x++) expected.push(whole.data[y * step * width + x * step] as number);
      const drawn = drawLabelsAtStep(objects, [y0, x0, y1, x1], step);
      expect([drawn.height, drawn.width]).toEqual([y1 - y0, x1 - x0]);
      expect([...drawn.data]).toEqual(expected);
    }
  }
});
