/**
 * An image that is ready to be written: pixels durable, objects packed, every choice made.
 *
 * What callers hand in (`NewImage`, the importer's items) becomes this first, so that there is one writer.
 */

import type { KeptBlob } from "./blob-rows.ts";
import type { PackedObjects } from "./packed-objects.ts";
import type { Channel, Compartment, ImageStatus, LayerCoverage, LayerTruth, Mpp } from "./types.ts";

/** Continues or divides: positions in the layer's objects. */
export interface PackedLink {
  readonly from: number;
  readonly to: number;
  readonly kind: "link" | "division";
}

export interface PreparedLayer {
  readonly compartment: Compartment;
  /** "" for the main layer of its compartment. */
  readonly name: string;
  readonly truth: LayerTruth;
  readonly coverage: LayerCoverage;
  /** Valid shapes inside the image, none sharing a pixel with another. */
  readonly objects: PackedObjects;
  readonly links: readonly PackedLink[];
  /** Whether the labels count as done. */
  readonly accepted: boolean;
}

export interface ImageGroup {
  readonly key: string;
  readonly level: string | null;
  /** How the group was found, in words. */
  readonly rule: string | null;
  readonly known: boolean;
}

export interface PreparedImage {
  /** Default: made here. The importer makes ids in the order of its plan, which is the order of the catalogue. */
  readonly id?: string;
  readonly projectId: string;
  readonly sourceId: string;
  readonly name: string;
  /** The pixels, durable already. */
  readonly blob: KeptBlob;
  readonly axes: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly channels: readonly Channel[];
  readonly mpp: Mpp | null;
  /** Why there is no pixel size; exactly then not null. */
  readonly mppReason: string | null;
  readonly group: ImageGroup | null;
  /** Checked by `parseMetadata`. */
  readonly metadata: Readonly<Record<string, string | undefined>>;
  readonly importId: string | null;
  readonly importPath: string | null;
  readonly layers: readonly PreparedLayer[];
}

/** Status that a layer has from the start. */
export function bornStatus(layer: PreparedLayer): ImageStatus {
  if (layer.truth === "prediction" && !layer.accepted) return "proposed";
  if (layer.accepted) return "accepted";
  return layer.objects.count === 0 ? "unlabelled" : "corrected";
}
