/**
 * Random changes of intensity that a fluorescence microscope could have made: exposure, contrast, blur, noise.
 *
 * Works on normalised intensities (about 0..1). Labels are not touched.
 */
import type { Plane } from "#core/array/index.ts";
import { gaussianBlur } from "#core/image/index.ts";
import type { Rng } from "#core/rng.ts";

export interface PhotometricSettings {
  readonly gain: number;
  readonly offset: number;
  readonly gamma: number;
  readonly noise: number;
  readonly blurPx: number;
}

// Sharp images stay the majority: blur is a defect, not the rule.
const BLUR_CHANCE = 1 / 3;
const NOISE_CHANCE = 1 / 2;

/** A changed copy of `plane`, float32, axes yx. Deterministic in `random`. */
export function changeIntensities(
  plane: Plane<"float32">,
  random: Rng,
  settings: PhotometricSettings,
): Plane<"float32"> {
  const gain = Math.exp(random.uniform(-settings.gain, settings.gain));
  const offset = random.uniform(-settings.offset, settings.offset);
  const gamma = Math.exp(random.uniform(-settings.gamma, settings.gamma));
  const blurPx = random.chance(BLUR_CHANCE) ? random.uniform(0, settings.blurPx) : 0;
  const noise = random.chance(NOISE_CHANCE) ? random.uniform(0, settings.noise) : 0;
  const blurred = blurPx > 0.3 ? gaussianBlur(plane, blurPx) : plane;
  const data = blurred.data.map((value) => {
    // Odd-symmetric power, so that values below the low percentile keep their order.
    const bent = value < 0 ? -((-value) ** gamma) : value ** gamma;
    return bent * gain + offset;
  });
  if (noise > 0) {
    // Twice the sum of three centred uniforms has variance 1 and is normal enough for noise, at a quarter of the cost.
    const draw = (): number => 2 * (random.next() + random.next() + random.next() - 1.5);
    for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) + noise * draw();
  }
  return { dtype: "float32", height: plane.height, width: plane.width, data };
}
