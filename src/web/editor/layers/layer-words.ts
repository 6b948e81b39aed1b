/** What layers are called on the screen. */

import type { LayerSummary } from "#api/index.ts";

const compartmentWords: Readonly<Record<LayerSummary["compartment"], string>> = {
  nuclear: "Nuclei",
  wholeCell: "Whole cells",
  cytoplasm: "Cytoplasm",
};

const truthWords: Readonly<Record<LayerSummary["truth"], string>> = {
  gold: "checked by people",
  silver: "partly checked",
  synthetic: "simulated",
  prediction: "proposed by a model",
};

export type LayerFacts = Pick<LayerSummary, "compartment" | "name" | "branchOf" | "truth">;

/** "Nuclei", "Whole cells, second reader", "Nuclei, branch of Ada". */
export function layerTitle({
  compartment,
  name,
  branchOf,
}: Pick<LayerFacts, "compartment" | "name" | "branchOf">): string {
  const word = compartmentWords[compartment];
  if (branchOf !== null) return `${word}, branch ${name}`;
  return name === "" ? word : `${word}, ${name}`;
}

export const compartments = Object.keys(compartmentWords) as LayerSummary["compartment"][];

export const compartmentText = (compartment: LayerSummary["compartment"]): string =>
  compartmentWords[compartment];

/** Of a layer whose cells may share pixels. */
export const overlapText = "cells may overlap";

export const truthText = ({ truth }: Pick<LayerFacts, "truth">): string => truthWords[truth];
