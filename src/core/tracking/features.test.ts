/** Measurements of detections, neighbours, motion and candidates against closed forms and brute force. */
import { describe, expect, test } from "vitest";
import { forSeeds, randomLabels } from "#testing/index.ts";
import { labelImage, plane } from "../array/index.ts";
import { measureIntensity, measureObject, objectShapesFromLabels } from "../labels/index.ts";
import { rng } from "../rng.ts";
import { findCandidates } from "./candidates.ts";
import { detectionsFromPoints, type FrameDetections, featureOf, pickDetections } from "./detections.ts";
import { measureFrame, measureShapes } from "./measure-frame.ts";
import { measureMotion, poolMotion } from "./motion.ts";
import { nearestRoom, pointGrid } from "./point-grid.ts";

function scatter(t: number, count: number, seed: number, size = 400): FrameDetections {
  const random = rng(seed, "scatter");
  const place = (): number[] => Array.from({ length: count }, () => random.uniform(0, size));
  const labels = Array.from({ length: count }, (_, i) => i + 1);
  return detectionsFromPoints({
    t,
    height: size,
    width: size,
    labels,
    y: place(),
    x: place(),
    areaPx: labels.map(() => 80),
  });
}

function moved(
  frame: FrameDetections,
  sigma: number,
  drift: { y: number; x: number },
  seed: number,
): FrameDetections {
  const random = rng(seed, "moved");
  return detectionsFromPoints({
    t: frame.t + 1,
    height: frame.height,
    width: frame.width,
    labels: frame.labels,
    y: frame.y.map((y) => y + drift.y + sigma * random.normal()),
    x: frame.x.map((x) => x + drift.x + sigma * random.normal()),
    areaPx: frame.y.map(() => 80),
  });
}

describe("measureShapes", () => {
  const [height, width] = [32, 40];
  const noiseOf = (seed: number, size: { readonly height: number; readonly width: number }) => {
    const random = rng(seed, "image");
    const data = Uint16Array.from({ length: size.height * size.width }, () => random.int(60000));
    return plane("uint16", size.height, size.width, data);
  };
  const noise = (seed: number) => noiseOf(seed, { height, width });

  test("law: to the last bit what the label image gives, where no cell lies on another", () =>
    forSeeds(20, (random, seed) => {
      const labels = randomLabels(random, 32, 6);
      const cells = [...objectShapesFromLabels(labels)].map(([label, shape]) => ({ label, shape }));
      const image = random.chance(0.2) ? null : noiseOf(seed, labels);
      expect(measureShapes(cells.toReversed(), labels, image, 2)).toEqual(measureFrame(labels, image, 2));
    }));

  test("each cell as if it were alone, also one that is wholly covered", () => {
    const at = (label: number, y0: number, x0: number, y1: number, x1: number) => {
      const labels = labelImage(height, width);
      for (let y = y0; y < y1; y++) labels.data.fill(label, y * width + x0, y * width + x1);
      return { labels, cell: { label, shape: objectShapesFromLabels(labels).get(label)! } };
    };
    const stacked = [at(1, 8, 8, 14, 16), at(2, 4, 4, 20, 30), at(5, 0, 20, 9, 40)];
    const image = noise(3);
    const frame = measureShapes(
      stacked.map(({ cell }) => cell),
      image,
      image,
      0,
    );
    expect([...frame.labels]).toEqual([1, 2, 5]);
    expect(frame.conflicts).toBeUndefined();
    for (const [i, { labels }] of stacked.entries()) {
      const alone = measureFrame(labels, image, 0);
      const own = pickDetections(frame, [i]);
      expect({ ...own, neighbours: null }).toEqual({ ...alone, neighbours: null });
    }
  });

  test("what lies outside the frame is left out, and an image of another size is refused", () => {
    const shape = objectShapesFromLabels(labelImage(1, 4, Int32Array.from([0, 7, 7, 7]))).get(7)!;
    const frame = measureShapes([{ label: 7, shape }], { height: 1, width: 2 }, null, 0);
    expect(featureOf(frame, "areaPx")(0)).toBe(1);
    expect(measureShapes([{ label: 7, shape }], { height: 1, width: 1 }, null, 0).labels).toHaveLength(0);
    expect(() => measureShapes([], { height: 1, width: 1 }, noise(1), 0)).toThrow(/Measuring needs an image/);
  });
});

