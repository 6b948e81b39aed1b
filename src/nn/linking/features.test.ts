/** Features in closed form, and tables by hand. */
import { expect, test } from "vitest";
import {
  type CandidateWindow,
  detectionsFromPoints,
  findCandidates,
  measureMotion,
  type PointDetections,
  poolMotion,
} from "#core/tracking/index.ts";
import { nodeFeatures } from "./detection-features.ts";
import { traitsOf } from "./detection-traits.ts";
import { divisionFeatures, featuresOfDivision } from "./division-features.ts";
import { featuresOfLink, linkFeatures, nearestLinks, surroundingsDiffer } from "./link-features.ts";
import { linkingLayout } from "./link-network.ts";
import { padTables, waysMax, wayTables } from "./link-tables.ts";
import { silenceFeatures, unseenFeatures } from "./silence-unseen.ts";
import { windowInputs } from "./window-inputs.ts";

type Point = readonly [y: number, x: number, area: number, light: number];

function windowOf(...frames: readonly (readonly Point[])[]): CandidateWindow {
  const made = frames.map((points, t) => {
    const column = (k: 0 | 1 | 2 | 3): number[] => points.map((point) => point[k]);
    const frame: PointDetections = {
      t,
      height: 200,
      width: 200,
      labels: points.map((_, i) => i + 1),
      y: column(0),
      x: column(1),
      areaPx: column(2),
      meanIntensity: column(3),
    };
    return detectionsFromPoints(frame);
  });
  const motions = made.slice(1).map((frame, f) => measureMotion(made[f]!, frame));
  return findCandidates(made, motions, poolMotion(motions, made));
}

const farness = (ratio: number): number => Math.log(1 + ratio) / Math.log(11);

/** Position of the link between two detections. */
const linkAt = ({ from, to }: CandidateWindow, i: number, j: number): number =>
  from.findIndex((source, e) => source === i && to[e] === j);

// Areas of 100 pi: radius 10. The first cell steps by (3, 4), the others rest.
const area = 100 * Math.PI;
const walkers = windowOf(
  [
    [50, 50, area, 10],
    [50, 90, area, 10],
    [90, 50, area, 10],
  ],
  [
    [53, 54, area * Math.E ** 0.2, 20],
    [50, 90, area, 10],
    [90, 50, area, 10],
  ],
);

test("features of a link", () => {
  const traits = traitsOf(walkers);
  const e = linkAt(walkers, 0, 3);
  const near = nearestLinks(walkers);
  const values = featuresOfLink(walkers, traits, near, e, 0.01);
  const of = (name: (typeof linkFeatures)[number]): number => values[linkFeatures.indexOf(name)]!;
  const { scale } = walkers;
  // No drift with three cells; a step of 5.
  expect(traits.radiusPx).toBeCloseTo(10, 3);
  expect(of("distanceInSteps")).toBeCloseTo(farness(5 / scale.sigmaPx), 5);
  expect(of("distanceInGates")).toBeCloseTo(5 / scale.gatePx, 5);
  expect(of("distanceInRadii")).toBeCloseTo(farness(0.5), 4);
  expect([of("gapOfOne"), of("gapOfTwo")]).toEqual([0, 0]);
  expect(of("areaChange")).toBeCloseTo(0.2, 4);
  // Two of three keep their intensity: no bleaching, so the change is the logarithm of 2.
  expect(of("lightChange")).toBeCloseTo(Math.LN2, 4);
  expect([of("rankAtTarget"), of("rankAtSource"), of("nearestOfBoth")]).toEqual([0, 0, 1]);
  expect([of("motionBeforeKnown"), of("motionAfterKnown")]).toEqual([0, 0]);
  expect(of("plain")).toBeCloseTo(-0.5, 6);
});

test("a rigid shift leaves surroundings alike, another cell's differ", () => {
  const before: Point[] = [
    [50, 50, area, 10],
    [50, 70, area, 10],
    [75, 50, area, 10],
    [90, 90, area, 10],
  ];
  const shifted = before.map(([y, x, a, l]): Point => [y + 4, x + 2, a, l]);
  const window = windowOf(before, shifted);
  expect(surroundingsDiffer(window, 0, 4, 2)).toBeCloseTo(0, 5);
  // Seen from the second cell its neighbours are (0, -20), (25, -20), (40, 20); seen from the first of the next frame
  // they are (0, 20), (25, 0), (40, 40): nearest 28.28 ... by brute force below.
  const vectors = (points: readonly Point[], at: number): [number, number][] =>
    points.filter((_, i) => i !== at).map(([y, x]) => [y - points[at]![0], x - points[at]![1]]);
  const [a, b] = [vectors(before, 1), vectors(shifted, 0)];
  const least = a.map(([y, x]) => Math.min(...b.map(([v, u]) => Math.hypot(v - y, u - x))));
  const expected = least.reduce((sum, distance) => sum + farness(distance / 2), 0) / 3;
  expect(surroundingsDiffer(window, 1, 4, 2)).toBeCloseTo(expected, 5);
});

