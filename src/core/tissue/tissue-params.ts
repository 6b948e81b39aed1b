/**
 * What a simulated piece of tissue is like: everything that was decided before the first pixel, as plain numbers.
 *
 * Lengths are micrometres, so one description gives the same tissue at any pixel size. Whatever is not asked for is drawn
 * from a range that is plausible for the platform; the drawn values are recorded with the picture.
 */

import { FoundryError } from "../errors.ts";
import { type Rng, rng } from "../rng.ts";

export const tissuePlatforms = ["CODEX", "CyCIF", "Vectra", "MIBI", "IMC", "widefield"] as const;

export type TissuePlatform = (typeof tissuePlatforms)[number];

export interface TissueParams {
  readonly platform: TissuePlatform;
  /** Pixels. */
  readonly height: number;
  readonly width: number;
  /** Micrometres per pixel, both ways. */
  readonly mppUm: number;
  /** How crowded: 0 = single cells far apart, 1 = every cell touches its neighbours all round. */
  readonly density: number;
  /** Mean diameter of the large cells. */
  readonly cellDiameterUm: number;
  /** Spread of diameters within a kind: standard deviation over mean. */
  readonly sizeSpread: number;
  /** Shares of the area that are packed with large cells, with small round ones, or hold elongated cells; sum 1. */
  readonly epithelium: number;
  readonly immune: number;
  readonly stroma: number;
  /** Small round cells among the large ones, share of places. */
  readonly infiltration: number;
  /** How far borders wander. */
  readonly raggednessUm: number;
  /** Nucleus over cell area, of large cells. */
  readonly nucleusShare: number;
  /** How far the nucleus lies off its cell's centre, 0..1 of the room there is. */
  readonly eccentricity: number;
  /** Share of cells whose nucleus lies outside the section. */
  readonly missingNuclei: number;
  readonly binucleate: number;
  /** Blurred nuclei above or below the section, per cell; they have no labels. */
  readonly ghostNuclei: number;
  /** Chromatin: contrast of the texture inside nuclei, 0..1. */
  readonly chromatin: number;
  /** Role of the second channel, and how much of its signal lies in the membrane (the rest in the cytoplasm). */
  readonly secondRole: "membrane" | "cytoplasm";
  readonly membraneShare: number;
  /** Share of cells without the second marker. */
  readonly negativeCells: number;
  /** Spread of brightness from cell to cell: standard deviation of its natural logarithm. */
  readonly brightnessSpread: number;
  /** Standard deviation of the point-spread function. */
  readonly blurUm: number;
  /** Share of the light that comes from above and below the section and spreads over some micrometres. */
  readonly haze: number;
  /** Photons (or counts) of a bright pixel; few = noisy. */
  readonly photons: number;
  /** Read noise in photons. */
  readonly readNoise: number;
  /** Share of each channel's signal that appears in the other: nuclear into second, second into nuclear. */
  readonly spillNuclear: number;
  readonly spillSecond: number;
  /** Light everywhere, and light of tissue without marker, relative to a bright pixel. */
  readonly background: number;
  readonly autofluorescence: number;
  /** Fall-off of illumination from its brightest to its darkest place, 0..1. */
  readonly shading: number;
  /** Share of the brightest pixels that are clipped. */
  readonly saturated: number;
  readonly bits: 8 | 16;
}

/** A training crop is at least this wide; a field of view at most: 2^26 pixels take some 3 GB while painting. */
const sideMin = 16;
const pixelsMax = 2 ** 26;

type Range = readonly [low: number, high: number];

interface PlatformRanges {
  readonly mppUm: Range;
  readonly blurUm: Range;
  readonly photons: Range;
  readonly readNoise: Range;
  readonly background: Range;
  readonly saturated: Range;
  readonly ghostNuclei: Range;
  readonly haze: Range;
  readonly bits8: number;
}

/** Ion-counting platforms have no camera: few counts, no offset, no out-of-focus light, no glow of tissue. */
const ranges: Readonly<Record<TissuePlatform, PlatformRanges>> = {
  CODEX: camera([0.325, 0.51], [0.3, 0.55], [60, 600], 0.15),
  CyCIF: camera([0.3, 0.65], [0.3, 0.6], [80, 900], 0.1),
  Vectra: camera([0.45, 0.55], [0.3, 0.6], [80, 600], 0.6),
  widefield: camera([0.3, 0.7], [0.3, 0.8], [50, 800], 0.5),
  MIBI: counts([0.39, 0.5], [0.25, 0.4], [6, 30]),
  IMC: counts([0.9, 1.1], [0.35, 0.55], [8, 45]),
};

function camera(mppUm: Range, blurUm: Range, photons: Range, bits8: number): PlatformRanges {
  return {
    mppUm,
    blurUm,
    photons,
    readNoise: [0.5, 4],
    background: [0.01, 0.15],
    saturated: [0, 0.01],
    ghostNuclei: [0, 0.6],
    haze: [0, 0.3],
    bits8,
  };
}

