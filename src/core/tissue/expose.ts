/**
 * The microscope and its detector: blur, shading, photons, read noise, offset, clipping, whole numbers.
 *
 * Photons are counted (Poisson), so bright places are noisier in absolute and cleaner in relative terms; platforms that
 * count ions give those counts as they are, cameras stretch them over their range above an offset.
 */

import { type Plane, plane } from "../array/index.ts";
import { gaussianBlur, percentiles } from "../image/index.ts";
import type { Rng } from "../rng.ts";
import type { TissueParams } from "./tissue-params.ts";

/** How far light from outside the section spreads, standard deviation: a section is about 5 µm thick. */
const hazeUm = 3.5;

/** Above this mean a Poisson number is drawn as a normal one; the error is far below a count. */
const poissonMeanMax = 25;

/**
 * @param light  row-major, 1 = a bright place. @param random  one stream per channel.
 * @returns uint8 or uint16 as `params.bits` says. Cost: O(pixels).
 */
export function expose(params: TissueParams, light: Float32Array, random: Rng): Plane<"uint8" | "uint16"> {
  const { height, width } = params;
  const source: Plane<"float32"> = { dtype: "float32", height, width, data: light };
  const blurred = gaussianBlur(source, params.blurUm / params.mppUm).data;
  if (params.haze > 0) {
    const wide = gaussianBlur(source, hazeUm / params.mppUm).data;
    for (let i = 0; i < wide.length; i++) {
      blurred[i] = (1 - params.haze) * (blurred[i] as number) + params.haze * (wide[i] as number);
    }
  }
  const counted = count(params, blurred, random);
  return quantise(params, counted, random);
}

function count(params: TissueParams, light: Float32Array, random: Rng): Float32Array {
  const { height, width, shading, photons, readNoise, background } = params;
  const [midY, midX] = [random.uniform(0.2, 0.8) * height, random.uniform(0.2, 0.8) * width];
  const reach = (height * height + width * width) / 2;
  const out = new Float32Array(light.length);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const fall = 1 - (shading * ((y - midY) ** 2 + (x - midX) ** 2)) / reach;
      const mean = photons * (background + (light[i] as number)) * Math.max(0.2, fall);
      out[i] = poisson(mean, random) + (readNoise === 0 ? 0 : readNoise * random.normal());
    }
  }
  return out;
}

function poisson(mean: number, random: Rng): number {
  if (mean > poissonMeanMax) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
  const limit = Math.exp(-mean);
  let number = 0;
  for (let product = random.next(); product > limit; product *= random.next()) number++;
  return number;
}

function quantise(params: TissueParams, counted: Float32Array, random: Rng): Plane<"uint8" | "uint16"> {
  const { height, width, bits, saturated } = params;
  const isCount = params.platform === "IMC" || params.platform === "MIBI";
  const top = 2 ** bits - 1;
  const source: Plane<"float32"> = { dtype: "float32", height, width, data: counted };
  const bright = Math.max(1e-3, percentiles(source, [100 * (1 - saturated)])[0] as number);
  // How much of the detector's range the picture uses; clipped pictures use all of it.
  const used = saturated > 0.001 ? 1 : random.uniform(0.15, 0.9);
  const offset = isCount ? 0 : random.uniform(0, 0.03) * top;
  const gain = isCount ? 1 : (used * (top - offset)) / bright;
  const out = plane(bits === 8 ? "uint8" : "uint16", height, width);
  for (let i = 0; i < counted.length; i++) {
    out.data[i] = Math.max(0, Math.min(top, Math.round(offset + gain * (counted[i] as number))));
  }
  return out;
}