test("motion goes on: a third frame on the line costs nothing, beside it the distance", () => {
  const window = windowOf(
    [[50, 50, area, 10]],
    [[54, 50, area, 10]],
    [
      [58, 50, area, 10],
      [54, 54, area, 10],
    ],
  );
  const [traits, near] = [traitsOf(window), nearestLinks(window)];
  const against = linkFeatures.indexOf("againstMotionBefore");
  const value = (j: number): number =>
    featuresOfLink(window, traits, near, linkAt(window, 1, j), 1)[against]!;
  expect(value(2)).toBeCloseTo(0, 6);
  expect(value(3)).toBeCloseTo(farness(Math.hypot(4, 4) / window.scale.sigmaPx), 5);
});

test("features of a division, whatever the order of the daughters", () => {
  const frames = (daughters: readonly Point[]): CandidateWindow => windowOf([[50, 50, area, 10]], daughters);
  const first: Point = [50, 42, area / 2, 10];
  const second: Point = [50, 60, area / 4, 10];
  const of = (window: CandidateWindow): number[] => featuresOfDivision(window, traitsOf(window), 0, 0, 1);
  const [values, swapped] = [of(frames([first, second])), of(frames([second, first]))];
  for (const [k, value] of values.entries()) expect(swapped[k]).toBeCloseTo(value, 6);
  const value = (name: (typeof divisionFeatures)[number]): number => values[divisionFeatures.indexOf(name)]!;
  const window = frames([first, second]);
  expect(value("apartInRadii")).toBeCloseTo(farness(18 / traitsOf(window).radiusPx), 4);
  expect(value("middleInSteps")).toBeCloseTo(farness(1 / window.scale.sigmaPx), 4);
  expect(value("opposite")).toBeCloseTo(-1, 6);
  expect(value("distanceBalance")).toBeCloseTo(2 / 18, 5);
  expect(value("areasDiffer")).toBeCloseTo(Math.LN2, 4);
  // Three quarters of the parent together.
  expect(value("areasTogether")).toBeCloseTo(Math.log(0.75), 4);
});

test("tables keep the likeliest ways, and each way in all its tables or in none", () => {
  const detections = 40;
  const frameOf = Int32Array.from({ length: detections }, (_, i) => (i < 20 ? 0 : 1));
  const from = Int32Array.from({ length: 800 }, (_, e) => (e % 40) >> 1);
  const to = Int32Array.from({ length: 800 }, (_, e) => 20 + (Math.floor(e / 40) % 20));
  const window = { ...walkers, frameOf, from, to, divisions: Int32Array.from([0, 20, 21, 1, 20, 22]) };
  const likely = Float32Array.from({ length: 800 }, (_, e) => ((e * 37) % 800) / 800);
  const tables = wayTables(window, likely, [1, 0]);
  const counts = { in: new Uint8Array(detections), out: new Uint8Array(detections) };
  for (let w = 0; w < tables.ways; w++) {
    counts.out[tables.source[w]!]!++;
    for (const end of [tables.targets[w]!, tables.targets[tables.ways + w]!]) if (end >= 0) counts.in[end]!++;
  }
  expect(Math.max(...counts.in, ...counts.out)).toBe(waysMax);
  // The sure division is kept, the one never likely finds its daughter full.
  expect([...tables.candidate].filter((c) => c >= 800)).toEqual([800]);
  const room = { detections: 50, links: 900, ways: 1000 };
  const padded = padTables(tables, room.detections, room.links, room.ways);
  let read = 0;
  for (let place = 0; place < padded.into.length; place++) {
    const flat = padded.intoFlat[place]!;
    if (flat < 0) continue;
    read++;
    // The place that reads a way is the place the way names; and leads to the detection of that column.
    expect(padded.placeIn[flat]).toBe(place);
    expect(padded.targets[flat]).toBe(place % room.detections);
    expect(padded.into[place]).toBe(flat % room.ways);
  }
  expect(read).toBe(tables.ways + 1);
});

test("inputs are finite and near -1..1, also without areas, intensities and neighbours", () => {
  const bare = windowOf([[5, 5, 0, 0]], [], [[6, 5, 0, 0]]);
  for (const window of [walkers, bare]) {
    const { nodes, links, divisions } = windowInputs(window);
    expect(nodes.length).toBe(window.frameOf.length * nodeFeatures.length);
    for (const value of [...nodes, ...links, ...divisions]) expect(Math.abs(value)).toBeLessThan(3);
  }
});

test("features never seen are named, and their weights alone are silenced", () => {
  const inputs = windowInputs(walkers);
  const unseen = unseenFeatures([inputs]);
  // Points have no texture; three cells that rest or walk have areas.
  expect(unseen).toContain("links.textureChange");
  expect(unseen).not.toContain("links.distanceInSteps");
  const layout = linkingLayout({ width: 4, rounds: 1 });
  const theta = new Float32Array(layout.total).fill(1);
  const silenced = silenceFeatures(layout, theta, ["links.textureChange"]);
  const zeros = [...silenced.keys()].filter((at) => silenced[at] === 0);
  const start = layout.offsets[layout.specs.findIndex(({ name }) => name === "links.weights")]!;
  const column = linkFeatures.indexOf("textureChange");
  expect(zeros).toEqual([0, 1, 2, 3].map((o) => start + o * linkFeatures.length + column));
});
