/**
 * Light of simulated cells: what each channel would show with a perfect microscope, 1 = a bright place.
 *
 * Nuclei have chromatin, a rim, and a brightness of their own; markers differ from cell to cell and are absent in some
 * cells, lie in the membrane or the cytoplasm, are uneven along the border, and do not stop at it sharply. Where two
 * cells touch both membranes add up.
 */

import type { LabelImage } from "../array/index.ts";
import { gaussianBlur } from "../image/index.ts";
import { distanceTransform } from "../labels/index.ts";
import type { Rng } from "../rng.ts";
import type { DrawnCells, DrawnNuclei } from "./draw-cells.ts";
import { smoothNoise } from "./smooth-noise.ts";
import type { TissueParams } from "./tissue-params.ts";

export interface Light {
  readonly nuclear: Float32Array;
  readonly second: Float32Array;
}

/** Width of a membrane's signal into the cell, µm: the membrane is thinner, staining and section are not. */
const membraneUm = 0.55;

/** Small round cells and elongated ones have dense chromatin: up to so many times as bright, alike in one picture. */
const denseGainMax = 2.4;

/** Cost: O(pixels). */
export function paintLight(params: TissueParams, drawn: DrawnCells, nuclei: DrawnNuclei, random: Rng): Light {
  const nuclear = paintNuclear(params, drawn, nuclei, random.stream("nuclear"));
  const second = paintSecond(params, drawn, nuclei.nuclei, random.stream("second"));
  addTissueGlow(params, drawn.cells, nuclear, second, random.stream("glow"));
  for (let i = 0; i < nuclear.length; i++) {
    const [a, b] = [nuclear[i] as number, second[i] as number];
    nuclear[i] = a + params.spillSecond * b;
    second[i] = b + params.spillNuclear * a;
  }
  return { nuclear, second };
}

/** Factor with a logarithm of mean 0: most cells near 1, a few far above. */
function brightness(random: Rng, spread: number): number {
  return Math.exp(Math.max(-1.6, Math.min(1.2, spread * random.normal())));
}

function paintNuclear(
  params: TissueParams,
  { placed }: DrawnCells,
  { nuclei, cellOf }: DrawnNuclei,
  random: Rng,
): Float32Array {
  const { height, width, mppUm, chromatin } = params;
  const depth = distanceTransform(nuclei).data;
  const fine = smoothNoise(height, width, 0.9 / mppUm, random.stream("fine"));
  const coarse = smoothNoise(height, width, 2.2 / mppUm, random.stream("coarse"));
  const dense = {
    epithelial: 1,
    immune: random.uniform(1, denseGainMax),
    stromal: random.uniform(0.8, denseGainMax),
  };
  const gains = Float32Array.from(cellOf, (cell, k) => {
    const own = random.stream("gain", k);
    const kind = dense[placed[cell - 1]?.kind ?? "epithelial"];
    return 0.55 * kind * brightness(own, 0.8 * params.brightnessSpread);
  });
  const rim = random.uniform(-0.1, 0.6);
  const light = new Float32Array(height * width);
  for (let i = 0; i < light.length; i++) {
    const nucleus = nuclei.data[i] as number;
    if (nucleus === 0) continue;
    const texture = 1 + chromatin * (0.6 * (fine[i] as number) + 0.7 * (coarse[i] as number));
    const edge = (depth[i] as number) * mppUm;
    light[i] = (gains[nucleus - 1] as number) * Math.max(0.1, texture) * (1 + rim * Math.exp(-edge));
  }
  addGhosts(params, placed.length, light, random.stream("ghosts"));
  return light;
}

