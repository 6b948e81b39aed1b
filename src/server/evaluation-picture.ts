/**
 * Picture of a cell of an evaluation: true outlines in one colour, predicted ones in another, the cells it is about
 * strong and those around them faint. Pure; arrays in, PNG out.
 */

import type { ImageArray } from "#core/array/index.ts";
import type { CellScene, StoredOutcome } from "#store/index.ts";
import { enlargeWindow, outlineShapes, writeWindowPng } from "./window-picture.ts";

/** After Okabe and Ito (2008): sky blue for what is true, orange for what was predicted; apart for colour-blind eyes. */
const referenceColour = [86, 180, 233] as const;
const predictedColour = [255, 160, 20] as const;

/** Of 1: how much the outlines of cells around cover. */
const aroundAlpha = 0.4;

export type ShownSides = "both" | "reference" | "predicted" | "none";

/** Where both outlines run together the predicted one is wider, so that it shows inside the true one. */
const predictedThickness = { both: 4, alone: 2 } as const;

/** @param side  longest side of the picture in pixels, about. */
export function evaluationPng(
  image: ImageArray,
  scene: CellScene,
  side: number,
  options: { readonly colour: boolean; readonly show: ShownSides },
): Uint8Array {
  const picture = enlargeWindow(image, { t: 0, z: 0, window: scene.window }, side, options);
  const draw = (
    outcomes: readonly StoredOutcome[],
    colour: readonly [number, number, number],
    thickness = 2,
  ): void => {
    outlineShapes(
      picture,
      outcomes.map(({ shape }) => shape),
      (index) => ({
        colour,
        alpha: scene.isConcerned(outcomes[index] as StoredOutcome) ? 1 : aroundAlpha,
      }),
      thickness,
    );
  };
  if (options.show === "both" || options.show === "predicted") {
    draw(scene.predicted, predictedColour, predictedThickness[options.show === "both" ? "both" : "alone"]);
  }
  if (options.show === "both" || options.show === "reference") draw(scene.reference, referenceColour);
  return writeWindowPng(picture);
}
