/** Every change of intensities by its name. The names are stored with runs: they are never used for something else. */
import type { Change } from "./change.ts";
import { gain, gamma, offset } from "./exposure.ts";
import {
  autofluorescence,
  backgroundGradient,
  bleachedPatch,
  saturation,
  unevenIllumination,
} from "./light.ts";
import { channelDropout, markerSwap, spillOver } from "./multiplexed.ts";
import { ionCounts, photonNoise, sensorNoise } from "./noise.ts";
import { blur, haze } from "./optics.ts";
import { stainStrength } from "./stain.ts";
import { contrastInversion, halo, illuminationGradient } from "./transmitted.ts";

export const changes = {
  autofluorescence,
  backgroundGradient,
  bleachedPatch,
  blur,
  channelDropout,
  contrastInversion,
  gain,
  gamma,
  halo,
  haze,
  illuminationGradient,
  ionCounts,
  markerSwap,
  offset,
  photonNoise,
  saturation,
  sensorNoise,
  spillOver,
  stainStrength,
  unevenIllumination,
} as const satisfies Readonly<Record<string, Change>>;

export type ChangeName = keyof typeof changes;

export const changeNames = Object.keys(changes) as ChangeName[];

export const isChangeName = (name: string): name is ChangeName => Object.hasOwn(changes, name);

export type { Change, FloatPlane, Strength } from "./change.ts";
