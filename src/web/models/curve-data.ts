/** A learning curve as columns for the plot and as rows for the table. Pure. */

import type { CurvePoint } from "#api/index.ts";

export type CurveColumns = [steps: number[], loss: (number | null)[], ap50: (number | null)[]];

/** Gaps are null; a loss that is not finite (a diverged run) is a gap too, or the axis would be lost. */
export function curveColumns(points: readonly CurvePoint[]): CurveColumns {
  return [
    points.map((point) => point.step),
    points.map((point) => (Number.isFinite(point.loss) ? point.loss : null)),
    points.map((point) => point.validation?.ap50 ?? null),
  ];
}

const ROWS_MAX = 100;

/** Newest first; steps with a validation always, the others thinned out. */
export function curveRows(points: readonly CurvePoint[]): CurvePoint[] {
  const stride = Math.max(1, Math.ceil(points.length / ROWS_MAX));
  return points
    .filter((point, index) => point.validation !== null || (points.length - 1 - index) % stride === 0)
    .reverse();
}

/** Best AP@0.5 on validation images so far; null before the first validation. */
export function bestValidation(points: readonly CurvePoint[]): { step: number; ap50: number } | null {
  let best: { step: number; ap50: number } | null = null;
  for (const { step, validation } of points) {
    if (validation !== null && (best === null || validation.ap50 > best.ap50))
      best = { step, ap50: validation.ap50 };
  }
  return best;
}

/** Smallest of 1, 2, 2.5, 5 times a power of ten that is not below the value; 1 for nothing. */
export function niceCeiling(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= value * (1 - 1e-9)) ?? 10;
  return step * power;
}

/** 0, 1/5 … 5/5 of the value, without the noise of the last bits. */
export function fifths(max: number): number[] {
  return [0, 1, 2, 3, 4, 5].map((part) => Number(((part * max) / 5).toPrecision(6)));
}
