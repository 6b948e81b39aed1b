/**
 * Who owns a pixel, asked of the shapes of cells: for spots where no label image is painted, as in exports.
 *
 * Cells are kept by tiles of their plane, so a question looks at the few cells near it, and a slide of any size costs only
 * its cells. Where cells overlap, the smaller uid owns the pixel, so the answer does not depend on order.
 */

import { type ObjectShape, shapeContains } from "../labels/index.ts";
import type { CellGround } from "./assign-spots.ts";

/** A few cells wide: larger tiles hold more cells to ask, smaller ones hold each cell more often. */
const tilePx = 64;

/**
 * @param cells  of all planes. @param size  of a plane, in pixels.
 * @returns the ground of plane (t, z). Cost: O(cells) once, O(cells of a tile) per pixel asked.
 */
export function groundOfShapes(
  cells: readonly { readonly uid: string; readonly shape: ObjectShape }[],
  size: { readonly height: number; readonly width: number },
): (t: number, z: number) => CellGround {
  const tiles = new Map<string, { readonly uid: string; readonly shape: ObjectShape }[]>();
  const uids = new Set<string>();
  for (const cell of cells) {
    const { t, z, bbox } = cell.shape;
    uids.add(cell.uid);
    for (let row = Math.floor(bbox[0] / tilePx); row * tilePx < bbox[2]; row++) {
      for (let column = Math.floor(bbox[1] / tilePx); column * tilePx < bbox[3]; column++) {
        const key = `${t} ${z} ${row} ${column}`;
        const held = tiles.get(key);
        if (held === undefined) tiles.set(key, [cell]);
        else held.push(cell);
      }
    }
  }
  return (t, z) => ({
    ...size,
    uidAt(y, x) {
      const near = tiles.get(`${t} ${z} ${Math.floor(y / tilePx)} ${Math.floor(x / tilePx)}`) ?? [];
      const owners = near.filter(({ shape }) => shapeContains(shape, y, x)).map(({ uid }) => uid);
      return owners.length < 2 ? owners[0] : owners.sort()[0];
    },
    has: (uid) => uids.has(uid),
  });
}
