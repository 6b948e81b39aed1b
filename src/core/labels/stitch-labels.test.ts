import { describe, expect, test } from "vitest";
import { forSeeds, labelsOf, makeSyntheticCells, pictureOf, randomLabels } from "#testing/index.ts";
import { type BoundingBox, type LabelImage, labelImage } from "../array/index.ts";
import type { Rng } from "../rng.ts";
import { connectedComponents, createLabelStitcher, joinLabelsInPlace, type PaintedObject } from "./index.ts";

interface Plan {
  readonly core: number;
  readonly halo: number;
}

interface Stitched {
  readonly labels: LabelImage;
  readonly joinCount: number;
  readonly painted: readonly PaintedObject[];
  readonly bandRowsMax: number;
}

/** Cuts the picture into tiles, each with pieces numbered anew (as a tile's own segmentation is), and stitches them. */
function stitch(
  truth: LabelImage,
  { core, halo }: Plan,
  change: (tile: LabelImage, box: BoundingBox) => LabelImage = (tile) => tile,
): Stitched {
  const { height, width } = truth;
  const stitcher = createLabelStitcher({ height, width, haloPx: halo });
  const out = labelImage(height, width);
  const painted: PaintedObject[] = [];
  let filled = 0;
  let bandRowsMax = 0;
  for (let y = 0; y < height; y += core) {
    for (let x = 0; x < width; x += core) {
      const box: BoundingBox = [y, x, Math.min(height, y + core), Math.min(width, x + core)];
      const window: BoundingBox = [
        Math.max(0, y - halo),
        Math.max(0, x - halo),
        box[2] + halo,
        box[3] + halo,
      ];
      const added = stitcher.add({ core: box, window, labels: change(cut(truth, window), window) });
      painted.push(...added.painted);
      for (const rows of added.rows) {
        expect(rows.y0).toBe(filled);
        out.data.set(rows.labels.data, filled * width);
        filled += rows.labels.height;
        bandRowsMax = Math.max(bandRowsMax, rows.labels.height);
      }
    }
  }
  expect(filled).toBe(height);
  const { joins, idMax } = stitcher.finish();
  expect(Math.max(...out.data)).toBeLessThanOrEqual(idMax);
  joinLabelsInPlace(out, joins);
  return { labels: out, joinCount: joins.size, painted, bandRowsMax };
}

function cut(truth: LabelImage, [y0, x0, y1, x1]: BoundingBox): LabelImage {
  const part = labelImage(y1 - y0, x1 - x0);
  for (let y = y0; y < Math.min(y1, truth.height); y++) {
    for (let x = x0; x < Math.min(x1, truth.width); x++) {
      part.data[(y - y0) * part.width + x - x0] = truth.data[y * truth.width + x] as number;
    }
  }
  return connectedComponents(part);
}

/** The same objects under any numbers: a bijection between the two. */
function expectSamePartition(found: LabelImage, truth: LabelImage): void {
  const there = new Map<number, number>();
  const back = new Map<number, number>();
  truth.data.forEach((label, i) => {
    const other = found.data[i] as number;
    if (!there.has(label)) there.set(label, other);
    if (!back.has(other)) back.set(other, label);
    if (there.get(label) !== other || back.get(other) !== label) {
      throw new Error(`pixel ${i % truth.width}, ${Math.floor(i / truth.width)}: ${label} became ${other}`);
    }
  });
  expect(found.data.some((label, i) => label === 0 && truth.data[i] !== 0)).toBe(false);
}

/** Cells without background: each pixel belongs to the nearest of some points. */
function mosaic(random: Rng, height: number, width: number, count: number): LabelImage {
  const points = Array.from({ length: count }, () => [random.int(height), random.int(width)] as const);
  const labels = labelImage(height, width);
  for (let i = 0; i < labels.data.length; i++) {
    const [y, x] = [Math.floor(i / width), i % width];
    let best = Infinity;
    points.forEach(([py, px], k) => {
      const d = (py - y) ** 2 + (px - x) ** 2;
      if (d >= best) return;
      best = d;
      labels.data[i] = k + 1;
    });
  }
  return labels;
}

