/**
 * One simulated cell and what it looks like at its age: growth, rounding up, the plate, two halves, dying.
 */
import type { Rng } from "../rng.ts";
import { type CycleLaw, drawAge, drawCycleH } from "./cell-cycle.ts";
import type { MovieParams } from "./movie-params.ts";
import type { Walker } from "./persistent-walk.ts";

/** Harmonics 2 to 5 of the outline, cosine and sine each. */
export const bendCount = 8;

/** Changes while the movie runs; never leaves the simulator. */
export interface Cell extends Walker {
  readonly id: number;
  /** Cell it came from by division, 0 for none. */
  readonly mother: number;
  ageH: number;
  readonly cycleH: number;
  /** Micrometres squared, at birth and at division. */
  readonly areaBirth: number;
  readonly areaDivision: number;
  /** Radians, of the long axis against x. */
  angle: number;
  /** Long over short axis it tends to, and has. */
  readonly stretchMean: number;
  stretch: number;
  readonly bends: Float64Array;
  readonly brightness: number;
  /** Place in the texture. */
  readonly grain: readonly [number, number];
  /** Hours since it began to die; -1 for living cells. */
  dyingH: number;
  /** Whether it was there at the start: its age is not since a division seen. */
  readonly founder: boolean;
}

export type CellStage = "interphase" | "mitosis" | "newborn" | "dying";

/** What is drawn: axes in micrometres, light relative to a cell of mean brightness. */
export interface CellLook {
  readonly stage: CellStage;
  /** Area by growth alone, µm². */
  readonly sizeUm2: number;
  readonly long: number;
  readonly short: number;
  readonly gain: number;
  /** 0: as ragged as the cell is; 1: smooth. */
  readonly smooth: number;
  /** 0..1: how rounded, which phase contrast shows bright. */
  readonly rounded: number;
}

/** Daughters keep the looks of their division for so long. */
const newbornH = 0.6;

/** How much of the time of rounding up the chromatin lies in a plate. */
const plateShare = 0.45;

export function lookOf(cell: Cell, params: MovieParams): CellLook {
  const { ageH, cycleH, dyingH } = cell;
  const sizeUm2 = sizeOf(cell);
  const mitosisH = Math.min(params.mitosisMin / 60, cycleH / 3);
  const left = cycleH - ageH;
  const nuclear = params.look === "nuclear";
  const one = (stage: CellStage, area: number, stretch: number, gain: number, rounded: number): CellLook => {
    const radius = Math.sqrt((area * sizeUm2) / Math.PI);
    const axis = Math.sqrt(Math.max(1, stretch));
    return {
      stage,
      sizeUm2,
      long: radius * axis,
      short: radius / axis,
      gain: gain * cell.brightness,
      smooth: rounded,
      rounded,
    };
  };
  if (dyingH >= 0) {
    const share = Math.min(1, dyingH / Math.max(1e-6, params.dyingMin / 60));
    return one("dying", 1 - 0.65 * share, 1 + (cell.stretch - 1) * (1 - share), 1 + 0.9 * share, share);
  }
  if (left <= mitosisH && mitosisH > 0) {
    const share = 1 - Math.max(0, left) / mitosisH;
    if (!nuclear) return one("mitosis", 1 - 0.35 * share, 1 + (cell.stretch - 1) * (1 - share), 1, share);
    if (share < 1 - plateShare) {
      const condensed = share / (1 - plateShare);
      const stretch = 1 + (cell.stretch - 1) * (1 - condensed);
      return one("mitosis", 1 - 0.3 * condensed, stretch, 1 + 0.7 * condensed, condensed);
    }
    return one("mitosis", 0.55, 2.1, 1.9, 1);
  }
  if (!cell.founder && ageH < newbornH) {
    const share = ageH / newbornH;
    const area = (nuclear ? 0.62 : 0.72) + (nuclear ? 0.38 : 0.28) * share;
    const born = nuclear ? 1.7 : 1.05;
    return one(
      "newborn",
      area,
      born + (cell.stretch - born) * share,
      nuclear ? 1.7 - 0.7 * share : 1,
      1 - share,
    );
  }
  return one("interphase", 1, cell.stretch, 1, 0);
}

/** Area by growth alone: exponential from birth to division. */
function sizeOf({ ageH, cycleH, areaBirth, areaDivision }: Cell): number {
  return areaBirth * (areaDivision / areaBirth) ** Math.min(1, Math.max(0, ageH / cycleH));
}

/** Size at division of a cell of mean size; ages of a growing culture are such that the mean of all is 1. */
const divisionSize = 1.38;

/** A cell of the start, of any age. */
export function foundCell(
  id: number,
  place: { readonly y: number; readonly x: number },
  params: MovieParams,
  law: CycleLaw,
  random: Rng,
): Cell {
  const { ageH, cycleH } = drawAge(law, random);
  const areaDivision = divisionArea(params, random);
  return {
    ...freshCell(id, 0, params, random),
    ...place,
    ageH,
    cycleH,
    areaBirth: areaDivision / 2,
    areaDivision,
    brightness: Math.exp(Math.max(-1.2, Math.min(1.2, params.brightnessSpread * random.normal()))),
    angle: random.uniform(0, Math.PI),
    founder: true,
  };
}

/** One of two daughters. @param share  of the mother's area, about a half. */
export function bearCell(
  id: number,
  mother: Cell,
  share: number,
  params: MovieParams,
  law: CycleLaw,
  random: Rng,
): Cell {
  const areaBirth = share * mother.areaDivision;
  return {
    ...freshCell(id, mother.id, params, random),
    y: mother.y,
    x: mother.x,
    ageH: 0,
    cycleH: drawCycleH(law, random),
    areaBirth,
    areaDivision: Math.max(1.3 * areaBirth, divisionArea(params, random)),
    brightness: mother.brightness * Math.exp(0.08 * random.normal()),
    angle: mother.angle,
    founder: false,
  };
}

function divisionArea({ cellDiameterUm, sizeSpread }: MovieParams, random: Rng): number {
  const mean = (Math.PI / 4) * cellDiameterUm ** 2;
  return divisionSize * mean * Math.exp(Math.max(-0.7, Math.min(0.7, sizeSpread * random.normal())));
}

function freshCell(id: number, mother: number, params: MovieParams, random: Rng) {
  const stretchMean = 1 + (params.elongation - 1) * random.uniform(0.5, 1.5);
  const bends = new Float64Array(bendCount);
  for (let k = 0; k < bendCount; k++) bends[k] = bendSpread(params, k) * random.normal();
  return {
    ...{ id, mother, y: 0, x: 0, vy: 0, vx: 0, dyingH: -1, stretchMean, stretch: stretchMean, bends },
    grain: [random.next(), random.next()] as const,
  };
}

/** Standard deviation of a harmonic of the outline: high ones are small. */
export function bendSpread({ raggedness }: MovieParams, k: number): number {
  return raggedness / (1 + (k >> 1) / 2);
}
