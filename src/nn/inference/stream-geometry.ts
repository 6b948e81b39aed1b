/**
 * How a large image is cut: tiles of the network, tiles of the post-processing, and what they take of memory.
 */
import type { InputContract } from "../contract/index.ts";

export interface StreamGeometry {
  /** Side of the kept part of a network tile, pixels of the model. */
  readonly networkCorePx: number;
  /** Side of the kept part of a post-processing tile. */
  readonly labelCorePx: number;
  /** Overlap on each side of a post-processing tile; wider than the largest cell with its neighbours. */
  readonly labelHaloPx: number;
}

// Maps kept for one row of post-processing tiles, bytes; with input, canvas and one tile the whole stays below 2 GiB.
const MAP_BYTES_MAX = 400 * 2 ** 20;
// Below the tile of images in memory: activations take 300 MB instead of 500.
const NETWORK_CORE_PX = 768;
const LABEL_CORE_PX = 2048;
// Smaller tiles than this would do more work in halos than in cores.
const CORE_PX_MIN = 256;

// A cell, and the neighbour whose border decides where it ends.
const HALO_DIAMETERS = 3;
const HALO_PX_MIN = 96;
// Without a range the size of cells is unknown; 192 pixels hold a nucleus of 60 and its neighbours three times over.
const HALO_PX_DEFAULT = 192;
const HALO_PX_MAX = 512;

/** Tiles for an image `width` pixels wide at the model's pixel size. */
export function streamGeometry(
  contract: Pick<InputContract, "range" | "compartments">,
  width: number,
): StreamGeometry {
  const diameterPx = contract.range?.cellDiameterPx?.high;
  const labelHaloPx =
    diameterPx === undefined
      ? HALO_PX_DEFAULT
      : Math.min(HALO_PX_MAX, Math.max(HALO_PX_MIN, Math.ceil(HALO_DIAMETERS * diameterPx)));
  let [networkCorePx, labelCorePx] = [NETWORK_CORE_PX, LABEL_CORE_PX];
  const rowBytes = width * 4 * 2 * contract.compartments.length;
  const rowsKept = (): number => labelCorePx + 2 * labelHaloPx + networkCorePx;
  while (rowsKept() * rowBytes > MAP_BYTES_MAX && labelCorePx > CORE_PX_MIN) {
    labelCorePx /= 2;
    networkCorePx = Math.min(networkCorePx, labelCorePx);
  }
  return { networkCorePx, labelCorePx, labelHaloPx };
}
