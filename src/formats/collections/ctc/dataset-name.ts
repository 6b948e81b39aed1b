/**
 * What the name of a Cell Tracking Challenge data set tells: `Fluo-N2DH-SIM+` is fluorescence, nuclei, two dimensions,
 * high resolution, synthetic.
 */
import type { LayerCompartment } from "../../import/layout.ts";

export interface CtcDatasetName {
  /** The part of the path that is the name: "Fluo-N2DL-HeLa". */
  readonly name: string;
  /** Raw word: "Fluo", "PhC", "DIC", "BF". */
  readonly modality: string;
  readonly compartment: LayerCompartment;
  /** Last part: "HeLa". */
  readonly specimen: string;
  readonly synthetic: boolean;
}

const NAME = /(?:^|\/)((Fluo|PhC|DIC|BF)-([NC])[23]D[HL]?-([A-Za-z0-9]+(?:-SIM)?\+?))(?:\/|$|[_.\s])/;

/** @param path  folder of the sequences, the import's name in front. `null` when it has no such name. */
export function parseDatasetName(path: string): CtcDatasetName | null {
  const match = NAME.exec(path);
  if (match === null) return null;
  const [, name, modality, target, specimen] = match as unknown as [string, string, string, string, string];
  return {
    name,
    modality,
    compartment: target === "N" ? "nuclear" : "wholeCell",
    specimen: specimen.replace(/-?SIM\+?$/, ""),
    synthetic: specimen.includes("SIM"),
  };
}

/** Words of the challenge for the field `modality`. */
export const ctcModalities: Readonly<Record<string, string>> = {
  Fluo: "fluorescence",
  PhC: "phase contrast",
  DIC: "differential interference contrast",
  BF: "brightfield",
};
