/**
 * How long cells live between divisions, and how old they are at the start.
 *
 * The cycle has a gamma distribution of whole shape k: the sum of k exponential steps, which is exact and needs no
 * rejection. A culture that has grown for long has a stable distribution of ages, and then grows by exactly exp(r t)
 * with r = (2^(1/k) - 1) k / mean (Euler and Lotka: 2 E[exp(-r T)] = 1); ages at the start are drawn from it.
 */
import type { Rng } from "../rng.ts";

export interface CycleLaw {
  readonly meanH: number;
  /** Shape of the gamma distribution, a whole number. */
  readonly shape: number;
  /** Growth per hour without deaths. */
  readonly growthPerH: number;
}

/** @param spread  standard deviation over mean; the nearest whole shape is taken, 1 / spread². */
export function cycleLaw(meanH: number, spread: number): CycleLaw {
  const shape = Math.max(1, Math.round(1 / spread ** 2));
  return { meanH, shape, growthPerH: ((2 ** (1 / shape) - 1) * shape) / meanH };
}

/** Hours in which the culture doubles when none die. */
export function doublingTimeH({ growthPerH }: CycleLaw): number {
  return Math.LN2 / growthPerH;
}

/** Length of one cycle in hours. */
export function drawCycleH({ meanH, shape }: CycleLaw, random: Rng): number {
  let sum = 0;
  // 1 - next() is never 0.
  for (let k = 0; k < shape; k++) sum -= Math.log(1 - random.next());
  return (sum * meanH) / shape;
}

/** Age and cycle length of a cell met in a culture with a stable distribution of ages. */
export function drawAge(law: CycleLaw, random: Rng): { readonly ageH: number; readonly cycleH: number } {
  const r = law.growthPerH;
  // Density of (cycle, age) is proportional to f(cycle) exp(-r age) for age < cycle.
  for (;;) {
    const cycleH = drawCycleH(law, random);
    const lived = 1 - Math.exp(-r * cycleH);
    if (random.next() >= lived) continue;
    return { ageH: -Math.log(1 - random.next() * lived) / r, cycleH };
  }
}
