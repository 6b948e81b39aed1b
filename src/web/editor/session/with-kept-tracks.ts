/** What a tool came to, with the links that its masks need: split, merge and draw in a movie keep tracks whole. */

import { keepTracks } from "#core/cell-tracks/index.ts";
import type { Outcome } from "../model/gesture.ts";
import type { LayerModel } from "./layer-model.ts";

/** The outcome as it is where it says itself how cells are linked, and in a layer without any links. */
export function withKeptTracks(model: LayerModel, outcome: Outcome): Outcome {
  const saysItself = outcome.origins !== undefined || outcome.events !== undefined;
  if (saysItself || model.origins.size === 0) return outcome;
  const origins = keepTracks(outcome.changes, {
    origins: model.origins,
    lives: (uid) => model.has(uid),
    shapesAt: (plane) => model.shapesAt(plane),
  });
  return origins.length === 0 ? outcome : { ...outcome, origins };
}
