/**
 * How a person asks the model to see the images of a project: kept while the page is open, so that the next image of the same kind
 * needs no second saying.
 */

import { useState } from "react";
import type { ImageFitWire } from "#api/index.ts";
import { type ObjectShape, shapeArea } from "#core/labels/index.ts";

export interface FitChoice {
  /** Holds only what was said. */
  readonly value: ImageFitWire;
  readonly change: (fit: ImageFitWire) => void;
}

const byProject = new Map<string, ImageFitWire>();
const asTheModelDoes: ImageFitWire = {};

export function useImageFit(projectId: string): FitChoice {
  const [value, setValue] = useState(() => byProject.get(projectId) ?? asTheModelDoes);
  const change = (fit: ImageFitWire): void => {
    const said = onlySaid(fit);
    byProject.set(projectId, said);
    setValue(said);
  };
  return { value, change };
}

/** A step of 0 says nothing. */
export function onlySaid(fit: ImageFitWire): ImageFitWire {
  const said = Object.entries(fit).filter(([, value]) => value !== undefined && value !== 0);
  return said.length === 0 ? asTheModelDoes : Object.fromEntries(said);
}

/** Mean diameter of circles with the areas of the shapes, whole pixels of the image; null without shapes. */
export function widthLike(shapes: readonly ObjectShape[]): number | null {
  if (shapes.length === 0) return null;
  const sum = shapes.reduce((total, shape) => total + 2 * Math.sqrt(shapeArea(shape) / Math.PI), 0);
  return Math.max(widthMin, Math.round(sum / shapes.length));
}

/** Widths that the server takes. */
export const [widthMin, widthMax] = [2, 2000];
