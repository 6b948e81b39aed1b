/** What a picture of a cell of an evaluation shows: a window of the image, with what is there and what was predicted. */

import { FoundryError } from "#core/errors.ts";
import type { StoredOutcome } from "./outcome-file.ts";

export interface CellScene {
  /** [y0, x0, y1, x1) of the image, square where the image allows it. */
  readonly window: readonly [number, number, number, number];
  /** Objects within the window, those the picture is about apart. */
  readonly reference: readonly StoredOutcome[];
  readonly predicted: readonly StoredOutcome[];
  readonly isConcerned: (outcome: StoredOutcome) => boolean;
}

/** Room around the cells, as a share of their longer side; a cell alone says little. */
const marginShare = 0.5;
const marginPxMin = 12;

/**
 * The window around an object, with all that belongs to its case or alone.
 *
 * @throws FoundryError `request.notFound` when it is not there.
 */
export function cellScene(
  outcomes: readonly StoredOutcome[],
  { side, label }: { readonly side: StoredOutcome["side"]; readonly label: number },
  size: { readonly height: number; readonly width: number },
  around: "case" | "cell" = "case",
): CellScene {
  const own = outcomes.find((one) => one.side === side && one.label === label);
  if (own === undefined)
    throw new FoundryError("request.notFound", { message: "There is no such object in this evaluation." });
  const partners = new Set(own.partners);
  // Cells of one knot share their partners: all of them are what the picture is about.
  const isConcerned = (one: StoredOutcome): boolean =>
    one === own ||
    (one.side !== side && partners.has(one.label)) ||
    (one.side === side && one.class === own.class && one.partners.some((other) => partners.has(other)));
  const boxes = (around === "cell" ? [own] : outcomes.filter(isConcerned)).map(({ shape }) => shape.bbox);
  const window = windowAround(boxes, size);
  const isInside = ({ shape: { bbox } }: StoredOutcome): boolean =>
    bbox[0] < window[2] && bbox[2] > window[0] && bbox[1] < window[3] && bbox[3] > window[1];
  const inside = outcomes.filter(isInside);
  return {
    window,
    reference: inside.filter((one) => one.side === "reference"),
    predicted: inside.filter((one) => one.side === "predicted"),
    isConcerned,
  };
}

function windowAround(
  boxes: readonly (readonly number[])[],
  { height, width }: { readonly height: number; readonly width: number },
): [number, number, number, number] {
  const least = (part: number): number => Math.min(...boxes.map((box) => box[part] as number));
  const most = (part: number): number => Math.max(...boxes.map((box) => box[part] as number));
  const [y0, x0, y1, x1] = [least(0), least(1), most(2), most(3)];
  const longer = Math.max(y1 - y0, x1 - x0);
  const side = Math.ceil(longer + 2 * Math.max(marginPxMin, marginShare * longer));
  const within = (middle: number, length: number): [number, number] => {
    const span = Math.min(side, length);
    const from = Math.min(Math.max(0, Math.round(middle - span / 2)), length - span);
    return [from, from + span];
  };
  const [top, bottom] = within((y0 + y1) / 2, height);
  const [left, right] = within((x0 + x1) / 2, width);
  return [top, left, bottom, right];
}
