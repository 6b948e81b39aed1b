/**
 * What label images cannot show of a layer whose cells overlap: a pixel bears one number, the larger one.
 *
 * The same rule as on every canvas and in every label image of the server. Nothing of it is silent: what writes or learns
 * from label images (exports, dataset versions, movies) counts the pixels and names the cells of which nothing is to be seen.
 */

import type { ObjectShape } from "./object-shape.ts";
import { resolveOverlaps } from "./resolve-overlaps.ts";

export interface HiddenPixels {
  /** Counted once per cell that lies below. */
  readonly pixels: number;
  /** Cells that lack some of their pixels, covered ones included. */
  readonly cells: number;
  /** Labels of cells without a pixel to be seen, ascending. */
  readonly covered: readonly number[];
}

/** Null where every pixel of every cell is to be seen. Cost: O(pixels of the cells) of a layer with overlap, else none. */
export function hiddenPixels({
  overlapAllowed,
  objects,
}: {
  readonly overlapAllowed?: boolean | undefined;
  readonly objects: readonly { readonly label: number; readonly shape: ObjectShape }[];
}): HiddenPixels | null {
  if (overlapAllowed !== true) return null;
  const stacked = objects.toSorted((a, b) => a.label - b.label);
  const { shapes, movedPixels } = resolveOverlaps(
    stacked.map(({ shape }) => shape),
    "last",
  );
  if (movedPixels === 0) return null;
  return {
    pixels: movedPixels,
    cells: stacked.filter(({ shape }, i) => shapes[i] !== shape).length,
    covered: stacked.filter((_, i) => shapes[i] === null).map(({ label }) => label),
  };
}

/** A layer of an image that label images hide something of. */
export interface HiddenPlace {
  /** The image, for people. */
  readonly image: string;
  readonly compartment: string;
  /** Of the layer; "" or absent: the main one. */
  readonly name?: string;
  readonly hidden: HiddenPixels;
}

/** Covered cells named in a note. */
const namedMax = 50;

/**
 * Sentences for people about what label images hide; none when they hide nothing.
 *
 * @param after  what follows the counts: where nothing is lost, or what it means here.
 * @param rest  where covered cells beyond the first fifty are named.
 */
export function hiddenNotes(places: Iterable<HiddenPlace>, after: string, rest = ""): string[] {
  let [pixels, cells, layers] = [0, 0, 0];
  const covered: string[] = [];
  for (const { image, compartment, name = "", hidden } of places) {
    layers++;
    pixels += hidden.pixels;
    cells += hidden.cells;
    const where = `"${image}" (${compartment}${name === "" ? "" : `, ${name}`})`;
    covered.push(...hidden.covered.map((label) => `cell ${label} of ${where}`));
  }
  if (layers === 0) return [];
  const notes = [
    `Cells overlap in ${counted(layers, "layer")}: a label image shows the one with the larger number, so ${counted(pixels, "pixel")} of ${counted(cells, "cell")} ${pixels === 1 ? "is" : "are"} hidden. ${after}`,
  ];
  if (covered.length === 0) return notes;
  const more = covered.length - namedMax;
  const named = covered.slice(0, namedMax).join("; ");
  return [...notes, `Not to be seen at all: ${named}${more > 0 ? `; and ${more} more${rest}` : ""}.`];
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
