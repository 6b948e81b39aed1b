/** What the page and the worker that finds spots say to each other. */

import type { BoundingBox } from "#core/array/index.ts";
import type { WireError } from "#core/errors.ts";
import type { FoundSpots } from "#core/spots/index.ts";

export interface SpotAsk {
  readonly id: number;
  /** Folder of the image's OME-Zarr. */
  readonly imageUrl: string;
  readonly channel: number;
  readonly t: number;
  readonly z: number;
  readonly box: BoundingBox;
  /** Standard deviation of a spot, px. */
  readonly sigmaPx: number;
}

export type SpotAnswer =
  /** Places in pixels of the image. */
  | { readonly id: number; readonly kind: "found"; readonly found: FoundSpots }
  | { readonly id: number; readonly kind: "error"; readonly error: WireError };