function counts(mppUm: Range, blurUm: Range, photons: Range): PlatformRanges {
  return {
    mppUm,
    blurUm,
    photons,
    readNoise: [0, 0.1],
    background: [0, 0.02],
    saturated: [0, 0.002],
    ghostNuclei: [0, 0.1],
    haze: [0, 0.2],
    bits8: 0,
  };
}

/**
 * Fills in what was not asked for.
 *
 * @param asked  values to use as they are. @param seed  decides the rest; the same seed and wishes, the same parameters.
 * @throws FoundryError `request.invalid` for a size or value that cannot be drawn.
 */
export function drawTissueParams(asked: Partial<TissueParams>, seed: number | string): TissueParams {
  const random = rng(seed, "tissue parameters");
  const platform = asked.platform ?? random.stream("platform").pick(tissuePlatforms);
  const range = ranges[platform];
  // Each value has its own stream, so that asking for one does not change the others.
  const within = (name: string, [low, high]: Range): number => random.stream(name).uniform(low, high);
  const drawn: TissueParams = {
    platform,
    height: 256,
    width: 256,
    mppUm: within("mppUm", range.mppUm),
    density: within("density", [0.2, 1]),
    cellDiameterUm: within("cellDiameterUm", [7.5, 16]),
    sizeSpread: within("sizeSpread", [0.08, 0.3]),
    ...drawKinds(random.stream("kinds")),
    infiltration: within("infiltration", [0, 0.2]),
    raggednessUm: within("raggednessUm", [0.3, 1.6]),
    nucleusShare: within("nucleusShare", [0.28, 0.68]),
    eccentricity: within("eccentricity", [0, 0.7]),
    missingNuclei: within("missingNuclei", [0, 0.15]),
    binucleate: within("binucleate", [0, 0.05]),
    ghostNuclei: within("ghostNuclei", range.ghostNuclei),
    chromatin: within("chromatin", [0.15, 0.6]),
    secondRole: random.stream("secondRole").chance(0.7) ? "membrane" : "cytoplasm",
    membraneShare: 0,
    negativeCells: within("negativeCells", [0, 0.35]),
    brightnessSpread: within("brightnessSpread", [0.15, 0.6]),
    blurUm: within("blurUm", range.blurUm),
    haze: within("haze", range.haze),
    photons: Math.exp(within("photons", [Math.log(range.photons[0]), Math.log(range.photons[1])])),
    readNoise: within("readNoise", range.readNoise),
    spillNuclear: within("spillNuclear", [0, 0.12]),
    spillSecond: within("spillSecond", [0, 0.12]),
    background: within("background", range.background),
    autofluorescence: within("autofluorescence", [0.01, 0.12]),
    shading: within("shading", [0, 0.35]),
    saturated: within("saturated", range.saturated),
    bits: random.stream("bits").chance(range.bits8) ? 8 : 16,
  };
  const isMembrane = (asked.secondRole ?? drawn.secondRole) === "membrane";
  const membraneShare = within("membraneShare", isMembrane ? [0.55, 0.95] : [0.05, 0.35]);
  const params = { ...drawn, membraneShare, ...withoutGaps(asked) };
  assertTissueParams(params);
  return params;
}

function drawKinds(random: Rng): { epithelium: number; immune: number; stroma: number } {
  // Squares make pictures of one kind as frequent as mixtures.
  const [a, b, c] = [random.next() ** 2 + 0.02, random.next() ** 2, random.next() ** 2];
  const total = a + b + c;
  return { epithelium: a / total, immune: b / total, stroma: c / total };
}

function withoutGaps(asked: Partial<TissueParams>): Partial<TissueParams> {
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
}

function assertTissueParams(params: TissueParams): void {
  const { height, width } = params;
  const wrong = (reason: string): FoundryError =>
    new FoundryError("request.invalid", { message: `This tissue cannot be simulated: ${reason}.` });
  const sides = [height, width];
  if (sides.some((side) => !Number.isInteger(side) || side < sideMin) || height * width > pixelsMax) {
    throw wrong(`${height} x ${width} pixels; sides go from ${sideMin}, pixels to ${pixelsMax}`);
  }
  const limits: Partial<Record<keyof TissueParams, Range>> = {
    mppUm: [0.1, 2],
    cellDiameterUm: [5, 60],
    photons: [1, 1e6],
    blurUm: [0, 5],
    raggednessUm: [0, 5],
    readNoise: [0, 1000],
  };
  for (const [name, value] of Object.entries(params)) {
    if (typeof value !== "number" || name === "height" || name === "width" || name === "bits") continue;
    const [low, high] = limits[name as keyof TissueParams] ?? [0, 1];
    if (!(value >= low && value <= high)) throw wrong(`${name} is ${value}; it goes from ${low} to ${high}`);
  }
}
