/** Public surface of `core/array`: pixels with named axes. */

export type {
  ArrayForm,
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
export {
  assertStorable,
  isLargeArray,
  storedPlanePixelsMax,
  valueBytes,
  wholeValuesMax,
} from "./large-array.ts";
