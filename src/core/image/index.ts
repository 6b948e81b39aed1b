/** Public surface of `core/image`: intensities in, intensities out. */

export { gaussianBlur } from "./gaussian-blur.ts";
export { percentileNormalise, percentiles } from "./percentile.ts";
export { resampleLabels, resamplePlane } from "./resample.ts";
export { otsuThreshold } from "./threshold.ts";
export { type Thumbnail, type ThumbnailOptions, thumbnail } from "./thumbnail.ts";
