/**
 * Noise of light and of ions, as the detector makes it.
 *
 * photonNoise: counting noise of photons plus the camera's own, variance = signal/photons + readout² (Foi et al. 2008,
 * "Practical Poissonian-Gaussian noise modeling"; used for cells by Weigert et al. 2018). ionCounts: a mass detector counts a
 * handful of ions per pixel, so the pixel *is* a Poisson number (Giesen et al. 2014). sensorNoise: transmitted light has so
 * many photons everywhere that the noise hardly depends on the signal.
 */
import type { Rng } from "#core/rng.ts";
import { type Change, mapped, strength, withData } from "./change.ts";

/** Mean 0, variance 1. Three uniforms are normal enough for noise, at a quarter of the cost of `Rng.normal`. */
const draw = (random: Rng): number => 2 * (random.next() + random.next() + random.next() - 1.5);

export const photonNoise: Change = {
  about: "few photons",
  each: "channel",
  strengths: {
    photons: { low: 2, high: 1e5, drawn: "byFactor", about: "photons at the brightest structures" },
    background: { low: 0, high: 2, drawn: "evenly", about: "light behind them, in the same unit" },
    readout: { low: 0, high: 0.5, drawn: "evenly", about: "noise of the camera itself" },
  },
  make: (planes, values, { random }) => {
    const photons = strength(values, "photons");
    const background = strength(values, "background");
    const readout = strength(values, "readout") ** 2;
    return mapped(
      planes,
      (value) => value + Math.sqrt((Math.max(0, value) + background) / photons + readout) * draw(random),
    );
  },
};

export const sensorNoise: Change = {
  about: "noise of the camera",
  each: "channel",
  strengths: { deviation: { low: 0, high: 0.5, drawn: "evenly", about: "standard deviation" } },
  make: (planes, values, { random }) => {
    const deviation = strength(values, "deviation");
    return mapped(planes, (value) => value + deviation * draw(random));
  },
};

// exp(-λ) of the counting loop stays above float64's smallest number; above, a Poisson number is normal to 2 %.
const COUNTED_MAX = 60;

/** A Poisson number. Knuth's products for small means, the normal limit for large ones. */
export function poisson(random: Rng, mean: number): number {
  if (!(mean > 0)) return 0;
  if (mean > COUNTED_MAX) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
  const limit = Math.exp(-mean);
  let count = -1;
  let product = 1;
  do {
    product *= random.next();
    count++;
  } while (product > limit);
  return count;
}

export const ionCounts: Change = {
  about: "few ions per pixel",
  each: "channel",
  strengths: {
    ions: { low: 1, high: 1e5, drawn: "byFactor", about: "ions at the brightest structures" },
    sparks: { low: 0, high: 0.05, drawn: "evenly", about: "share of pixels with a spark" },
  },
  make: (planes, values, { random }) => {
    const ions = strength(values, "ions");
    const sparks = strength(values, "sparks");
    return planes.map((plane) =>
      withData(
        plane,
        plane.data.map((value) => {
          // Single hot pixels are the typical fault of these instruments; as bright as anything in the image.
          if (sparks > 0 && random.next() < sparks) return value + random.uniform(0.5, 1.5);
          return value > 0 ? poisson(random, value * ions) / ions : value;
        }),
      ),
    );
  },
};
