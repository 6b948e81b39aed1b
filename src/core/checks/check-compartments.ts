/** Checks across layers: every nucleus in a cell, every cell with one nucleus. */

import { createShapeGrid, shapeArea, sharedPixels } from "../labels/index.ts";
import { type CheckedObject, counted } from "./check-objects.ts";
import type { CheckFinding } from "./rule.ts";

/** A nucleus with less than this in any cell has no cell; the same share says that a nucleus lies in a cell. */
const insideShareMin = 0.5;

/** Outlines of nucleus and cell are drawn apart; a rim of this share may stick out. */
const outsideShareMax = 0.05;

/**
 * @param nuclei, cells  the objects of both layers of one image.
 * @returns findings about nuclei (uid of the nucleus first, then of its cell), then about cells.
 * Cost: O(pixels of both near each other).
 */
export function checkCompartments(
  nuclei: readonly CheckedObject[],
  cells: readonly CheckedObject[],
): CheckFinding[] {
  const grid = createShapeGrid(cells, ({ shape }) => shape);
  const nucleiOf = new Map<string, string[]>(cells.map(({ uid }) => [uid, []]));
  const findings = nuclei.flatMap((nucleus): CheckFinding[] => {
    const area = shapeArea(nucleus.shape);
    const [home] = grid
      .near(nucleus.shape)
      .map(({ uid, shape }) => ({ uid, share: sharedPixels(nucleus.shape, shape) / area }))
      .sort((a, b) => b.share - a.share || (a.uid < b.uid ? -1 : 1));
    if (home === undefined || home.share < insideShareMin) {
      const share = home?.share ?? 0;
      return [
        {
          rule: "nucleusWithoutCell",
          uids: [nucleus.uid],
          value: 1 - share,
          detail: share === 0 ? "in no cell" : `at most ${percent(share)} in one cell`,
        },
      ];
    }
    nucleiOf.get(home.uid)?.push(nucleus.uid);
    const outside = 1 - home.share;
    if (outside <= outsideShareMax) return [];
    return [
      {
        rule: "nucleusOutsideCell",
        uids: [nucleus.uid, home.uid],
        value: outside,
        detail: `${percent(outside)} of the nucleus outside`,
      },
    ];
  });
  for (const [uid, inside] of nucleiOf) {
    if (inside.length === 0)
      findings.push({ rule: "cellWithoutNucleus", uids: [uid], value: 1, detail: "no nucleus inside" });
    if (inside.length > 1) {
      findings.push({
        rule: "cellWithNuclei",
        uids: [uid, ...inside],
        value: inside.length,
        detail: counted(inside.length, "nucleus").replace("nucleuss", "nuclei"),
      });
    }
  }
  return findings;
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;