describe("measureFrame", () => {
  test("agrees with the measurements of single objects", () => {
    const random = rng(4, "image");
    const [height, width] = [40, 50];
    const labels = labelImage(height, width, new Int32Array(height * width));
    const image = plane("uint16", height, width, new Uint16Array(height * width));
    for (let i = 0; i < image.data.length; i++) image.data[i] = random.int(60000);
    for (const [label, y0, x0, h, w] of [
      [9, 5, 6, 7, 12],
      [4, 20, 30, 11, 5],
      [2, 0, 45, 6, 5],
    ] as const)
      for (let y = y0; y < y0 + h; y++)
        for (let x = x0; x < x0 + w; x++) if (random.chance(0.9)) labels.data[y * width + x] = label;
    const frame = measureFrame(labels, image, 3);
    expect([...frame.labels]).toEqual([2, 4, 9]);
    for (const [at, label] of frame.labels.entries()) {
      const shape = objectShapesFromLabels(labels).get(label)!;
      const measures = measureObject(shape);
      const light = measureIntensity(shape, image);
      expect(frame.y[at]).toBeCloseTo(measures.centroid.y, 4);
      expect(frame.x[at]).toBeCloseTo(measures.centroid.x, 4);
      const of = (name: Parameters<typeof featureOf>[1]): number => featureOf(frame, name)(at);
      expect(of("areaPx")).toBe(measures.areaPx);
      expect(of("majorAxisPx")).toBeCloseTo(measures.majorAxisPx, 3);
      expect(of("minorAxisPx")).toBeCloseTo(measures.minorAxisPx, 3);
      expect(of("eccentricity")).toBeCloseTo(measures.eccentricity, 4);
      expect(of("meanIntensity")).toBeCloseTo(light.mean, 1);
      expect([of("minIntensity"), of("maxIntensity")]).toEqual([light.min, light.max]);
    }
    expect(featureOf(frame, "rimShare")(0)).toBeGreaterThan(0);
    expect(featureOf(frame, "rimShare")(2)).toBe(0);
  });

  test("angle, spread, skew and texture of shapes with known values", () => {
    // A bar of 1 x 6 at 45 degrees, bright 0 or 10 in turn.
    const labels = labelImage(8, 8, new Int32Array(64));
    const image = plane("uint8", 8, 8, new Uint8Array(64));
    for (let k = 1; k < 7; k++) labels.data[k * 8 + k] = 1;
    for (let x = 0; x < 4; x++) {
      labels.data[7 * 8 + x] = 2;
      image.data[7 * 8 + x] = x === 3 ? 4 : 0;
    }
    const frame = measureFrame(labels, image, 0);
    const of = (name: Parameters<typeof featureOf>[1], at: number): number => featureOf(frame, name)(at);
    expect(of("axisCosine", 0)).toBeCloseTo(0, 5);
    expect(of("axisSine", 0)).toBeCloseTo(1, 5);
    expect(of("axisCosine", 1)).toBeCloseTo(1, 5);
    // Values 0, 0, 0, 4: mean 1, variance 3, third moment 6; one step of 4 among three.
    expect(of("meanIntensity", 1)).toBe(1);
    expect(of("sdIntensity", 1)).toBeCloseTo(Math.sqrt(3), 5);
    expect(of("skewIntensity", 1)).toBeCloseTo(6 / 3 ** 1.5, 5);
    expect(of("texture", 1)).toBeCloseTo(4 / 3, 5);
  });
});

describe("point grid", () => {
  test("finds what a search through all points finds", () => {
    for (const [seed, count] of [
      [1, 0],
      [2, 1],
      [3, 50],
      [4, 400],
    ] as const) {
      const { y, x } = scatter(0, count, seed);
      const grid = pointGrid(y, x);
      const random = rng(seed, "questions");
      for (let q = 0; q < 40; q++) {
        const [qy, qx, radius] = [random.uniform(-50, 450), random.uniform(-50, 450), random.uniform(0, 200)];
        const all = Array.from(y, (_, i) => ({ i, square: (y[i]! - qy) ** 2 + (x[i]! - qx) ** 2 }))
          .filter(({ square }) => square <= radius * radius)
          .sort((a, b) => a.square - b.square || a.i - b.i);
        const found = nearestRoom(6);
        grid.nearest(qy, qx, radius, found);
        expect([...found.indices.subarray(0, found.count)]).toEqual(all.slice(0, 6).map(({ i }) => i));
        const within: number[] = [];
        grid.within(qy, qx, radius, (i) => within.push(i));
        expect(within.sort((a, b) => a - b)).toEqual(all.map(({ i }) => i).sort((a, b) => a - b));
      }
    }
  });

  test("points in a row and in one place", () => {
    const line = pointGrid(
      new Float32Array(100),
      Float32Array.from({ length: 100 }, (_, i) => i),
    );
    const found = nearestRoom(3);
    line.nearest(0, 41.2, Infinity, found, 41);
    expect([...found.indices]).toEqual([42, 40, 43]);
    const pile = pointGrid(new Float32Array(5).fill(7), new Float32Array(5).fill(7));
    pile.nearest(7, 7, 0, found);
    expect([...found.indices]).toEqual([0, 1, 2]);
  });
});

