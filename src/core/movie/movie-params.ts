/**
 * What a simulated movie is like: everything that was decided before the first frame, as plain numbers.
 *
 * Lengths are micrometres and times minutes or hours, so one description gives the same cells at any pixel size and any
 * interval. Whatever is not asked for is drawn from a range that is plausible for cultured cells under the look, by a
 * random stream of its own name, so that asking for one value does not change the others.
 */

import { FoundryError } from "../errors.ts";
import { rng } from "../rng.ts";

export const movieLooks = ["nuclear", "phase"] as const;

/** Nuclear fluorescence (bright nuclei on dark), or whole cells as phase contrast shows them. */
export type MovieLook = (typeof movieLooks)[number];

/** Share of the view that cells cover at the start. */
export const movieDensities = { sparse: 0.06, medium: 0.2, dense: 0.42 } as const;

export type MovieDensity = keyof typeof movieDensities;

export interface MovieParams {
  readonly look: MovieLook;
  /** Pixels. */
  readonly height: number;
  readonly width: number;
  /** Micrometres per pixel, both ways. */
  readonly mppUm: number;
  readonly frameCount: number;
  readonly frameIntervalMin: number;
  /** Cells expected in the view at the start. */
  readonly cellCount: number;
  /** Diameter of a disc of a cell's mean area (of its nucleus, where only nuclei are seen). */
  readonly cellDiameterUm: number;
  /** Spread of the size at division: standard deviation of its natural logarithm. */
  readonly sizeSpread: number;
  /** Long over short axis between divisions. */
  readonly elongation: number;
  /** How far outlines wander from an ellipse, share of the radius. */
  readonly raggedness: number;
  /** Root mean square speed of a cell's own walk, and how long it keeps its direction. */
  readonly speedUmPerH: number;
  readonly persistenceMin: number;
  /** Root mean square speed of the flow that neighbours share. */
  readonly flowUmPerH: number;
  /** Mean time from division to division, and its standard deviation over its mean. */
  readonly cycleH: number;
  readonly cycleSpread: number;
  /** Rounding up before a division. */
  readonly mitosisMin: number;
  /** Deaths per cell and cell cycle; dying takes `dyingMin`. */
  readonly deathsPerCycle: number;
  readonly dyingMin: number;
  /** Share of the view above which crowded cells are lost as fast as they are born. */
  readonly crowdedShare: number;
  /** Cells stay inside the view: no entry, no exit, no stage drift. */
  readonly closed: boolean;
  /** Random step of the stage per frame, standard deviation along each axis. */
  readonly stageDriftUm: number;
  /** Chance that an acquisition is lost, so that the next frame comes an interval later. */
  readonly missedFrames: number;
  /** Share of the brightness lost by the last frame. */
  readonly bleaching: number;
  /** Spread of brightness from cell to cell: standard deviation of its natural logarithm. */
  readonly brightnessSpread: number;
  /** Contrast of the texture inside cells, 0..1. */
  readonly texture: number;
  /** Standard deviation of the point-spread function. */
  readonly blurUm: number;
  /** Photons of a bright pixel; few = noisy. */
  readonly photons: number;
  /** Read noise in photons. */
  readonly readNoise: number;
  /** Light between cells relative to a bright pixel. */
  readonly background: number;
  /** Fall-off of illumination from its brightest to its darkest place, 0..1. */
  readonly shading: number;
  readonly bits: 8 | 16;
}

/** Everything that may be asked for; `density` sets `cellCount` by the share of the view. */
export type MovieWishes = Partial<MovieParams> & { readonly density?: number | MovieDensity };

type Range = readonly [low: number, high: number];

/** Frames are made one at a time, so the bounds are on one frame and on the table of tracks. */
const pixelsMax = 2 ** 26;
const sideMin = 16;
const framesMax = 1_000_000;
const cellsMax = 100_000;

interface LookRanges {
  readonly mppUm: Range;
  readonly cellDiameterUm: Range;
  readonly elongation: Range;
  readonly raggedness: Range;
  readonly speedUmPerH: Range;
  readonly background: Range;
  readonly photons: Range;
  readonly crowdedShare: number;
}

const ranges: Readonly<Record<MovieLook, LookRanges>> = {
  nuclear: {
    mppUm: [0.4, 0.8],
    cellDiameterUm: [11, 17],
    elongation: [1.1, 1.5],
    raggedness: [0.01, 0.06],
    speedUmPerH: [6, 26],
    background: [0.03, 0.25],
    photons: [40, 600],
    crowdedShare: 0.5,
  },
  phase: {
    mppUm: [0.6, 1.3],
    cellDiameterUm: [17, 28],
    elongation: [1.2, 2.4],
    raggedness: [0.04, 0.14],
    speedUmPerH: [8, 36],
    background: [0.9, 1.1],
    photons: [300, 4000],
    crowdedShare: 0.75,
  },
};

/**
 * Fills in what was not asked for.
 *
 * @param asked  values to use as they are. @param seed  decides the rest; the same seed and wishes, the same parameters.
 * @throws FoundryError `request.invalid` for a size or value that cannot be drawn.
 */
