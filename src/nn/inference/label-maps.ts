/**
 * From the maps of a model's compartments to label images: the same steps for a whole image, for a tile of a large one,
 * and in the page when a person moves a threshold.
 */
import type { LabelImage, Plane } from "#core/array/index.ts";
import { type DeepWatershedParams, labelsFromDeepWatershed, nestNuclei } from "#core/labels/index.ts";
import type { Compartment, CompartmentContract } from "../contract/index.ts";
import { calibrated } from "./calibrate-confidence.ts";
import { measureObjects } from "./confidence.ts";
import type { PredictedPlanes } from "./predict-planes.ts";

export interface CompartmentLabels {
  readonly compartment: Compartment;
  readonly labels: LabelImage;
  /** By label, 0..1: the expected share of such objects that are right, where the model is calibrated. */
  readonly confidence: ReadonlyMap<number, number>;
  /** Diameters of the circles with the objects' areas, pixels of the maps, ascending. */
  readonly diametersPx: readonly number[];
}

export interface LabelledMaps {
  /** In the contract's order. */
  readonly compartments: readonly CompartmentLabels[];
  /** Nucleus and its cell, for models of both; empty otherwise. */
  readonly pairs: readonly (readonly [nucleus: number, cell: number])[];
  /** Labels before nuclei were made to fit into cells; the same images where nothing was to fit. */
  readonly loose: readonly LabelImage[];
}

/** Values a person has set instead of the model's, by compartment. */
export type PostprocessingChanges = Readonly<Partial<Record<Compartment, Partial<DeepWatershedParams>>>>;

/** Names of the outputs a model needs, two per compartment, in the contract's order. */
export function mapNames(compartments: readonly CompartmentContract[]): string[] {
  return compartments.flatMap(({ outputs }) => [outputs.innerDistance, outputs.foreground]);
}

/** Pairs maps in the order of `mapNames` with their compartments. */
export function pairMaps(maps: readonly Plane<"float32">[]): PredictedPlanes[] {
  return Array.from({ length: maps.length / 2 }, (_, i) => ({
    innerDistance: maps[2 * i] as Plane<"float32">,
    foreground: maps[2 * i + 1] as Plane<"float32">,
  }));
}

/**
 * Labels of every compartment; with nuclei and whole cells, every nucleus inside its cell.
 *
 * @param maps one pair per compartment, in the contract's order. Cost: O(pixels) per compartment.
 */
export function labelMaps(
  maps: readonly PredictedPlanes[],
  contracts: readonly CompartmentContract[],
  changes: PostprocessingChanges = {},
): LabelledMaps {
  const labels = contracts.map(({ compartment, postprocessing }, i) =>
    labelsFromDeepWatershed(maps[i] as PredictedPlanes, { ...postprocessing, ...changes[compartment] }),
  );
  const loose = [...labels];
  const pairs = nestInPlace(labels, contracts);
  return {
    loose,
    compartments: contracts.map(({ compartment, confidence }, i) => {
      const own = labels[i] as LabelImage;
      const measured = measureObjects(own, maps[i] as PredictedPlanes);
      return {
        compartment,
        labels: own,
        diametersPx: measured.diametersPx,
        confidence: new Map(
          [...measured.confidence].map(([label, value]) => [label, calibrated(confidence, value)]),
        ),
      };
    }),
    pairs,
  };
}

/** Which compartments are nuclei and the cells around them. */
export interface Nesting {
  readonly nuclear: number;
  readonly wholeCell: number;
  /** Nuclei with fewer pixels than this after cutting are dropped. */
  readonly areaPxMin: number;
}

/** Null for models that do not outline both. */
export function nestingOf(contracts: readonly CompartmentContract[]): Nesting | null {
  const nuclear = contracts.findIndex(({ compartment }) => compartment === "nuclear");
  const wholeCell = contracts.findIndex(({ compartment }) => compartment === "wholeCell");
  if (nuclear < 0 || wholeCell < 0) return null;
  return { nuclear, wholeCell, areaPxMin: contracts[nuclear]?.postprocessing.areaPxMin ?? 1 };
}

/** Replaces nuclei and cells in the list by ones that fit. */
function nestInPlace(labels: LabelImage[], contracts: readonly CompartmentContract[]): LabelledMaps["pairs"] {
  const nesting = nestingOf(contracts);
  if (nesting === null) return [];
  const { nuclear, wholeCell, areaPxMin } = nesting;
  const nested = nestNuclei(labels[nuclear] as LabelImage, labels[wholeCell] as LabelImage, { areaPxMin });
  labels[nuclear] = nested.nuclei;
  labels[wholeCell] = nested.cells;
  return nested.pairs;
}
