/**
 * By what cells are coloured: each apart from its neighbours, by track, by how sure a model is, by where two layers differ,
 * by what a model made of them.
 *
 * A way of colouring is a function from uid to colour and the legend that explains it. Functions read the layer as it is,
 * so a new one is made when what they stand on has changed.
 */

import { cellPalette, type Rgb } from "#core/labels/index.ts";
import type { ErrorClass } from "#core/metrics/index.ts";
import type { Disagreement } from "#core/versions/index.ts";
import { differenceColours } from "../compare/difference-sheet.ts";
import { errorColours } from "../errors/error-colours.ts";
import { rampColour, rampGradient, unknownColour } from "../measure/colour-ramp.ts";
import type { LayerModel } from "../session/layer-model.ts";

export const colourings = ["cells", "tracks", "confidence", "differences", "errors"] as const;
export type Colouring = (typeof colourings)[number];

export const colouringTitles: Readonly<Record<Colouring, string>> = {
  cells: "Cells apart",
  tracks: "Tracks",
  confidence: "How sure the model is",
  differences: "Differences",
  errors: "Errors of a model",
};

export interface LegendLine {
  readonly text: string;
  /** One colour, or a gradient as CSS. */
  readonly colour: Rgb | string;
}

/** Cells on which both sides agree: there, and no more. */
const agreeing: Rgb = [130, 135, 140];

/** What other parts of the page know of the cells. */
export interface ColourFacts {
  /** How they differ from the layer that is compared. */
  readonly kinds: ReadonlyMap<string, Disagreement>;
  /** What became of them in an evaluation. */
  readonly classes: ReadonlyMap<string, ErrorClass>;
}

/** @returns null for the colours that tell neighbours apart, which the layer has of its own. */
export function colouringOf(
  colouring: Colouring,
  model: LayerModel,
  { kinds, classes }: ColourFacts,
): ((uid: string) => Rgb) | null {
  switch (colouring) {
    case "cells":
      return null;
    case "tracks":
      return (uid) => trackColour(model, uid);
    case "confidence":
      return (uid) => {
        const confidence = model.knownOf(uid)?.confidence ?? null;
        return confidence === null ? unknownColour : rampColour(confidence);
      };
    case "differences":
      return (uid) => {
        const kind = kinds.get(uid);
        return kind === undefined ? agreeing : differenceColours[kind];
      };
    case "errors":
      return (uid) => {
        const name = classes.get(uid);
        return name === undefined ? unknownColour : errorColours[name];
      };
  }
}

export const legendOf: Readonly<Record<Exclude<Colouring, "differences" | "errors">, readonly LegendLine[]>> =
  {
    cells: [],
    tracks: [{ text: "A cell alone in its track", colour: unknownColour }],
    confidence: [
      { text: "0 to 100 % sure", colour: rampGradient },
      { text: "Made by a person", colour: unknownColour },
    ],
  };

/** Of the track's first part, so that a cell has one colour in all frames; grey where there is no track. */
function trackColour(model: LayerModel, uid: string): Rgb {
  let first = uid;
  for (let before = model.previousOf(first); before !== undefined; before = model.previousOf(first))
    first = before;
  if (first === uid && model.nextOf(uid) === undefined) return unknownColour;
  let hash = 0x811c9dc5;
  for (let i = 0; i < first.length; i++) hash = Math.imul(hash ^ first.charCodeAt(i), 0x01000193);
  return cellPalette[(hash >>> 8) % cellPalette.length] as Rgb;
}