/** Nuclei above and below the section: faint, without edge, without label. */
function addGhosts(params: TissueParams, cellCount: number, light: Float32Array, random: Rng): void {
  const { height, width, mppUm } = params;
  const count = Math.round(cellCount * params.ghostNuclei);
  if (count === 0) return;
  const ghosts = new Float32Array(light.length);
  for (let k = 0; k < count; k++) {
    const [cy, cx] = [random.uniform(0, height), random.uniform(0, width)];
    const r = (random.uniform(2, 4) / mppUm) * Math.sqrt(params.cellDiameterUm / 12);
    const gain = random.uniform(0.1, 0.4);
    for (let y = Math.max(0, Math.ceil(cy - r)); y <= Math.min(height - 1, cy + r); y++) {
      for (let x = Math.max(0, Math.ceil(cx - r)); x <= Math.min(width - 1, cx + r); x++) {
        if ((y - cy) ** 2 + (x - cx) ** 2 <= r * r) ghosts[y * width + x] = gain;
      }
    }
  }
  const blurred = gaussianBlur({ dtype: "float32", height, width, data: ghosts }, 1.6 / mppUm).data;
  for (let i = 0; i < light.length; i++) light[i] = (light[i] as number) + (blurred[i] as number);
}

function paintSecond(
  params: TissueParams,
  { cells, placed }: DrawnCells,
  nuclei: LabelImage,
  random: Rng,
): Float32Array {
  const { height, width, mppUm, membraneShare } = params;
  const depth = distanceTransform(cells).data;
  const diameter = params.cellDiameterUm / mppUm;
  const uneven = smoothNoise(height, width, 0.45 * diameter, random.stream("uneven"));
  const grain = smoothNoise(height, width, 0.7 / mppUm, random.stream("grain"));
  // Neighbours express alike: a slow field decides together with the cell's own chance.
  const patches = smoothNoise(height, width, 6 * diameter, random.stream("patches"));
  const gains = Float32Array.from(placed, (cell, k) => {
    const own = random.stream("gain", k);
    const at = clampTo(cell.y, height) * width + clampTo(cell.x, width);
    const chance = Math.max(0, Math.min(1, params.negativeCells * (1 + 1.2 * (patches[at] as number))));
    if (own.chance(chance)) return 0.03 * own.next();
    const kind = cell.kind === "stromal" ? 0.75 : 1;
    return 0.75 * kind * brightness(own, params.brightnessSpread);
  });
  const inNucleus = random.uniform(0.15, 0.7);
  const patchiness = random.uniform(0.25, 0.95);
  const light = new Float32Array(height * width);
  for (let i = 0; i < light.length; i++) {
    const cell = cells.data[i] as number;
    if (cell === 0) continue;
    const away = (((depth[i] as number) - 0.5) * mppUm) / membraneUm;
    const membrane = Math.exp(-away * away) * Math.max(0, 1 + patchiness * (uneven[i] as number));
    const plasma = (nuclei.data[i] === 0 ? 1 : inNucleus) * (1 + 0.35 * (grain[i] as number));
    light[i] = (gains[cell - 1] as number) * (membraneShare * membrane + (1 - membraneShare) * plasma);
  }
  return light;
}

function clampTo(value: number, length: number): number {
  return Math.max(0, Math.min(length - 1, Math.round(value)));
}

/** What tissue shines without a marker, cells a little more than what is between them. */
function addTissueGlow(
  params: TissueParams,
  cells: LabelImage,
  nuclear: Float32Array,
  second: Float32Array,
  random: Rng,
): void {
  const { height, width, mppUm, autofluorescence } = params;
  const slow = smoothNoise(height, width, 30 / mppUm, random.stream("slow"));
  const fibres = smoothNoise(height, width, 3 / mppUm, random.stream("fibres"));
  for (let i = 0; i < nuclear.length; i++) {
    const place = cells.data[i] === 0 ? 0.6 + 0.4 * (fibres[i] as number) : 1;
    const glow = autofluorescence * place * (1 + 0.6 * (slow[i] as number));
    nuclear[i] = (nuclear[i] as number) + 0.5 * glow;
    second[i] = (second[i] as number) + glow;
  }
}