export function drawMovieParams(asked: MovieWishes, seed: number | string): MovieParams {
  const random = rng(seed, "movie parameters");
  const within = (name: string, [low, high]: Range): number => random.stream(name).uniform(low, high);
  const look = asked.look ?? random.stream("look").pick(movieLooks);
  const range = ranges[look];
  const cycleH = within("cycleH", [14, 24]);
  const drawn = {
    look,
    height: 512,
    width: 512,
    mppUm: within("mppUm", range.mppUm),
    frameCount: 60,
    frameIntervalMin: within("frameIntervalMin", [4, 12]),
    cellDiameterUm: within("cellDiameterUm", range.cellDiameterUm),
    sizeSpread: within("sizeSpread", [0.06, 0.2]),
    elongation: within("elongation", range.elongation),
    raggedness: within("raggedness", range.raggedness),
    speedUmPerH: within("speedUmPerH", range.speedUmPerH),
    persistenceMin: within("persistenceMin", [10, 60]),
    flowUmPerH: within("flowUmPerH", [0, 8]),
    cycleH,
    cycleSpread: within("cycleSpread", [0.12, 0.3]),
    mitosisMin: within("mitosisMin", [30, 60]),
    deathsPerCycle: within("deathsPerCycle", [0, 0.12]),
    dyingMin: within("dyingMin", [40, 120]),
    crowdedShare: range.crowdedShare,
    closed: false,
    stageDriftUm: within("stageDriftUm", [0, 0.8]),
    missedFrames: within("missedFrames", [0, 0.03]),
    bleaching: look === "phase" ? 0 : within("bleaching", [0, 0.5]),
    brightnessSpread: within("brightnessSpread", [0.1, 0.4]),
    texture: within("texture", [0.15, 0.6]),
    blurUm: within("blurUm", [0.3, 0.8]),
    photons: Math.exp(within("photons", [Math.log(range.photons[0]), Math.log(range.photons[1])])),
    readNoise: within("readNoise", [1, 5]),
    background: within("background", range.background),
    shading: within("shading", [0, 0.3]),
    bits: random.stream("bits").chance(0.4) ? (8 as const) : (16 as const),
  };
  const { density, ...values } = withoutGaps(asked);
  const settled = { ...drawn, ...values, ...(values.closed === true ? { stageDriftUm: 0 } : {}) };
  const share = typeof density === "string" ? movieDensities[density] : density;
  const shareDrawn = within("density", [movieDensities.sparse, movieDensities.dense]);
  const params = {
    ...settled,
    cellCount: values.cellCount ?? Math.max(1, Math.round(cellsOfShare(settled, share ?? shareDrawn))),
  };
  assertMovieParams(params, share);
  return params;
}

/** Cells whose mean areas make up a share of the view. */
export function cellsOfShare(
  {
    height,
    width,
    mppUm,
    cellDiameterUm,
  }: Pick<MovieParams, "height" | "width" | "mppUm" | "cellDiameterUm">,
  share: number,
): number {
  return (share * height * width * mppUm ** 2) / ((Math.PI / 4) * cellDiameterUm ** 2);
}

function withoutGaps(asked: MovieWishes): MovieWishes {
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
}

const limits: Readonly<Partial<Record<keyof MovieParams, Range>>> = {
  mppUm: [0.05, 10],
  frameCount: [1, framesMax],
  frameIntervalMin: [0.01, 10_000],
  cellCount: [1, cellsMax],
  cellDiameterUm: [1, 200],
  elongation: [1, 4],
  raggedness: [0, 0.25],
  speedUmPerH: [0, 1000],
  persistenceMin: [0.1, 10_000],
  flowUmPerH: [0, 1000],
  cycleH: [0.1, 100_000],
  // A spread of 0.05 is the sum of 400 exponential times; less takes too long to draw and looks the same.
  cycleSpread: [0.05, 1],
  mitosisMin: [0, 600],
  deathsPerCycle: [0, 10],
  dyingMin: [0, 6000],
  crowdedShare: [0, Infinity],
  stageDriftUm: [0, 20],
  missedFrames: [0, 0.9],
  blurUm: [0, 5],
  photons: [1, 1e6],
  readNoise: [0, 1000],
  background: [0, 2],
};

function assertMovieParams(params: MovieParams, share: number | undefined): void {
  const { height, width, frameCount, cellCount } = params;
  const wrong = (reason: string): FoundryError =>
    new FoundryError("request.invalid", { message: `This movie cannot be simulated: ${reason}.` });
  const sides = [height, width];
  if (sides.some((side) => !Number.isInteger(side) || side < sideMin) || height * width > pixelsMax)
    throw wrong(`${height} x ${width} pixels; sides go from ${sideMin}, pixels to ${pixelsMax}`);
  if (![frameCount, cellCount].every(Number.isInteger)) throw wrong("frames and cells are whole numbers");
  if (share !== undefined && !(share > 0 && share <= 0.6))
    throw wrong(`density is ${share}; cells can cover up to 0.6 of the view at the start`);
  for (const [name, value] of Object.entries(params)) {
    if (typeof value !== "number" || ["height", "width", "bits"].includes(name)) continue;
    const [low, high] = limits[name as keyof MovieParams] ?? [0, 1];
    if (!(value >= low && value <= high)) throw wrong(`${name} is ${value}; it goes from ${low} to ${high}`);
  }
}
