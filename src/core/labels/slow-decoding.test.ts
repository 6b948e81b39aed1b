/** Star polygons and flows decoded the plain way, pixel by pixel and pair by pair: the fast decoders give the same labels. */

import { expect, test } from "vitest";
import { forSeeds, makeSyntheticCells } from "#testing/index.ts";
import type { LabelImage, Plane } from "../array/index.ts";
import type { Rng } from "../rng.ts";
import { flowTargets, labelsFromFlows, labelsFromStarPolygons, starTargets } from "./index.ts";
import { rayDirections, type StarTargets } from "./star-polygon-targets.ts";

/** Noise that makes a perfect answer one of a network. */
const jittered = (random: Rng, data: Float32Array, scale: number, relative: boolean): Float32Array =>
  data.map((value) => value + (relative ? value : 1) * scale * (random.next() - 0.5));

/** Pixels of a polygon by the rule of even and odd crossings, each pixel for itself; left and upper edges count. */
function pixelsOf({ distances, rays, grid, probability }: StarTargets, at: number, size: Size): Set<number> {
  const { height: gridHeight, width: gridWidth } = probability;
  const [dy, dx] = rayDirections(rays);
  const cx = (at % gridWidth) * grid;
  const cy = Math.floor(at / gridWidth) * grid;
  const vertices = Array.from({ length: rays }, (_, k) => {
    const distance = Math.max(0, distances[k * gridHeight * gridWidth + at]!);
    return { y: cy + distance * dy[k]!, x: cx + distance * dx[k]! };
  });
  const pixels = new Set<number>();
  for (let y = 0; y < size.height; y++) {
    const crossings = vertices.flatMap((a, k) => {
      const b = vertices[(k + 1) % rays]!;
      const isCrossed = y >= Math.min(a.y, b.y) && y < Math.max(a.y, b.y);
      return isCrossed ? [a.x + (y - a.y) * ((b.x - a.x) / (b.y - a.y))] : [];
    });
    for (let x = 0; x < size.width; x++)
      if (crossings.filter((crossing) => crossing <= x).length % 2 === 1) pixels.add(y * size.width + x);
  }
  return pixels;
}

type Size = Pick<LabelImage, "height" | "width">;

/** Every candidate against every winner. */
function slowStars(maps: StarTargets, size: Size, threshold: number, overlapMax: number): Int32Array {
  const { data } = maps.probability;
  const order = [...data.keys()].filter((at) => data[at]! > threshold);
  order.sort((a, b) => data[b]! - data[a]! || a - b);
  const winners: Set<number>[] = [];
  const out = new Int32Array(size.height * size.width);
  for (const at of order) {
    const own = pixelsOf(maps, at, size);
    if (own.size === 0) continue;
    const isTaken = winners.some((other) => {
      const shared = [...own].filter((pixel) => other.has(pixel)).length;
      return shared > overlapMax * Math.min(own.size, other.size);
    });
    if (isTaken) continue;
    winners.push(own);
    for (const pixel of own) if (out[pixel] === 0) out[pixel] = winners.length;
  }
  return out;
}

test.each([1, 2])("law: star polygons at grid %i are those of every pair compared", (grid) =>
  forSeeds(6, (random, seed) => {
    const side = 32 + random.int(10);
    const { labels } = makeSyntheticCells({ height: side, width: side + 5, seed: `star ${seed}` });
    const perfect = starTargets(labels, { rays: random.pick([8, 16, 32]), grid });
    const noise = random.pick([0, 0.3, 0.8]);
    const maps: StarTargets = {
      ...perfect,
      distances: jittered(random, perfect.distances, noise, true),
      probability: {
        ...perfect.probability,
        data: jittered(random, perfect.probability.data, noise / 4, false),
      },
    };
    const overlapMax = random.pick([0, 0.1, 0.4, 0.9]);
    const params = { probabilityThreshold: 0.45, overlapMax, edgePoints: 0 };
    const found = labelsFromStarPolygons(maps, labels, params).labels;
    expect(found.data).toEqual(slowStars(maps, labels, 0.45, overlapMax));
  }),
);

test("probabilities below zero are ranked too, and equal ones by scan order", () => {
  const probability = new Float32Array(49).fill(-9);
  probability[8] = -0.5;
  probability[24] = -0.25;
  probability[25] = -0.25;
  const maps: StarTargets = {
    probability: { dtype: "float32", height: 7, width: 7, data: probability },
    distances: new Float32Array(4 * 49).fill(1.5),
    rays: 4,
    grid: 1,
  };
  const params = { probabilityThreshold: -1, overlapMax: 0.4, edgePoints: 0 };
  const { probabilities, labels } = labelsFromStarPolygons(maps, { height: 7, width: 7 }, params);
  // Diamonds of five pixels: the two in the middle share two, which is not more than 0.4 of five.
  expect([...probabilities]).toEqual([-0.25, -0.25, -0.5]);
  expect([24, 25, 26, 8].map((at) => labels.data[at])).toEqual([1, 1, 2, 3]);
});

