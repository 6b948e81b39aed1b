/**
 * Detections of one frame: what linking knows of each cell, as columns instead of objects.
 *
 * A movie of 500,000 detections is held as a few typed arrays per frame. Detections are numbered twice: inside their
 * frame, and through the movie (frame after frame), which is the position that `TrackLink` speaks of. A frame may hold
 * several masks for the same pixels (`conflicts`): the solver then chooses among them.
 */
import { assert } from "../errors.ts";
import { neighbourVectors } from "./neighbour-vectors.ts";

/** Columns of `FrameDetections.features`. 0 where nothing was measured (no image, a single pixel). */
export const detectionFeatures = [
  /** Pixels. */
  "areaPx",
  /** Full axes of the ellipse with the same second moments. */
  "majorAxisPx",
  "minorAxisPx",
  /** 0 for a circle, towards 1 for a line. */
  "eccentricity",
  /** Cosine and sine of twice the angle of the long axis, times eccentricity: no jump at 180 degrees. */
  "axisCosine",
  "axisSine",
  /** Values of the image under the mask, in its own units. */
  "meanIntensity",
  "sdIntensity",
  "minIntensity",
  "maxIntensity",
  /** Third standardised moment. */
  "skewIntensity",
  /** Mean absolute difference between neighbouring pixels of the mask, over the mean intensity. */
  "texture",
  /** Share of the mask's pixels on the rim of the image. */
  "rimShare",
  /** Distance of the centroid to the nearest side of the image. */
  "sideDistancePx",
] as const;

export type DetectionFeature = (typeof detectionFeatures)[number];

/** Nearest detections of the same frame that describe a cell's surroundings. */
export const neighbourCount = 5;

export interface FrameDetections {
  /** Frame of the movie, from 0. */
  readonly t: number;
  /** Size of the field of view in pixels. */
  readonly height: number;
  readonly width: number;
  /** Label of each detection in its frame, positive, each once. */
  readonly labels: Int32Array;
  /** Centroids in pixels. */
  readonly y: Float32Array;
  readonly x: Float32Array;
  /** Row-major, `labels.length` x `detectionFeatures.length`. */
  readonly features: Float32Array;
  /** Row-major, `labels.length` x `2 * neighbourCount`: (dy, dx) to the nearest detections, nearest first, then 0. */
  readonly neighbours: Float32Array;
  /** Pairs of detections that share pixels (positions in this frame, flat): at most one of each pair is real. */
  readonly conflicts?: Int32Array;
  /** Probability of each detection to be a true mask; only used where there are conflicts. Default one half. */
  readonly priors?: Float32Array;
  /** Detections that are unions of two others, flat (union, piece, piece); see `offerUnions`. */
  readonly parts?: Int32Array;
}

const stride = detectionFeatures.length;
const areaColumn = detectionFeatures.indexOf("areaPx");
const lightColumn = detectionFeatures.indexOf("meanIntensity");

/** One column of the features as a function of the position in the frame. */
export function featureOf(frame: FrameDetections, feature: DetectionFeature): (at: number) => number {
  const column = detectionFeatures.indexOf(feature);
  return (at) => frame.features[at * stride + column];
}

export const areaOf = (frame: FrameDetections, at: number): number =>
  frame.features[at * stride + areaColumn];
export const lightOf = (frame: FrameDetections, at: number): number =>
  frame.features[at * stride + lightColumn];

export interface PointDetections {
  readonly t: number;
  readonly height: number;
  readonly width: number;
  readonly labels: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly x: ArrayLike<number>;
  /** Pixels; default 0 = not measured. */
  readonly areaPx?: ArrayLike<number>;
  readonly meanIntensity?: ArrayLike<number>;
  /** Full axes in pixels and the angle of the long one against x, radians; default unknown. */
  readonly ellipses?: readonly { readonly major: number; readonly minor: number; readonly angle: number }[];
}

/**
 * Detections without masks: from a table of points, or a simulation.
 *
 * Cost: O(n). Positions and areas are copied.
 */
export function detectionsFromPoints(points: PointDetections): FrameDetections {
  const { t, height, width } = points;
  const count = points.labels.length;
  assert(points.y.length === count && points.x.length === count, "each detection has a label and a place");
  const [y, x] = [Float32Array.from(points.y), Float32Array.from(points.x)];
  const features = new Float32Array(count * stride);
  const sideColumn = detectionFeatures.indexOf("sideDistancePx");
  for (let i = 0; i < count; i++) {
    features[i * stride + areaColumn] = points.areaPx?.[i] ?? 0;
    features[i * stride + lightColumn] = points.meanIntensity?.[i] ?? 0;
    const ellipse = points.ellipses?.[i];
    if (ellipse !== undefined) features.set(axisFeatures(ellipse), i * stride + areaColumn + 1);
    features[i * stride + sideColumn] = sideDistance(y[i], x[i], height, width);
  }
  const labels = Int32Array.from(points.labels);
  return { t, height, width, labels, y, x, features, neighbours: neighbourVectors(y, x, neighbourCount) };
}

function axisFeatures({ major, minor, angle }: { major: number; minor: number; angle: number }): number[] {
  const eccentricity = major === 0 ? 0 : Math.sqrt(1 - (minor / major) ** 2);
  return [major, minor, eccentricity, eccentricity * Math.cos(2 * angle), eccentricity * Math.sin(2 * angle)];
}

/** Pixels from a place to the nearest side of the image. */
export const sideDistance = (y: number, x: number, height: number, width: number): number =>
  Math.min(y, x, height - 1 - y, width - 1 - x);

/** The same frame with some of its detections (positions, ascending); neighbours stay those of the whole frame. */
export function pickDetections(frame: FrameDetections, positions: readonly number[]): FrameDetections {
  const picked = Int32Array.from(positions);
  const rows = (from: Float32Array, width: number): Float32Array => {
    const to = new Float32Array(picked.length * width);
    picked.forEach((at, i) => {
      to.set(from.subarray(at * width, (at + 1) * width), i * width);
    });
    return to;
  };
  const place = new Map(positions.map((at, i) => [at, i]));
  const conflicts = pickTuples(frame.conflicts, 2, place);
  const parts = pickTuples(frame.parts, 3, place);
  return {
    ...frame,
    labels: picked.map((at) => frame.labels[at]),
    y: rows(frame.y, 1),
    x: rows(frame.x, 1),
    features: rows(frame.features, stride),
    neighbours: rows(frame.neighbours, 2 * neighbourCount),
    ...(conflicts === undefined ? {} : { conflicts }),
    ...(parts === undefined ? {} : { parts }),
    ...(frame.priors === undefined ? {} : { priors: rows(frame.priors, 1) }),
  };
}

/** Tuples of positions whose members are all kept, with their new positions. */
function pickTuples(
  tuples: Int32Array | undefined,
  size: number,
  place: ReadonlyMap<number, number>,
): Int32Array | undefined {
  if (tuples === undefined) return undefined;
  const kept: number[] = [];
  for (let p = 0; p < tuples.length; p += size) {
    const now = Array.from(tuples.subarray(p, p + size), (at) => place.get(at) ?? -1);
    if (!now.includes(-1)) kept.push(...now);
  }
  return Int32Array.from(kept);
}
