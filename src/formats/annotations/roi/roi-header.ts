/**
 * Where the numbers of an ImageJ ROI file lie. All are big-endian.
 *
 * Source: the tables in the comments of ImageJ's RoiDecoder (public domain), version 1.54.
 */

/** Offsets in the first header, bytes. */
export const roiHeader = {
  version: 4,
  type: 6,
  top: 8,
  left: 10,
  bottom: 12,
  right: 14,
  /** Count of coordinates; 0 when it is beyond 65,535 and stands in `size`. */
  count: 16,
  size: 18,
  /** Bounds with fractions, as floats: x, y, width, height. */
  xFloat: 18,
  shapeFloats: 36,
  subtype: 48,
  options: 50,
  arcSize: 54,
  /** Plane of a stack, from 1; 0 = any. */
  position: 56,
  header2: 60,
  coordinates: 64,
} as const;

/** Offsets in the second header. */
export const roiHeader2 = {
  channel: 4,
  slice: 8,
  frame: 12,
  nameAt: 16,
  nameLength: 20,
  group: 52,
  bytes: 64,
} as const;

export const roiTypes = [
  "polygon",
  "rectangle",
  "oval",
  "line",
  "freeLine",
  "polyline",
  "none",
  "freehand",
  "traced",
  "angle",
  "points",
] as const;

export type RoiType = (typeof roiTypes)[number];

export const roiOptions = { splineFit: 1, subPixel: 128 } as const;

export const roiSubtypes = { text: 1, arrow: 2, image: 4 } as const;

/** Segments of a composite path: move, line, quadratic, cubic, close; and how many numbers follow each. */
export const segmentNumbers = [2, 2, 4, 6, 0] as const;
