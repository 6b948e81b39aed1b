/** What the page of an evaluation shows, in its address. */

import type { EvaluationDetailWire } from "#api/index.ts";
import { type ErrorClass, errorClassNames } from "#core/metrics/index.ts";

export const evaluationTabs = ["scores", "cells", "images", "compare"] as const;
export type EvaluationTab = (typeof evaluationTabs)[number];

export interface EvaluationSearch {
  /** Default scores. */
  readonly tab?: EvaluationTab;
  /** Which cells; default those missed. */
  readonly class?: ErrorClass;
  /** The facet shown; with a value, only images that have it. */
  readonly field?: string;
  readonly value?: string;
  /** Only this image of the evaluation. */
  readonly image?: number;
  /** The evaluation to compare with. */
  readonly with?: string;
  readonly change?: "won" | "lost";
}

/** What every tab gets. */
export interface EvaluationTabProps {
  readonly evaluation: EvaluationDetailWire;
  readonly search: EvaluationSearch;
  readonly onShow: (next: EvaluationSearch) => void;
}

/** Reads the address; what it does not know is left out. */
export function readEvaluationSearch(search: Record<string, unknown>): EvaluationSearch {
  const tab = evaluationTabs.find((one) => one === search["tab"]);
  const name = errorClassNames.find((one) => one === search["class"]);
  const change = (["won", "lost"] as const).find((one) => one === search["change"]);
  const { field, value, image, with: other } = search;
  // Digits alone come as a number.
  const word = typeof value === "number" ? String(value) : value;
  const facet =
    typeof field !== "string"
      ? {}
      : { field, ...(typeof word === "string" && word !== "" ? { value: word } : {}) };
  return {
    ...(tab === undefined ? {} : { tab }),
    ...(name === undefined ? {} : { class: name }),
    ...facet,
    ...(typeof image === "number" && Number.isInteger(image) && image >= 0 ? { image } : {}),
    ...(typeof other === "string" ? { with: other } : {}),
    ...(change === undefined ? {} : { change }),
  };
}