describe("createLabelStitcher", () => {
  test("an object across a border is one; numbers go in the order of painting", () => {
    const truth = labelsOf("11..22..", "1..222..", "....3333", "4..33333");
    const { labels, painted } = stitch(truth, { core: 4, halo: 5 });
    expectSamePartition(labels, truth);
    expect(painted.map(({ id, whole }) => [id, whole])).toEqual([
      [1, true],
      [2, true],
      [3, true],
      [4, true],
    ]);
  });

  test("law: cells smaller than the halo come out as they are, whatever the tiles, without joins", () =>
    forSeeds(40, (random, seed) => {
      const truth = makeSyntheticCells({
        height: 60 + random.int(60),
        width: 60 + random.int(60),
        seed,
        cellCount: 60,
        radiusPx: [3, 5],
        touching: 0.7,
      }).labels;
      const { labels, joinCount, painted } = stitch(connectedComponents(truth), {
        core: 18 + random.int(30),
        halo: 17,
      });
      expectSamePartition(labels, connectedComponents(truth));
      expect(joinCount).toBe(0);
      expect(new Set(painted.map(({ id }) => id)).size).toBe(painted.length);
      expect(painted.every(({ whole }) => whole)).toBe(true);
    }));

  test("law: cells larger than the halo, even larger than tiles, come out as they are", () =>
    forSeeds(60, (random) => {
      const [height, width] = [30 + random.int(40), 30 + random.int(40)];
      const truth = mosaic(random, height, width, 1 + random.int(12));
      expectSamePartition(stitch(truth, { core: 8 + random.int(12), halo: 2 + random.int(5) }).labels, truth);
    }));

  test("the legs of a long bent object are joined when they meet", () => {
    const truth = labelImage(24, 24);
    for (let y = 0; y < 24; y++) {
      for (let x = 0; x < 24; x++) {
        const leg = x < 3 || x >= 21;
        truth.data[y * 24 + x] = leg || y >= 21 ? 5 : 0;
      }
    }
    const { labels, joinCount } = stitch(truth, { core: 6, halo: 2 });
    expect(joinCount).toBe(1);
    expectSamePartition(labels, truth);
  });

  test("law: winding objects are never merged with others", () =>
    forSeeds(60, (random) => {
      const truth = connectedComponents(randomLabels(random, 40), 4);
      const { labels } = stitch(truth, { core: 7, halo: 3 });
      const owner = new Map<number, number>();
      labels.data.forEach((id, i) => {
        expect(id > 0).toBe((truth.data[i] as number) > 0);
        if (id === 0) return;
        expect(owner.get(id) ?? truth.data[i]).toBe(truth.data[i]);
        owner.set(id, truth.data[i] as number);
      });
    }));

  test("tiles that disagree by a pixel still give one object, and no border along the seam", () => {
    const truth = labelImage(20, 40);
    for (let y = 6; y < 14; y++) truth.data.fill(1, y * 40 + 15, y * 40 + 26);
    // The right tile sees the object two pixels shorter on the left, so that its centroid falls into the right core too.
    const { labels, painted } = stitch(truth, { core: 20, halo: 15 }, (tile, box) => {
      if (box[1] === 0) return tile;
      const data = tile.data.slice();
      for (let y = 0; y < tile.height; y++)
        for (let x = 15; x < 17; x++) data[y * tile.width + x - box[1]] = 0;
      return { ...tile, data };
    });
    expect(new Set(painted.map(({ id }) => id)).size).toBe(1);
    expect(new Set(labels.data).size).toBe(2);
    expect(pictureOf(labels)[8]).toMatch(/^\.{15,17}1{9,11}\.{14}$/);
  });

  test("memory: no more rows wait than one row of tiles with its halos", () => {
    const truth = makeSyntheticCells({ height: 200, width: 60, seed: 1 }).labels;
    expect(stitch(truth, { core: 20, halo: 10 }).bandRowsMax).toBeLessThanOrEqual(20 + 2 * 10);
  });

  test("a plane of one pixel, and labels that do not fit their window", () => {
    expect(pictureOf(stitch(labelsOf("1"), { core: 4, halo: 2 }).labels)).toEqual(["1"]);
    const stitcher = createLabelStitcher({ height: 4, width: 4, haloPx: 0 });
    expect(() =>
      stitcher.add({ core: [0, 0, 4, 4], window: [0, 0, 4, 4], labels: labelImage(3, 4) }),
    ).toThrow(expect.objectContaining({ code: "array.shapeMismatch" }));
  });
});
