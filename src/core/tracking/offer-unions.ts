/**
 * Offers each two small neighbours also as one cell, so that linking can undo a cut of the segmentation.
 *
 * A cell cut in two for a frame and a cell that divides look alike in that frame; over time they do not. So the union
 * joins the frame as one more detection that excludes its pieces, and the exact solver chooses with all frames in view.
 * A union is no mask of its own: `trackOfLabels` gives its track to the pixels of both pieces.
 */
import {
  areaOf,
  detectionFeatures,
  type FrameDetections,
  featureOf,
  lightOf,
  neighbourCount,
} from "./detections.ts";
import { ellipseFeatures } from "./ellipse-features.ts";
import { median } from "./motion.ts";
import { neighbourVectors } from "./neighbour-vectors.ts";
import { nearestRoom, pointGrid } from "./point-grid.ts";

export interface UnionOptions {
  /** Probability that two such neighbours are one cell cut in two. Default 0.02. */
  readonly cutRate?: number;
  /** Largest area of a union over the median area of the frame. Default 1.5: two whole neighbours make 2. */
  readonly areaMax?: number;
}

/** Distance of centroids over the sum of radii up to which two masks count as touching; halves of an ellipse need 1.3. */
const touching = 1.4;
/** Neighbours looked at, nearest first. */
const neighboursTried = 4;

/**
 * @returns the same frame with unions behind its detections; the frame itself when there are none, or areas are unknown.
 * Cost: near linear.
 */
export function offerUnions(frame: FrameDetections, options: UnionOptions = {}): FrameDetections {
  const { cutRate = 0.02, areaMax = 1.5 } = options;
  const count = frame.labels.length;
  const areas = Array.from({ length: count }, (_, i) => areaOf(frame, i));
  const limit = areaMax * median(areas);
  const pairs = findPairs(frame, areas, limit);
  if (pairs.length === 0) return frame;
  const stride = detectionFeatures.length;
  const total = count + pairs.length;
  const features = new Float32Array(total * stride);
  features.set(frame.features);
  const [y, x] = [new Float32Array(total), new Float32Array(total)];
  y.set(frame.y);
  x.set(frame.x);
  const labels = new Int32Array(total);
  labels.set(frame.labels);
  const conflicts = [...(frame.conflicts ?? [])];
  const priors = new Float32Array(total).fill(0.5);
  priors.set(frame.priors ?? []);
  const highest = frame.labels.reduce((max, label) => Math.max(max, label), 0);
  for (const [k, [a, b]] of pairs.entries()) {
    const at = count + k;
    const share = areas[b]! / (areas[a]! + areas[b]!);
    y[at] = frame.y[a]! * (1 - share) + frame.y[b]! * share;
    x[at] = frame.x[a]! * (1 - share) + frame.x[b]! * share;
    labels[at] = highest + 1 + k;
    priors[at] = cutRate;
    features.set(unionFeatures(frame, a, b, share), at * stride);
    conflicts.push(a, at, b, at);
  }
  conflicts.push(...overlapping(pairs, count));
  const neighbours = new Float32Array(total * 2 * neighbourCount);
  neighbours.set(frame.neighbours);
  neighbours.set(
    neighbourVectors(y, x, neighbourCount).subarray(frame.neighbours.length),
    frame.neighbours.length,
  );
  const parts = Int32Array.from(pairs.flatMap(([a, b], k) => [count + k, a, b]));
  return {
    ...frame,
    labels,
    y,
    x,
    features,
    neighbours,
    conflicts: Int32Array.from(conflicts),
    priors,
    parts,
  };
}

type Pair = readonly [first: number, second: number];

function findPairs(frame: FrameDetections, areas: readonly number[], limit: number): Pair[] {
  const pairs: Pair[] = [];
  const grid = pointGrid(frame.y, frame.x);
  const found = nearestRoom(neighboursTried);
  const radius = (i: number): number => Math.sqrt(areas[i]! / Math.PI);
  for (let i = 0; i < areas.length; i++) {
    if (areas[i]! <= 0 || areas[i]! >= limit) continue;
    const reach = touching * (radius(i) + Math.sqrt((limit - areas[i]!) / Math.PI));
    grid.nearest(frame.y[i]!, frame.x[i]!, reach, found, i);
    for (let k = 0; k < found.count; k++) {
      const j = found.indices[k]!;
      if (j < i || areas[j]! <= 0 || areas[i]! + areas[j]! > limit) continue;
      if (Math.sqrt(found.squares[k]!) <= touching * (radius(i) + radius(j))) pairs.push([i, j]);
    }
  }
  return pairs;
}

