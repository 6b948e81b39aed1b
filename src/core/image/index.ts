/** Public surface of `core/image`: intensities in, intensities out. */

export { dihedralBytes } from "./dihedral-bytes.ts";
export { gaussianBlur } from "./gaussian-blur.ts";
export {
  createPercentileCounter,
  type PercentileCounter,
  percentileNormalise,
  percentiles,
} from "./percentile.ts";
export {
  type Appearance,
  appearanceOf,
  bitCount,
  dihedralHashes,
  hashDistance,
  miniatureCorrelation,
  miniatureSide,
  type PerceptualHash,
} from "./perceptual-hash.ts";
export { anchorsMax, decodeAnchors, encodeAnchors, type PixelAnchor, pixelAnchors } from "./pixel-anchors.ts";
export {
  createResampler,
  type Resampler,
  resampleLabelRows,
  resampleLabels,
  resamplePlane,
} from "./resample.ts";
export { otsuThreshold } from "./threshold.ts";
export { type Thumbnail, type ThumbnailOptions, thumbnail } from "./thumbnail.ts";
