/** Optimiser and learning-rate schedule. */
export type { AdamWScalars, AdamWSettings, AdamWState } from "./adamw.ts";
export { adamW, biasCorrections } from "./adamw.ts";
export type { OptimiserStep } from "./optimiser-step.ts";
export { optimiserStep } from "./optimiser-step.ts";
export type { ScheduleSettings } from "./schedule.ts";
export { learningRateAt } from "./schedule.ts";
