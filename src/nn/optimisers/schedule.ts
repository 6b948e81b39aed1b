/**
 * Learning rate over a run: linear warm-up, then half a cosine down to a fraction.
 *
 * A function of the configuration and the step alone, so a resumed run follows the same curve.
 */

export interface ScheduleSettings {
  readonly learningRate: number;
  readonly steps: number;
  readonly warmupSteps: number;
}

// The last steps keep 1 % of the peak rate: at 0 they would be wasted.
const FINAL_FRACTION = 0.01;

/** Learning rate of step `step` (0 is the first). */
export function learningRateAt(settings: ScheduleSettings, step: number): number {
  const { learningRate, steps, warmupSteps } = settings;
  if (step < warmupSteps) return (learningRate * (step + 1)) / warmupSteps;
  const progress = Math.min(1, (step - warmupSteps) / Math.max(1, steps - warmupSteps));
  const cosine = (1 + Math.cos(Math.PI * progress)) / 2;
  return learningRate * (FINAL_FRACTION + (1 - FINAL_FRACTION) * cosine);
}
