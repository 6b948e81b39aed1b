import { expect, test } from "vitest";
import { chooseUnlabelled } from "./sample-project.ts";

const images = Object.entries({ a: 4, b: 8, c: 1, d: 2 }).flatMap(([group, count]) =>
  Array.from({ length: count }, (_, i) => ({ name: `${group}${i}`, group })),
);

test("images left to do are spread over groups, and every group keeps one with labels", () => {
  const chosen = chooseUnlabelled(images, 6);
  // By hand: one each of b, a, d (c has a single image, d keeps one), then b, a, b.
  expect(chosen.map((image) => image.name).sort()).toEqual(["a0", "a1", "b0", "b1", "b2", "d0"]);
  expect(
    chooseUnlabelled([...images].reverse(), 6)
      .map((image) => image.name)
      .sort(),
  ).toEqual(chosen.map((image) => image.name).sort());
});

test("never more than the groups can spare", () => {
  expect(chooseUnlabelled(images, 100)).toHaveLength(15 - 4);
});
