/**
 * Exposure: gain, offset and gamma of a channel.
 *
 * Exposure time, laser power, camera gain and black level differ between days and microscopes; normalisation by percentiles
 * takes most of that out, but the brightest cell of a field still decides what 1 means. Gamma stands for display-ready
 * files (8-bit exports are usually bent) and for stains that bind out of proportion.
 */
import { type Change, mapped, strength } from "./change.ts";

export const gain: Change = {
  about: "brighter or darker",
  each: "channel",
  strengths: { factor: { low: 0.1, high: 10, drawn: "byFactor", about: "times the intensity" } },
  make: (planes, values) => {
    const factor = strength(values, "factor");
    return mapped(planes, (value) => value * factor);
  },
};

export const offset: Change = {
  about: "higher or lower black level",
  each: "channel",
  strengths: {
    level: { low: -1, high: 1, drawn: "evenly", about: "added, in units of the brightest structures" },
  },
  make: (planes, values) => {
    const level = strength(values, "level");
    return mapped(planes, (value) => value + level);
  },
};

export const gamma: Change = {
  about: "bent grey scale",
  each: "channel",
  strengths: { power: { low: 0.1, high: 10, drawn: "byFactor", about: "exponent of the intensity" } },
  make: (planes, values) => {
    const power = strength(values, "power");
    // Odd-symmetric, so that values below the low percentile keep their order.
    return mapped(planes, (value) => (value < 0 ? -((-value) ** power) : value ** power));
  },
};
