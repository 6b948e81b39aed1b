/**
 * The microscope and its camera: blur, shading, bleaching, photons, read noise, offset, whole numbers.
 *
 * One gain for the whole movie, so that bleaching shows. Counted photons are drawn as normal numbers of the Poisson
 * variance, from a table that is made once: a frame of a million pixels takes a tenth of a second instead of one. Below
 * some ten photons a pixel real counts are more skewed than these.
 */
import { type Plane, plane } from "../array/index.ts";
import { gaussianBlur } from "../image/index.ts";
import type { Rng } from "../rng.ts";
import type { MovieParams } from "./movie-params.ts";

export interface Camera {
  /**
   * @param light  row-major, 1 = a bright place, before bleaching. @param t  frame, for the noise and the bleaching.
   * @returns uint8 or uint16 as `params.bits` says. Cost: O(pixels).
   */
  expose(light: Float32Array, t: number): Plane<"uint8" | "uint16">;
}

/** A table of 2^16 numbers repeats after no visible pattern, because each pixel jumps to a place of its own. */
const tableBits = 16;

/** Light that fills the camera's range: few cells are brighter. */
const fullLight = { nuclear: 1.4, phase: 2.4 } as const;

export function createCamera(params: MovieParams, random: Rng): Camera {
  const { height, width, background, photons, readNoise, shading, bits, look } = params;
  const table = Float32Array.from({ length: 2 ** tableBits }, () => random.normal());
  const [midY, midX] = [random.uniform(0.3, 0.7) * height, random.uniform(0.3, 0.7) * width];
  const reach = (height * height + width * width) / 2;
  const top = 2 ** bits - 1;
  const offset = random.uniform(0.005, 0.03) * top;
  // Phase contrast carries its background in its own light; fluorescence lies on top of it.
  const glow = look === "phase" ? 0 : background;
  const scale = look === "phase" ? background : 1;
  const gain = (top - offset) / (photons * (fullLight[look] + glow));
  return {
    expose: (light, t) => {
      const source: Plane<"float32"> = { dtype: "float32", height, width, data: light };
      const blurred = gaussianBlur(source, params.blurUm / params.mppUm).data;
      const left = bleachedLight(params, t);
      const out = plane(bits === 8 ? "uint8" : "uint16", height, width);
      let jump = random.stream("frame", t).int(2 ** 31 - 1) + 1;
      for (let y = 0, i = 0; y < height; y++) {
        const fallY = (y - midY) ** 2;
        for (let x = 0; x < width; x++, i++) {
          const fall = 1 - (shading * (fallY + (x - midX) ** 2)) / reach;
          const mean = photons * fall * (glow + scale * left * (blurred[i] as number));
          // xorshift32 (Marsaglia 2003): any jump from 1 to 2^32 - 1 leads to another.
          jump ^= jump << 13;
          jump ^= jump >>> 17;
          jump ^= jump << 5;
          const noise = table[jump >>> (32 - tableBits)] as number;
          const counted = mean + Math.sqrt(mean + readNoise * readNoise) * noise;
          out.data[i] = Math.max(0, Math.min(top, Math.round(offset + gain * counted)));
        }
      }
      return out;
    },
  };
}

/** Share of the brightness that is left in a frame: an exponential that ends at what `bleaching` says. */
function bleachedLight({ bleaching, frameCount }: MovieParams, t: number): number {
  if (bleaching === 0 || frameCount < 2) return 1;
  return Math.max(1e-3, 1 - bleaching) ** (t / (frameCount - 1));
}