describe("motion", () => {
  test("sigma and drift are found, also after a jump of the stage beyond half the distance between cells", () => {
    for (const drift of [
      { y: 0, x: 0 },
      { y: 3, x: -2 },
      { y: 21, x: 14 },
    ]) {
      const before = scatter(0, 160, 11);
      const motion = measureMotion(before, moved(before, 1.5, drift, 12));
      expect(motion.driftY, JSON.stringify(drift)).toBeCloseTo(drift.y, 0);
      expect(motion.driftX).toBeCloseTo(drift.x, 0);
      const scale = poolMotion([motion], [before]);
      expect(scale.sigmaPx).toBeGreaterThan(1.1);
      expect(scale.sigmaPx).toBeLessThan(1.8);
      expect(scale.radiusPx).toBeCloseTo(Math.sqrt(80 / Math.PI), 5);
    }
  });

  test("an empty frame has no motion, and a cell is looked for within its width", () => {
    const [full, empty] = [scatter(0, 20, 1), scatter(1, 0, 1)];
    const motion = measureMotion(full, empty);
    expect([motion.pairs, motion.driftY, motion.medianPx]).toEqual([0, 0, 0]);
    expect(poolMotion([motion], [full]).gatePx).toBeGreaterThan(Math.sqrt(80 / Math.PI));
  });
});

describe("candidates", () => {
  test("gated, a few per detection, gaps included, divisions around the parent", () => {
    const frames = [scatter(0, 300, 5)];
    for (let t = 1; t < 4; t++) frames.push(moved(frames[t - 1]!, 2, { y: 1, x: 0 }, 20 + t));
    const motions = frames.slice(1).map((frame, f) => measureMotion(frames[f]!, frame));
    const scale = poolMotion(motions, frames);
    const candidates = findCandidates(frames, motions, scale, { gapFramesMax: 1 });
    const at = (i: number): { y: number; x: number; f: number } => {
      const f = candidates.frameOf[i]!;
      return {
        f,
        y: frames[f]!.y[i - candidates.offsets[f]!]!,
        x: frames[f]!.x[i - candidates.offsets[f]!]!,
      };
    };
    let own = 0;
    for (let e = 0; e < candidates.from.length; e++) {
      const [a, b] = [at(candidates.from[e]!), at(candidates.to[e]!)];
      const steps = b.f - a.f;
      expect(steps === 1 || steps === 2).toBe(true);
      const drift = motions
        .slice(a.f, b.f)
        .reduce((sum, m) => ({ y: sum.y + m.driftY, x: sum.x + m.driftX }), { y: 0, x: 0 });
      const distance = Math.hypot(b.y - a.y - drift.y, b.x - a.x - drift.x);
      expect(distance).toBeCloseTo(candidates.distancePx[e]!, 2);
      expect(distance).toBeLessThanOrEqual(scale.gatePx * Math.sqrt(steps) + 1e-3);
      if (candidates.from[e]! % 300 === candidates.to[e]! % 300) own++;
    }
    // Each cell's own link is there: 3 x 300 to the next frame, 2 x 300 across one.
    expect(own).toBeGreaterThan(1490);
    expect(candidates.from.length).toBeLessThan(1200 * 9);
    for (let d = 0; d < candidates.divisions.length; d += 3) {
      const [p, a, b] = [
        at(candidates.divisions[d]!),
        at(candidates.divisions[d + 1]!),
        at(candidates.divisions[d + 2]!),
      ];
      expect([a.f, b.f]).toEqual([p.f + 1, p.f + 1]);
      expect(candidates.divisions[d + 1]!).toBeLessThan(candidates.divisions[d + 2]!);
    }
  });
});
