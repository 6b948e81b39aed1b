/** A colour for each person in an image, the same on everyone's screen. */

import type { PresentPerson } from "#api/index.ts";

/**
 * Told apart by people with any colour vision, on dark and on light: Okabe and Ito's palette without its black, which
 * nobody would see on an image. Okabe M., Ito K., "Color Universal Design", 2008.
 */
export const personPalette = [
  "#e69f00",
  "#56b4e9",
  "#009e73",
  "#f0e442",
  "#0072b2",
  "#d55e00",
  "#cc79a7",
] as const;

/**
 * Colours by page. A person's own colour follows from their id; when someone who came earlier has it, the next free one.
 *
 * With more people than colours, colours are shared.
 */
export function personColours(
  people: readonly Pick<PresentPerson, "page" | "memberId">[],
): Map<string, string> {
  const colours = new Map<string, string>();
  const taken = new Set<number>();
  for (const { page, memberId } of [...people].sort((a, b) => (a.page < b.page ? -1 : 1))) {
    if (taken.size === personPalette.length) taken.clear();
    let index = start(memberId);
    while (taken.has(index)) index = (index + 1) % personPalette.length;
    taken.add(index);
    colours.set(page, personPalette[index] as string);
  }
  return colours;
}

function start(memberId: string): number {
  let hash = 0;
  for (const letter of memberId) hash = (hash * 31 + letter.charCodeAt(0)) % 1_000_003;
  return hash % personPalette.length;
}
