/**
 * Which squares of the labels the screen needs, and at which step.
 *
 * As the pixels, labels are shown by tile: at level k a texel stands for every 2^k-th pixel, never for more than one pixel
 * of the screen's own. So what is held and drawn follows the screen and not the image.
 */

import type { BoundingBox } from "#core/array/index.ts";
import type { Samples } from "#core/edits/index.ts";

/** Texels along a side of a tile, without its margin: a screen shows six to twenty. */
const tileSide = 512;

/**
 * Texels around a tile that belong to its neighbours: outlines look up to 2.6 screen pixels around, which are at most
 * twice that many texels on a screen of two pixels per CSS pixel.
 */
export const tileMargin = 12;

export const textureSide = tileSide + 2 * tileMargin;

export interface TileAt {
  readonly level: number;
  readonly row: number;
  readonly column: number;
}

interface Size {
  readonly height: number;
  readonly width: number;
}

export const tileKey = ({ level, row, column }: TileAt): string => `${level},${row},${column}`;

/** Coarsest level: one tile shows the image. */
export function coarsestLevel({ height, width }: Size): number {
  return Math.max(0, Math.ceil(Math.log2(Math.max(height, width, 1) / tileSide)));
}

/**
 * @param zoom  log2 of CSS pixels per image pixel.
 * @param pixelRatio  pixels of the screen per CSS pixel; above 2 nobody sees the difference.
 */
export function levelAt(zoom: number, pixelRatio: number, image: Size): number {
  const level = Math.floor(-zoom - Math.log2(Math.min(2, Math.max(1, pixelRatio))));
  return Math.min(coarsestLevel(image), Math.max(0, level));
}

/** Tiles of a level that a box of the image meets. */
export function tilesOf([y0, x0, y1, x1]: BoundingBox, level: number): TileAt[] {
  const side = tileSide * 2 ** level;
  const tiles: TileAt[] = [];
  if (y1 <= y0 || x1 <= x0) return tiles;
  for (let row = Math.floor(y0 / side); row * side < y1; row++)
    for (let column = Math.floor(x0 / side); column * side < x1; column++) tiles.push({ level, row, column });
  return tiles;
}

/** The part of the image that a tile shows, without its margin. */
export function tileBox({ level, row, column }: TileAt, { height, width }: Size): BoundingBox {
  const side = tileSide * 2 ** level;
  return [
    row * side,
    column * side,
    Math.min(height, (row + 1) * side),
    Math.min(width, (column + 1) * side),
  ];
}

/** Samples of a tile's texture, margin and all. */
export function tileSamples({ level, row, column }: TileAt): Samples {
  const step = 2 ** level;
  return {
    y0: (row * tileSide - tileMargin) * step,
    x0: (column * tileSide - tileMargin) * step,
    rows: textureSide,
    columns: textureSide,
    step,
  };
}

/** Those of a tile's samples that lie in a box of the image, and where in its texture; null when none does. */
export function samplesWithin(
  tile: TileAt,
  [y0, x0, y1, x1]: BoundingBox,
): { readonly samples: Samples; readonly row: number; readonly column: number } | null {
  const whole = tileSamples(tile);
  const { step } = whole;
  const first = (from: number, start: number): number => Math.max(0, Math.ceil((from - start) / step));
  const row = first(y0, whole.y0);
  const column = first(x0, whole.x0);
  const rows = Math.min(textureSide, first(y1, whole.y0)) - row;
  const columns = Math.min(textureSide, first(x1, whole.x0)) - column;
  if (rows <= 0 || columns <= 0) return null;
  const samples = { y0: whole.y0 + row * step, x0: whole.x0 + column * step, rows, columns, step };
  return { samples, row, column };
}

/** The same place one level coarser. */
export const parentOf = ({ level, row, column }: TileAt): TileAt => ({
  level: level + 1,
  row: row >> 1,
  column: column >> 1,
});
