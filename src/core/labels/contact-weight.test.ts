import { expect, test } from "vitest";
import { forSeeds, labelsOf, randomLabels } from "#testing/index.ts";
import { contactWeight } from "./contact-weight.ts";

test("cells with a gap of three pixels are in contact, of five are not", () => {
  expect([...contactWeight(labelsOf("11...22")).data.subarray(2, 5)]).toEqual([
    expect.closeTo(1 + Math.exp(-1 / 8), 6),
    2,
    expect.closeTo(1 + Math.exp(-1 / 8), 6),
  ]);
  expect(new Set(contactWeight(labelsOf("11.....22")).data)).toEqual(new Set([1]));
});

test("law: 1 + exp(-d²/8) of the distance to the nearest window of 5 x 5 that holds two labels", () =>
  forSeeds(150, (random) => {
    const labels = randomLabels(random, 16, 3);
    const { height, width, data } = labels;
    const contacts: [number, number][] = [];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const seen = new Set<number>();
        for (let dy = -2; dy <= 2; dy++) {
          for (let dx = -2; dx <= 2; dx++) {
            const inside = y + dy >= 0 && y + dy < height && x + dx >= 0 && x + dx < width;
            if (inside) seen.add(data[(y + dy) * width + x + dx] as number);
          }
        }
        seen.delete(0);
        if (seen.size > 1) contacts.push([y, x]);
      }
    }
    contactWeight(labels).data.forEach((weight, i) => {
      const [y, x] = [Math.floor(i / width), i % width];
      const squared = Math.min(...contacts.map(([cy, cx]) => (cy - y) ** 2 + (cx - x) ** 2));
      expect(weight).toBeCloseTo(squared >= 64 ? 1 : 1 + Math.exp(-squared / 8), 5);
    });
  }));
