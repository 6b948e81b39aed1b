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
