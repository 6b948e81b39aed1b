/**
 * Spots: points of light that each stand for a molecule, of a gene or another kind, as edits change them.
 *
 * A spot lives in the layer of the cells it is assigned to, under an id of its own, so that it shares the layer's log, its
 * undo and its journal. Which cell it belongs to is computed (`assign-spots.ts`) unless a person said so.
 */

import { FoundryError } from "../errors.ts";

export interface Spot {
  readonly t: number;
  readonly z: number;
  /** Pixel centres at whole numbers, inside the image. */
  readonly y: number;
  readonly x: number;
  /** Gene or kind, as people call it: "ACTB". */
  readonly kind: string;
  /** Strength of the detection; null when a person drew it. */
  readonly score: number | null;
  /** Set by hand: the cell's uid, or "" for none. Null: computed. */
  readonly cell: string | null;
}

export interface SpotChange {
  readonly uid: string;
  readonly before: Spot | null;
  readonly after: Spot | null;
}

/** Longest names of probes in published panels have about 40 characters. */
export const spotKindLengthMax = 60;
/** A field of view of a dense transcript experiment; above it the page cannot draw them smoothly. */
export const spotsPerLayerMax = 500_000;
const cellIdLengthMax = 64;

export function sameSpot(a: Spot | null, b: Spot | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.t === b.t &&
    a.z === b.z &&
    a.y === b.y &&
    a.x === b.x &&
    a.kind === b.kind &&
    a.score === b.score &&
    a.cell === b.cell
  );
}

/** The spot with its place rounded to a hundredth of a pixel, the form in which it is kept everywhere. */
export function roundedSpot(spot: Spot): Spot {
  const round = (value: number): number => Math.round(value * 100) / 100 + 0;
  return {
    ...spot,
    y: round(spot.y),
    x: round(spot.x),
    score: spot.score === null ? null : round(spot.score),
  };
}

/** @throws FoundryError `edit.invalid` naming the fault. */
export function assertSpot(spot: Spot, image: { readonly height: number; readonly width: number }): void {
  const problem = faultOf(spot, image);
  if (problem === null) return;
  throw new FoundryError("edit.invalid", {
    message: `This edit cannot be applied: ${problem}.`,
    details: { y: spot.y, x: spot.x },
  });
}

function faultOf(
  spot: Spot,
  { height, width }: { readonly height: number; readonly width: number },
): string | null {
  const { t, z, y, x, kind, score, cell } = spot;
  const inside = y >= -0.5 && x >= -0.5 && y <= height - 0.5 && x <= width - 0.5;
  if (!inside) return "a spot lies outside the image";
  if (!Number.isInteger(t) || !Number.isInteger(z) || t < 0 || z < 0)
    return "a spot's frame or slice is no whole number";
  if (kind.trim() !== kind || kind === "" || kind.length > spotKindLengthMax)
    return `the kind of a spot needs 1 to ${spotKindLengthMax} characters`;
  if (score !== null && !Number.isFinite(score)) return "a spot's score is no number";
  return cell !== null && cell.length > cellIdLengthMax ? "a spot's cell is not an id" : null;
}
