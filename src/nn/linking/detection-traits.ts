/**
 * What the features of candidates are made of: measures of each detection on scales of the movie itself.
 *
 * Lengths are taken over the motion scale or the cell's radius, areas and intensities as logarithms against the crowd of
 * the window, intensities without bleaching. So a network never meets pixels, units or exposure.
 */
import {
  areaOf,
  type CandidateWindow,
  type FrameDetections,
  featureOf,
  lightOf,
} from "#core/tracking/index.ts";

export interface Traits {
  /** Log area and log intensity minus the window's median, 0 where not measured. */
  readonly area: Float32Array;
  readonly light: Float32Array;
  /** 1 where both could be measured in the window. */
  readonly hasArea: boolean;
  readonly hasLight: boolean;
  readonly eccentricity: Float32Array;
  readonly axisCosine: Float32Array;
  readonly axisSine: Float32Array;
  /** Standard deviation over mean of the intensity, its skew, and texture. */
  readonly contrast: Float32Array;
  readonly skew: Float32Array;
  readonly texture: Float32Array;
  readonly rim: Float32Array;
  readonly sidePx: Float32Array;
  /** Place without drift: the same for a cell that rests on a moving stage. */
  readonly y: Float64Array;
  readonly x: Float64Array;
  /** Radius of a cell, at least one standard step: what lengths are measured by. */
  readonly radiusPx: number;
  readonly sigmaPx: number;
}

const middleOf = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
};

export function traitsOf({ frames, frameOf, offsets, motions, scale }: CandidateWindow): Traits {
  const count = frameOf.length;
  const floats = (): Float32Array => new Float32Array(count);
  const column = (read: (frame: FrameDetections) => (at: number) => number): Float32Array => {
    const values = floats();
    for (const [f, frame] of frames.entries()) {
      const of = read(frame);
      for (let i = 0; i < frame.labels.length; i++) values[offsets[f]! + i] = of(i);
    }
    return values;
  };
  const [y, x] = [new Float64Array(count), new Float64Array(count)];
  const dimmed = new Float64Array(frames.length);
  let [driftY, driftX] = [0, 0];
  for (const [f, frame] of frames.entries()) {
    const motion = motions[f - 1];
    driftY += motion?.driftY ?? 0;
    driftX += motion?.driftX ?? 0;
    dimmed[f] = (dimmed[f - 1] ?? 0) + (motion?.lightShift ?? 0);
    for (let i = 0; i < frame.labels.length; i++) {
      y[offsets[f]! + i] = frame.y[i]! - driftY;
      x[offsets[f]! + i] = frame.x[i]! - driftX;
    }
  }
  const logOf = (values: Float32Array, shift: (f: number) => number): [Float32Array, boolean] => {
    const known: number[] = [];
    for (const [i, value] of values.entries())
      if (value > 0) known.push(Math.log(value) - shift(frameOf[i]!));
    const middle = middleOf(known);
    return [
      values.map((value, i) => (value > 0 ? Math.log(value) - shift(frameOf[i]!) - middle : 0)),
      known.length > 0,
    ];
  };
  const [area, hasArea] = logOf(
    column((frame) => (at) => areaOf(frame, at)),
    () => 0,
  );
  const light = column((frame) => (at) => lightOf(frame, at));
  const [logLight, hasLight] = logOf(light, (f) => dimmed[f]!);
  const sd = column((frame) => featureOf(frame, "sdIntensity"));
  const texture = column((frame) => featureOf(frame, "texture"));
  // Without pixels only unions vary inside, by their pieces: that is no contrast.
  const hasPixels = texture.some((value) => value > 0);
  return {
    ...{ area, light: logLight, hasArea, hasLight, y, x },
    eccentricity: column((frame) => featureOf(frame, "eccentricity")),
    axisCosine: column((frame) => featureOf(frame, "axisCosine")),
    axisSine: column((frame) => featureOf(frame, "axisSine")),
    contrast: sd.map((value, i) => (hasPixels && light[i]! > 0 ? value / light[i]! : 0)),
    skew: column((frame) => featureOf(frame, "skewIntensity")),
    texture,
    rim: column((frame) => featureOf(frame, "rimShare")),
    sidePx: column((frame) => featureOf(frame, "sideDistancePx")),
    radiusPx: Math.max(scale.radiusPx, scale.sigmaPx),
    sigmaPx: scale.sigmaPx,
  };
}

/** Into -1..1 by dividing and cutting: what lies beyond says "far" and nothing more. */
export const bounded = (value: number, by: number): number => Math.max(-1, Math.min(1, value / by));

/** 0 at 0, about 1 at ten: lengths over a scale, near ones told apart. */
export const farness = (ratio: number): number => Math.log1p(ratio) / Math.log(11);

/** Logarithm of a probability, -1 at one in ten thousand and below, 0 at 1. */
export const sureness = (probability: number): number =>
  Math.log(Math.max(1e-4, Math.min(1, probability))) / Math.log(1e4);
