/**
 * Columns of place and shape: centroid, box, area, outline, ellipse, fullness.
 *
 * Lengths are in pixels and, where the pixel size is known, in µm as well; shapes without a unit (eccentricity …) are
 * those in µm then, since pixels need not be square.
 */

import {
  contourLength,
  contourSides,
  ellipseOf,
  type ObjectShape,
  objectMoments,
  shapeArea,
  solidity,
} from "../labels/index.ts";
import type { MeasureColumn, MeasureGroupName, MeasureUnit } from "./measure-table.ts";

export interface PixelSize {
  readonly y: number;
  readonly x: number;
}

interface Measured {
  readonly shape: ObjectShape;
  readonly moments: ReturnType<typeof objectMoments>;
  readonly sides: ReturnType<typeof contourSides>;
  readonly ellipsePx: ReturnType<typeof ellipseOf>;
  /** In µm where the pixel size is known, else in pixels. */
  readonly ellipse: ReturnType<typeof ellipseOf>;
  readonly solidity: number;
}

interface Feature {
  readonly key: string;
  readonly title: string;
  readonly unit: MeasureUnit;
  readonly group: MeasureGroupName;
  readonly whole?: boolean;
  readonly of: (cell: Measured) => number;
}

const place = (
  key: string,
  title: string,
  unit: MeasureUnit,
  whole: boolean,
  of: Feature["of"],
): Feature => ({
  key,
  title,
  unit,
  group: "place",
  whole,
  of,
});

const shape = (key: string, title: string, unit: MeasureUnit, of: Feature["of"]): Feature => ({
  key,
  title,
  unit,
  group: "shape",
  of,
});

/** A length or an area of pixels, and the same in µm where the pixel size is known. */
function lengthPair(
  key: string,
  title: string,
  mpp: PixelSize | null,
  px: Feature["of"],
  um: Feature["of"],
): Feature[] {
  const inPixels = shape(`${key}_px`, title, "px", px);
  return mpp === null ? [inPixels] : [inPixels, shape(`${key}_um`, title, "µm", um)];
}

const diameterOf = (area: number): number => Math.sqrt((4 * area) / Math.PI);

function placeFeatures(mpp: PixelSize | null, inTime: boolean, inDepth: boolean): Feature[] {
  return [
    ...(inTime ? [place("t", "Frame", "", true, ({ shape: { t } }) => t)] : []),
    ...(inDepth ? [place("z", "Slice", "", true, ({ shape: { z } }) => z)] : []),
    place("centroid_y_px", "Centroid y", "px", false, ({ moments }) => moments.centroid.y),
    place("centroid_x_px", "Centroid x", "px", false, ({ moments }) => moments.centroid.x),
    ...(mpp === null
      ? []
      : [
          place("centroid_y_um", "Centroid y", "µm", false, ({ moments }) => moments.centroid.y * mpp.y),
          place("centroid_x_um", "Centroid x", "µm", false, ({ moments }) => moments.centroid.x * mpp.x),
        ]),
    ...(["y0", "x0", "y1", "x1"] as const).map((side, i) =>
      place(`bbox_${side}_px`, `Box ${side}`, "px", true, ({ shape: { bbox } }) => bbox[i] as number),
    ),
  ];
}

function shapeFeatures(mpp: PixelSize | null): Feature[] {
  const unit = mpp ?? { y: 1, x: 1 };
  const areaOf = ({ moments }: Measured): number => moments.areaPx * unit.y * unit.x;
  return [
    { ...shape("area_px", "Area", "px", ({ moments }) => moments.areaPx), whole: true },
    ...(mpp === null ? [] : [shape("area_um2", "Area", "µm²", areaOf)]),
    ...lengthPair(
      "perimeter",
      "Perimeter",
      mpp,
      ({ sides }) => contourLength(sides),
      ({ sides }) => contourLength(sides, unit),
    ),
    ...lengthPair(
      "equivalent_diameter",
      "Equivalent diameter",
      mpp,
      ({ moments }) => diameterOf(moments.areaPx),
      (cell) => diameterOf(areaOf(cell)),
    ),
    ...lengthPair(
      "major_axis",
      "Major axis",
      mpp,
      ({ ellipsePx }) => ellipsePx.majorAxis,
      ({ ellipse }) => ellipse.majorAxis,
    ),
    ...lengthPair(
      "minor_axis",
      "Minor axis",
      mpp,
      ({ ellipsePx }) => ellipsePx.minorAxis,
      ({ ellipse }) => ellipse.minorAxis,
    ),
    shape("eccentricity", "Eccentricity", "", ({ ellipse }) => ellipse.eccentricity),
    shape("orientation_deg", "Orientation", "°", ({ ellipse }) => ellipse.orientationDeg),
    shape("solidity", "Solidity", "", (cell) => cell.solidity),
    shape("extent", "Extent", "", ({ moments, shape: { bbox } }) => {
      return moments.areaPx / ((bbox[2] - bbox[0]) * (bbox[3] - bbox[1]));
    }),
    shape("circularity", "Circularity", "", (cell) => {
      return (4 * Math.PI * areaOf(cell)) / contourLength(cell.sides, unit) ** 2;
    }),
  ];
}

/**
 * @param mpp  µm per pixel; null when unknown, then there are no columns in µm.
 * @param image  its size, to tell which cells are cut off by its edge.
 * @returns columns in a fixed order; frame and slice only when there is more than one. Cost: O(pixels of all boxes).
 */
export function shapeColumns(
  shapes: readonly ObjectShape[],
  image: { readonly height: number; readonly width: number },
  mpp: PixelSize | null,
): MeasureColumn[] {
  const features = [
    ...placeFeatures(
      mpp,
      shapes.some(({ t }) => t !== shapes[0]?.t),
      shapes.some(({ z }) => z !== shapes[0]?.z),
    ),
    ...shapeFeatures(mpp),
    {
      ...shape("at_edge", "At the image's edge", "", (cell) => (atEdge(cell.shape, image) ? 1 : 0)),
      whole: true,
    },
  ];
  const values = features.map(() => new Float64Array(shapes.length));
  for (const [row, one] of shapes.entries()) {
    const cell = measureShape(one, mpp);
    for (const [i, { of }] of features.entries()) (values[i] as Float64Array)[row] = of(cell);
  }
  return features.map(({ key, title, unit, group, whole }, i) => ({
    key,
    title,
    unit,
    group,
    whole: whole === true,
    values: values[i] as Float64Array,
  }));
}

function measureShape(shape: ObjectShape, mpp: PixelSize | null): Measured {
  const moments = objectMoments(shape);
  const ellipsePx = ellipseOf(moments);
  return {
    shape,
    moments,
    sides: contourSides(shape),
    ellipsePx,
    ellipse: mpp === null ? ellipsePx : ellipseOf(moments, mpp),
    solidity: solidity(shape),
  };
}

const atEdge = (
  { bbox }: ObjectShape,
  { height, width }: { readonly height: number; readonly width: number },
): boolean => bbox[0] === 0 || bbox[1] === 0 || bbox[2] === height || bbox[3] === width;

/** Area of a shape that may be missing, in pixels. */
export const areaOrZero = (shape: ObjectShape | null): number => (shape === null ? 0 : shapeArea(shape));
