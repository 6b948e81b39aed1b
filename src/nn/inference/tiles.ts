/**
 * Tiles: how a plane of any size is cut for a network of limited reach.
 *
 * Each tile is predicted with a halo at least as wide as the network's reach, and only its middle is kept. The result
 * equals a prediction of the whole plane (up to float rounding), so no blending of seams is needed, and memory is bounded
 * by the tile, not by the image.
 */

export interface Tile {
  /** What is kept: rows y0..y1 and columns x0..x1 of the plane, half-open. */
  readonly core: readonly [y0: number, x0: number, y1: number, x1: number];
  /** What the network sees; may reach beyond the plane, where edge pixels are repeated up to a multiple of the stride. */
  readonly window: readonly [y0: number, x0: number, y1: number, x1: number];
}

interface Span {
  readonly core: readonly [number, number];
  readonly window: readonly [number, number];
}

const roundUp = (n: number, step: number): number => Math.ceil(n / step) * step;

/** One axis: cores of `size` pixels; windows start on multiples of `stride` so that pooling sees the same phase. */
function spans(length: number, size: number, halo: number, stride: number): Span[] {
  const result: Span[] = [];
  for (let start = 0; start < length; start += size) {
    const end = Math.min(length, start + size);
    const from = Math.max(0, start - halo);
    const to = Math.min(roundUp(length, stride), roundUp(end + halo, stride));
    result.push({ core: [start, end], window: [from, to] });
  }
  return result;
}

/**
 * Tiles that cover a plane, row by row.
 *
 * @param options.coreSize side of the kept part, rounded up to a multiple of the stride.
 * @param options.reach pixels around a place that influence its result.
 */
export function planTiles(
  size: { readonly height: number; readonly width: number },
  options: { readonly coreSize: number; readonly reach: number; readonly stride: number },
): Tile[] {
  const core = roundUp(options.coreSize, options.stride);
  const halo = roundUp(options.reach, options.stride);
  const rows = spans(size.height, core, halo, options.stride);
  const columns = spans(size.width, core, halo, options.stride);
  return rows.flatMap((row) =>
    columns.map((column) => ({
      core: [row.core[0], column.core[0], row.core[1], column.core[1]] as const,
      window: [row.window[0], column.window[0], row.window[1], column.window[1]] as const,
    })),
  );
}
