/**
 * The motion that neighbours share: a smooth field that turns slowly, so that groups of cells wander together.
 */
import type { Rng } from "../rng.ts";

export interface Flow {
  /** Velocity at a place, per hour. */
  at(y: number, x: number): { readonly y: number; readonly x: number };
  advance(hours: number): void;
}

/** Waves that make up the field; more would look the same. */
const waves = 3;

/** Length of a wave in cell diameters: some five cells wander together. */
const waveDiameters = [14, 22, 34] as const;

/**
 * Each wave is a shear: its flow runs along its crests, so the field neither piles cells up nor tears gaps.
 *
 * @param speedUmPerH  root mean square speed of the field.
 */
export function createFlow(speedUmPerH: number, cellDiameterUm: number, random: Rng): Flow {
  // A sine has a mean square of one half; the whole field keeps the speed asked for.
  const amplitude = speedUmPerH * Math.sqrt(2 / waves);
  const parts = Array.from({ length: waves }, (_, k) => {
    const angle = random.uniform(0, 2 * Math.PI);
    const number = (2 * Math.PI) / ((waveDiameters[k] as number) * cellDiameterUm);
    return {
      ...{ uy: Math.sin(angle), ux: Math.cos(angle), number },
      phase: random.uniform(0, 2 * Math.PI),
      turnPerH: random.uniform(-0.3, 0.3),
    };
  });
  return {
    at: (y, x) => {
      let [vy, vx] = [0, 0];
      for (const { uy, ux, number, phase } of parts) {
        const speed = amplitude * Math.sin(number * (uy * y + ux * x) + phase);
        vy += speed * ux;
        vx -= speed * uy;
      }
      return { y: vy, x: vx };
    },
    advance: (hours) => {
      for (const part of parts) part.phase += part.turnPerH * hours;
    },
  };
}