/** Unions that share a piece exclude each other. */
function overlapping(pairs: readonly Pair[], count: number): number[] {
  const holders = new Map<number, number[]>();
  for (const [k, pair] of pairs.entries())
    for (const piece of pair) holders.set(piece, [...(holders.get(piece) ?? []), count + k]);
  const seen = new Set<string>();
  const conflicts: number[] = [];
  for (const list of holders.values())
    for (const [n, a] of list.entries())
      for (const b of list.slice(n + 1)) {
        if (seen.has(`${a} ${b}`)) continue;
        seen.add(`${a} ${b}`);
        conflicts.push(a, b);
      }
  return conflicts;
}

/** As if the two masks had been measured as one; skew, texture and shares are means weighted by area. */
function unionFeatures(frame: FrameDetections, a: number, b: number, share: number): number[] {
  const mean = (first: number, second: number): number => first * (1 - share) + second * share;
  const of = (name: Parameters<typeof featureOf>[1]): [number, number] => {
    const read = featureOf(frame, name);
    return [read(a), read(b)];
  };
  const tensors = [a, b].map((at) => tensorOf(frame, at));
  const [dy, dx] = [frame.y[b]! - frame.y[a]!, frame.x[b]! - frame.x[a]!];
  const between = share * (1 - share);
  const [first, second] = tensors as [Tensor, Tensor];
  const light = mean(lightOf(frame, a), lightOf(frame, b));
  const [sdA, sdB] = of("sdIntensity");
  const variance = mean(sdA ** 2, sdB ** 2) + between * (lightOf(frame, a) - lightOf(frame, b)) ** 2;
  const shape = ellipseFeatures(
    areaOf(frame, a) + areaOf(frame, b),
    mean(first.yy, second.yy) + between * dy * dy,
    mean(first.xx, second.xx) + between * dx * dx,
    mean(first.xy, second.xy) + between * dy * dx,
  );
  return [
    ...shape,
    light,
    Math.sqrt(variance),
    Math.min(...of("minIntensity")),
    Math.max(...of("maxIntensity")),
    mean(...of("skewIntensity")),
    mean(...of("texture")),
    mean(...of("rimShare")),
    mean(...of("sideDistancePx")),
  ];
}

interface Tensor {
  readonly yy: number;
  readonly xx: number;
  readonly xy: number;
}

/** Second moments from the axes and the direction of the long one; of a disc where the shape is unknown. */
function tensorOf(frame: FrameDetections, at: number): Tensor {
  const read = (name: Parameters<typeof featureOf>[1]): number => featureOf(frame, name)(at);
  const [large, small] = [(read("majorAxisPx") / 4) ** 2, (read("minorAxisPx") / 4) ** 2];
  const disc = areaOf(frame, at) / (4 * Math.PI);
  if (large === 0) return { yy: disc, xx: disc, xy: 0 };
  const eccentricity = read("eccentricity");
  const [cosine, sine] =
    eccentricity === 0 ? [0, 0] : [read("axisCosine") / eccentricity, read("axisSine") / eccentricity];
  const [middle, spread] = [(large + small) / 2, (large - small) / 2];
  return { yy: middle - spread * cosine, xx: middle + spread * cosine, xy: spread * sine };
}

/**
 * Track of each label of a frame's image: that of its detection, or of the union it is a piece of.
 *
 * @param tracks  track of each detection of the frame, 0 where it was not chosen.
 * @returns labels without a track are left out.
 */
export function trackOfLabels(frame: FrameDetections, tracks: ArrayLike<number>): Map<number, number> {
  const unions = new Set<number>();
  for (let k = 0; k < (frame.parts?.length ?? 0); k += 3) unions.add(frame.parts![k]!);
  const byLabel = new Map<number, number>();
  for (let at = 0; at < frame.labels.length; at++)
    if (!unions.has(at) && tracks[at] !== 0) byLabel.set(frame.labels[at]!, tracks[at]!);
  for (let k = 0; k < (frame.parts?.length ?? 0); k += 3) {
    const [union, ...pieces] = frame.parts!.subarray(k, k + 3);
    if (tracks[union!] !== 0) for (const piece of pieces) byLabel.set(frame.labels[piece]!, tracks[union!]!);
  }
  return byLabel;
}
