/**
 * The settings that sliders change on a finished prediction, by compartment. Pure.
 */
import type { DeepWatershedParams } from "#core/labels/index.ts";
import type { Compartment, InputContract } from "#nn/index.ts";

/** What a person can see the effect of; the rest of the post-processing stays the model's. */
export type SliderSettings = Pick<DeepWatershedParams, "foregroundThreshold" | "seedThreshold" | "areaPxMin">;

export type SettingsByCompartment = Readonly<Partial<Record<Compartment, SliderSettings>>>;

/** The model's own values. */
export function settingsOf({ compartments }: InputContract): SettingsByCompartment {
  return Object.fromEntries(
    compartments.map(({ compartment, postprocessing }) => {
      const { foregroundThreshold, seedThreshold, areaPxMin } = postprocessing;
      return [compartment, { foregroundThreshold, seedThreshold, areaPxMin }];
    }),
  );
}
