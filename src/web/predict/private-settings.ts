/**
 * The settings that sliders change on a finished prediction, and how labels are made again from its kept maps. Pure.
 */
import type { DeepWatershedParams } from "#core/labels/index.ts";

export type SegmentationSettings = Pick<
  DeepWatershedParams,
  "foregroundThreshold" | "seedThreshold" | "areaPxMin"
>;
