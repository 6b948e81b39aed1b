/**
 * The plan for a kind of image: what may plausibly happen to it, from its metadata.
 *
 * Lengths are planned in µm and become pixels by the pixel size of the model; without one they are guessed for cells of
 * 20 to 40 pixels, and zoom has to cover the unknown size too. An unknown kind gets the safe subset, changes that every
 * image-forming instrument can make, and says so.
 */
import { augmentFamilyOf } from "./family.ts";
import type { AugmentDomain, AugmentFamily, AugmentPlan, DrawnRange, PlannedGeometry } from "./plan.ts";
import { plannedChanges } from "./planned-changes.ts";

/** How long things are in pixels: from µm when the pixel size is known, else as given. */
export interface Lengths {
  readonly known: boolean;
  /** @param um in µm. @param guessPx instead, when the size of a pixel is not known. */
  px(um: number, guessPx: number): number;
}

// A pixel size beyond these is a mistake in the metadata, or no picture of cells.
const MPP_PLAUSIBLE: DrawnRange = [0.01, 20];

function lengthsOf(mppUm: number | null | undefined): Lengths {
  const known = typeof mppUm === "number" && mppUm >= MPP_PLAUSIBLE[0] && mppUm <= MPP_PLAUSIBLE[1];
  return {
    known,
    px: (um, guessPx) => (known ? Math.round((um / (mppUm as number)) * 1000) / 1000 : guessPx),
  };
}

const titles: Readonly<Record<AugmentFamily, string>> = {
  fluorescence: "Fluorescence",
  multiplexed: "Multiplexed fluorescence",
  ions: "Imaging by mass spectrometry",
  phase: "Phase contrast or DIC",
  brightfield: "Bright field, unstained",
  histology: "Stained slides",
  unknown: "Unknown kind of image",
};

/** Name of a family on the screen. */
export const familyTitle = (family: AugmentFamily): string => titles[family];

/** Pure and deterministic: the same domain gives the same plan in the same version of the program. */
export function augmentPlanFor(domain: AugmentDomain): AugmentPlan {
  const { family, by } = augmentFamilyOf(domain);
  const lengths = lengthsOf(domain.mppUm);
  const size = lengths.known
    ? `${domain.mppUm} µm per pixel`
    : "unknown pixel size, so zoom is wide and lengths are guessed in pixels";
  const reason =
    family === "unknown"
      ? `The metadata hold ${by}: only the safe subset is used, what every camera and lens can do; ${size}.`
      : `${titles[family]}, told by ${by}; ${size}.`;
  return {
    version: 1,
    family,
    reason,
    geometry: geometryOf(family, lengths, domain.compartment),
    changes: plannedChanges(family, lengths, isNuclear(domain.compartment)),
  };
}

const isNuclear = (compartment: string | undefined): boolean =>
  compartment === undefined || compartment === "nuclear";

/** The plan that changes nothing, for comparison: crops are only cut. */
export const noAugmentation: AugmentPlan = {
  version: 1,
  family: "unknown",
  reason: "No augmentation: crops are cut and nothing is changed.",
  geometry: { zoom: [1, 1], turn: "none", flip: false, bend: null, why: "off" },
  changes: [],
};

function geometryOf(
  family: AugmentFamily,
  lengths: Lengths,
  compartment: string | undefined,
): PlannedGeometry {
  const nuclear = isNuclear(compartment);
  // Known pixel size: nuclei of one tissue differ in diameter by about a third either way, whole cells by more.
  const known: DrawnRange = nuclear ? [0.7, 1.4] : [0.6, 1.6];
  const zoom: DrawnRange = lengths.known ? known : [0.5, 2];
  const cellPx = lengths.px(nuclear ? 8 : 16, nuclear ? 24 : 40);
  const bends = family === "histology" || family === "multiplexed" || family === "ions";
  const bend =
    family === "unknown"
      ? null
      : {
          chance: bends ? 0.3 : 0.15,
          amplitudePx: rounded(Math.min(4, 0.06 * cellPx)),
          spacingPx: Math.max(8, Math.round(cellPx)),
        };
  return {
    zoom,
    turn: "any",
    flip: true,
    bend,
    why:
      `A specimen has no upper side, so crops are turned and flipped. ` +
      (lengths.known
        ? `Pixel size is known, so zoom only covers how much ${nuclear ? "nuclei" : "cells"} differ.`
        : "Pixel size is not known, so zoom covers half to double."),
  };
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
