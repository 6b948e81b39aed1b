import { describe, expect, test } from "vitest";
import { forSeeds, labelsOf, maskOf, pictureOf, randomLabels } from "#testing/index.ts";
import { type LabelImage, labelImage } from "../array/index.ts";
import { connectedComponents, fillHoles, relabelSequential, removeSmallObjects } from "./index.ts";

/** Flood from every pixel, depth first. */
function slowComponents(image: LabelImage, connectivity: 4 | 8): LabelImage {
  const { height, width, data } = image;
  const out = labelImage(height, width);
  let count = 0;
  for (let start = 0; start < data.length; start++) {
    if (data[start] === 0 || out.data[start] !== 0) continue;
    count++;
    const stack = [start];
    while (stack.length > 0) {
      const at = stack.pop() as number;
      if (out.data[at] !== 0) continue;
      out.data[at] = count;
      const [y, x] = [Math.floor(at / width), at % width];
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const [ny, nx] = [y + dy, x + dx];
          if (connectivity === 4 && dy !== 0 && dx !== 0) continue;
          if (ny < 0 || nx < 0 || ny >= height || nx >= width) continue;
          if (data[ny * width + nx] === data[start]) stack.push(ny * width + nx);
        }
      }
    }
  }
  return out;
}

describe("connectedComponents", () => {
  test("corners join with eight neighbours only", () => {
    const mask = maskOf("1.1", ".1.", "1.1");
    expect(pictureOf(connectedComponents(mask, 8))).toEqual(["1.1", ".1.", "1.1"]);
    expect(pictureOf(connectedComponents(mask, 4))).toEqual(["1.2", ".3.", "4.5"]);
  });

  test("a U joins late, and touching labels stay apart", () => {
    expect(pictureOf(connectedComponents(labelsOf("5.522", "5.522", "555.2")))).toEqual([
      "1.122",
      "1.122",
      "111.2",
    ]);
  });

  test("law: equals a plain flood", () =>
    forSeeds(400, (random) => {
      const labels = randomLabels(random, 18, 3);
      for (const connectivity of [4, 8] as const) {
        expect(pictureOf(connectedComponents(labels, connectivity))).toEqual(
          pictureOf(slowComponents(labels, connectivity)),
        );
      }
    }));
});

test("law: equals a plain flood on images of many thousand runs", () =>
  forSeeds(5, (random) => {
    const labels = labelImage(120, 130);
    for (let i = 0; i < labels.data.length; i++) labels.data[i] = random.int(3);
    expect(connectedComponents(labels, 4).data).toEqual(slowComponents(labels, 4).data);
  }));

describe("relabelSequential, removeSmallObjects", () => {
  test("keep order", () => {
    expect(pictureOf(relabelSequential(labelsOf("9.44", "9.7.")))).toEqual(["3.11", "3.2."]);
  });
  test("count all pieces of a label together", () => {
    expect(pictureOf(removeSmallObjects(labelsOf("1.22.1", "3....."), 2))).toEqual(["1.22.1", "......"]);
  });
});

describe("fillHoles", () => {
  test("fills what one object encloses, and nothing else", () => {
    const before = labelsOf("11111.", "1.1.1.", "11111.", ".2222.", ".2.32.", ".2222.");
    expect(pictureOf(fillHoles(before))).toEqual([
      "11111.",
      "11111.",
      "11111.",
      ".2222.",
      ".2.32.",
      ".2222.",
    ]);
  });
  test("a gap at a corner does not open a hole", () => {
    expect(pictureOf(fillHoles(labelsOf(".11.", "1..1", ".11.")))).toEqual([".11.", "1111", ".11."]);
  });
  test("holes at the edge of the image are not holes", () => {
    expect(pictureOf(fillHoles(labelsOf("1.1", "111")))).toEqual(["1.1", "111"]);
  });
  test("large holes stay when a limit is given", () => {
    expect(pictureOf(fillHoles(labelsOf("11111", "1...1", "11111"), 2))).toEqual(["11111", "1...1", "11111"]);
  });
  test("law: only background changes, and only to labels around it", () =>
    forSeeds(200, (random) => {
      const labels = randomLabels(random, 16, 3);
      const filled = fillHoles(labels);
      labels.data.forEach((label, i) => {
        if (label > 0) expect(filled.data[i]).toBe(label);
      });
      expect(pictureOf(fillHoles(filled))).toEqual(pictureOf(filled));
    }));
});
