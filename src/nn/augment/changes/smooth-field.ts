/**
 * Smooth fields over a plane: slanted planes, random hills, and wide blurs at the price of narrow ones.
 *
 * Illumination, background and haze vary over tens of pixels; computing them on a coarse grid and interpolating gives the
 * same picture for a hundredth of the cost.
 */
import { gaussianBlur } from "#core/image/index.ts";
import type { Rng } from "#core/rng.ts";
import type { FloatPlane } from "./change.ts";
import { withData } from "./change.ts";

interface Size {
  readonly height: number;
  readonly width: number;
}

/** A slanted plane from -1 to 1 across the longer side, rising in a random direction. */
export function slant(random: Rng, { height, width }: Size): Float32Array {
  const angle = random.uniform(0, 2 * Math.PI);
  const reach = Math.max(height, width, 2) - 1;
  const dy = (2 * Math.sin(angle)) / reach;
  const dx = (2 * Math.cos(angle)) / reach;
  const out = new Float32Array(height * width);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) out[i] = dy * (y - (height - 1) / 2) + dx * (x - (width - 1) / 2);
  return out;
}

/** Random hills between 0 and 1: values at nodes `spacingPx` apart, eased in between (value noise). */
export function hills(random: Rng, { height, width }: Size, spacingPx: number): Float32Array {
  const columns = Math.ceil(width / spacingPx) + 2;
  const rows = Math.ceil(height / spacingPx) + 2;
  const nodes = Float32Array.from({ length: rows * columns }, () => random.next());
  return interpolated(nodes, columns, { height, width }, { spacing: spacingPx, offset: 0, eased: true });
}

interface NodeGrid {
  readonly spacing: number;
  /** Pixel of node 0. */
  readonly offset: number;
  /** With no kink at the nodes (hills), or linearly (blurs). */
  readonly eased: boolean;
}

/** Values of nodes, brought to every pixel. */
function interpolated(
  nodes: Float32Array,
  columns: number,
  { height, width }: Size,
  { spacing, offset, eased }: NodeGrid,
): Float32Array {
  const rows = nodes.length / columns;
  const along = (length: number, count: number) =>
    Array.from({ length }, (_, i) => {
      const g = Math.min(count - 1, Math.max(0, (i - offset) / spacing));
      const k = Math.max(0, Math.min(count - 2, Math.floor(g)));
      const f = g - k;
      return { k, f: eased ? f * f * (3 - 2 * f) : f };
    });
  const overY = along(height, rows);
  const overX = along(width, columns);
  const out = new Float32Array(height * width);
  const down = rows > 1 ? columns : 0;
  const right = columns > 1 ? 1 : 0;
  let i = 0;
  for (const { k: row, f: fy } of overY) {
    for (const { k: column, f: fx } of overX) {
      const at = row * columns + column;
      const top = (nodes[at] as number) * (1 - fx) + (nodes[at + right] as number) * fx;
      const bottom = (nodes[at + down] as number) * (1 - fx) + (nodes[at + down + right] as number) * fx;
      out[i++] = top * (1 - fy) + bottom * fy;
    }
  }
  return out;
}

// Below this a direct blur is as quick; above, blocks of a third of the deviation lose nothing that a wide blur keeps.
const DIRECT_SIGMA_PX_MAX = 3;
const BLOCK_SHARE = 1 / 3;

/** Gaussian blur of any width; wide ones on block means, exact to 1 % of the contrast away from the edge. Cost: O(pixels). */
export function wideBlur(plane: FloatPlane, sigmaPx: number): FloatPlane {
  if (sigmaPx <= DIRECT_SIGMA_PX_MAX) return gaussianBlur(plane, sigmaPx);
  const block = Math.max(2, Math.floor(sigmaPx * BLOCK_SHARE));
  const coarse = blockMeans(plane, block);
  // Block means and the interpolation between them blur too: block²/12 and block²/6 of variance.
  const blurred = gaussianBlur(coarse, Math.sqrt((sigmaPx / block) ** 2 - 1 / 4));
  const data = interpolated(blurred.data, coarse.width, plane, {
    spacing: block,
    offset: (block - 1) / 2,
    eased: false,
  });
  return withData(plane, data);
}

function blockMeans({ height, width, data }: FloatPlane, block: number): FloatPlane {
  const rows = Math.ceil(height / block);
  const columns = Math.ceil(width / block);
  const sums = new Float32Array(rows * columns);
  const counts = new Float32Array(rows * columns);
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.floor(y / block) * columns;
    for (let x = 0; x < width; x++, i++) {
      const at = row + Math.floor(x / block);
      sums[at] = (sums[at] as number) + (data[i] as number);
      counts[at] = (counts[at] as number) + 1;
    }
  }
  return {
    dtype: "float32",
    height: rows,
    width: columns,
    data: sums.map((sum, i) => sum / (counts[i] as number)),
  };
}
