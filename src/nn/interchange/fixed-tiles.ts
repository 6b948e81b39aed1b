/**
 * Tiles of one fixed size over a plane of any size.
 *
 * Windows start inside the plane and end at its edge, where the network sees the end of the image as it did in training;
 * between windows a halo is thrown away. A plane smaller than the window is continued by its mirror image. Starts lie on
 * multiples of `align`, so that an output of half the size has whole pixels.
 */

export interface FixedTile {
  /** Upper left corner of the window in the plane. */
  readonly y: number;
  readonly x: number;
  /** What is kept, in pixels of the plane: [y0, x0, y1, x1). */
  readonly core: readonly [number, number, number, number];
}

interface Span {
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

/** Windows along one axis. */
function spansOf(length: number, tile: number, halo: number, align: number): Span[] {
  if (length <= tile) return [{ start: 0, from: 0, to: length }];
  const step = Math.max(align, Math.floor((tile - 2 * halo) / align) * align);
  // Rounded up, so that the last window reaches the edge; it may pass it by less than `align`.
  const last = Math.ceil((length - tile) / align) * align;
  const spans: Span[] = [];
  let from = 0;
  for (let start = 0; ; start += step) {
    const at = Math.min(start, last);
    const to = at === last ? length : at + tile - halo;
    spans.push({ start: at, from, to });
    if (at === last) return spans;
    from = to;
  }
}

export function planFixedTiles(
  size: { readonly height: number; readonly width: number },
  tile: { readonly height: number; readonly width: number },
  halo: number,
  align: number,
): FixedTile[] {
  const columns = spansOf(size.width, tile.width, halo, align);
  return spansOf(size.height, tile.height, halo, align).flatMap((row) =>
    columns.map((column) => ({
      y: row.start,
      x: column.start,
      core: [row.from, column.from, row.to, column.to] as const,
    })),
  );
}

/** Index inside 0..length-1 of a place beyond the end, as in a mirror whose edge pixel stands once. */
export function mirrored(at: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const inside = ((at % period) + period) % period;
  return inside < length ? inside : period - inside;
}