/** Where each pixel ends, step by step with nothing kept at hand. */
function slowEnds(flowY: Plane<"float32">, flowX: Plane<"float32">, inside: (i: number) => boolean) {
  const { height, width } = flowY;
  const at = ({ data }: Plane<"float32">, y: number, x: number): number => {
    const i = Math.min(y, height - 1) * width + Math.min(x, width - 1);
    return inside(i) ? data[i]! : 0;
  };
  const between = (map: Plane<"float32">, y: number, x: number): number => {
    const [y0, x0] = [Math.floor(y), Math.floor(x)];
    const [fy, fx] = [y - y0, x - x0];
    return (
      (1 - fy) * (1 - fx) * at(map, y0, x0) +
      (1 - fy) * fx * at(map, y0, x0 + 1) +
      fy * (1 - fx) * at(map, y0 + 1, x0) +
      fy * fx * at(map, y0 + 1, x0 + 1)
    );
  };
  const within = (value: number, length: number): number => Math.min(Math.max(value, 0), length - 1);
  return Array.from({ length: height * width }, (_, i) => {
    if (!inside(i)) return -1;
    let [y, x] = [Math.floor(i / width), i % width];
    let seen = [y, x] as const;
    for (let step = 1; step <= 200; step++) {
      const [dy, dx] = [between(flowY, y, x), between(flowX, y, x)];
      [y, x] = [within(y + dy, height), within(x + dx, width)];
      if (step % 16 !== 0) continue;
      if (Math.abs(y - seen[0]) + Math.abs(x - seen[1]) < 1) break;
      seen = [y, x];
    }
    return Math.round(y) * width + Math.round(x);
  });
}

test("law: pixels that the plain walk ends in one place are one object, and every object ends in its own place", () =>
  forSeeds(4, (random, seed) => {
    const { labels } = makeSyntheticCells({ height: 64, width: 70, seed: `flow ${seed}` });
    const { height, width } = labels;
    const perfect = flowTargets(labels);
    const noisy = ({ data }: Plane<"float32">): Plane<"float32"> => ({
      dtype: "float32",
      height,
      width,
      data: jittered(random, data, 0.3 * (seed % 3), false),
    });
    const [flowY, flowX] = [noisy(perfect.flowY), noisy(perfect.flowX)];
    const cell = Float32Array.from(labels.data, (label) => (label > 0 ? 5 : -5));
    const params = { cellThreshold: 0, flowErrorMax: 0, steps: 200, areaPxMin: 1 };
    const found = labelsFromFlows({ flowY, flowX }, { dtype: "float32", height, width, data: cell }, params);
    const ends = slowEnds(flowY, flowX, (i) => cell[i]! > 0);
    const ownerOfEnd = new Map<number, number>();
    ends.forEach((end, i) => {
      if (end < 0) return;
      const owner = found.data[i]!;
      // Holes are filled after the walk, so a pixel of no end may lie in an object, never the other way about.
      if (owner > 0 && !ownerOfEnd.has(end)) ownerOfEnd.set(end, owner);
    });
    let [checked, odd] = [0, 0];
    ends.forEach((end, i) => {
      if (end < 0) return;
      checked++;
      if (found.data[i] !== (ownerOfEnd.get(end) ?? 0)) odd++;
    });
    expect(checked).toBeGreaterThan(500);
    expect(odd).toBe(0);
  }));

/** Heat that spreads pixel by pixel over the whole image, each object for itself. */
function slowFlows(labels: LabelImage): { readonly flowY: Float32Array; readonly flowX: Float32Array } {
  const { height, width, data } = labels;
  const [flowY, flowX] = [new Float32Array(data.length), new Float32Array(data.length)];
  for (const label of new Set(data.filter((one) => one > 0))) {
    const pixels = [...data.keys()].filter((i) => data[i] === label);
    const [ys, xs] = [pixels.map((i) => Math.floor(i / width)), pixels.map((i) => i % width)];
    const median = (values: readonly number[]): number => {
      const sorted = values.toSorted((a, b) => a - b);
      const rank = (sorted.length - 1) / 2;
      return (sorted[Math.floor(rank)]! + sorted[Math.ceil(rank)]!) / 2;
    };
    const [my, mx] = [median(ys), median(xs)];
    const far = (k: number): number => (ys[k]! - my) ** 2 + (xs[k]! - mx) ** 2;
    const centre = pixels[pixels.map((_, k) => k).reduce((best, k) => (far(k) < far(best) ? k : best), 0)]!;
    const side = Math.max(...ys) - Math.min(...ys) + Math.max(...xs) - Math.min(...xs) + 2;
    let heat = new Float64Array(data.length);
    const own = (i: number, y: number, x: number): number =>
      y < 0 || y >= height || x < 0 || x >= width || data[i] !== label ? 0 : heat[i]!;
    const around = (i: number, dy: number, dx: number): number =>
      own(i + dy * width + dx, Math.floor(i / width) + dy, (i % width) + dx);
    for (let step = 0; step <= 2 * side; step++) {
      heat[centre]! += 1;
      const next = new Float64Array(data.length);
      for (const i of pixels) {
        let sum = 0;
        for (const dy of [-1, 0, 1]) for (const dx of [-1, 0, 1]) sum += around(i, dy, dx);
        next[i] = sum / 9;
      }
      heat = next;
    }
    for (const i of pixels) {
      const dy = Math.log1p(around(i, 1, 0)) - Math.log1p(around(i, -1, 0));
      const dx = Math.log1p(around(i, 0, 1)) - Math.log1p(around(i, 0, -1));
      const length = Math.hypot(dy, dx);
      if (length === 0) continue;
      flowY[i] = dy / length;
      flowX[i] = dx / length;
    }
  }
  return { flowY, flowX };
}

test("law: flow targets are those of heat spread pixel by pixel, to the bit", () =>
  forSeeds(3, (_, seed) => {
    const { labels } = makeSyntheticCells({ height: 40, width: 44, seed: `heat ${seed}` });
    const { flowY, flowX } = flowTargets(labels);
    const slow = slowFlows(labels);
    expect(flowY.data).toEqual(slow.flowY);
    expect(flowX.data).toEqual(slow.flowX);
  }));
