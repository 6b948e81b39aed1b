/** Public surface of `core/array`: pixels with named axes. */

export type {
  BoundingBox,
  Dtype,
  ImageArray,
  LabelImage,
  Mask,
  Plane,
  Point,
  TypedArrays,
} from "./array.ts";
export {
  assertSameShape,
  axisLength,
  axisOrder,
  channelPlane,
  dtypeOf,
  dtypes,
  imageArray,
  imageValuesMax,
  isAxes,
  isDtype,
  labelImage,
  mask,
  type PlaneIndex,
  plane,
  planePixelsMax,
  typedArray,
} from "./create.ts";
