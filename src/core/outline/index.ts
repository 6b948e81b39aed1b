/** Public surface of `core/outline`: geometry of single cells that the editing tools rest on. */

export { type BinaryWindow, fillPolygonInPlace, polygonArea } from "./fill-polygon.ts";
export { type FitContourOptions, fitContour } from "./fit-contour.ts";
export { interpolateShapes, shapeCentroid } from "./interpolate-shapes.ts";
export { type NearestSource, nearestSource, type PixelSize } from "./nearest-source.ts";
export { signedDistance } from "./signed-distance.ts";
export { isSimple } from "./simple-point.ts";
export { smoothMask } from "./smooth-mask.ts";
