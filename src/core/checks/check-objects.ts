/**
 * Checks of the objects of one layer: geometry of each, overlap between them, size and roundness against the others.
 */

import {
  createShapeGrid,
  type ObjectShape,
  type ShapeGrid,
  shapeArea,
  shapeContains,
  sharedPixels,
  solidity,
} from "../labels/index.ts";
import { objectFaults } from "./object-faults.ts";
import type { CheckFinding } from "./rule.ts";

export interface CheckedObject {
  readonly uid: string;
  readonly shape: ObjectShape;
}

/** Pieces below this size are slips of a brush, not parts of a cell. */
export const fragmentPxMax = 10;

/** A nucleus of 5 µm at 0.65 µm per pixel has about 45 pixels; below 30 nothing can be told. */
const tinyPx = 30;
const tinyShare = 1 / 20;
const hugeTimes = 10;
const solidityMin = 0.85;

/** Two outlines of one cell by one person agree to about 0.9. */
const duplicateIouMin = 0.8;

export interface CheckObjectsOptions {
  readonly height: number;
  readonly width: number;
  /** Check these only (others still count as neighbours and for the usual size); default all. */
  readonly only?: ReadonlySet<string> | undefined;
  /** Usual area of the layer in pixels, when `objects` are only a part of it; default their own. */
  readonly usualPx?: number | undefined;
  /** Whether objects of the layer may share pixels; default no. One that is nearly all of another is still found. */
  readonly overlapAllowed?: boolean | undefined;
}

/** Usual area of an object of a layer, in pixels: the median. 0 for none. */
export function usualArea(objects: readonly CheckedObject[]): number {
  return median(objects.map(({ shape }) => shapeArea(shape)));
}

/**
 * All findings about the objects of a layer, in the order of the objects.
 *
 * @param objects  living objects of the layer, any frames and planes: all, or those to check with all whose boxes
 *        meet theirs. Cost: O(sum of boxes).
 */
export function checkObjects(
  objects: readonly CheckedObject[],
  options: CheckObjectsOptions,
): CheckFinding[] {
  const grid = createShapeGrid(objects, ({ shape }) => shape);
  const areas = new Map(objects.map((object) => [object.uid, shapeArea(object.shape)]));
  const usual = options.usualPx ?? median([...areas.values()]);
  return objects.flatMap((object) => {
    if (options.only !== undefined && !options.only.has(object.uid)) return [];
    const area = areas.get(object.uid) as number;
    return [
      ...geometryFindings(object, area, grid),
      ...overlapFindings(object, area, areas, grid).filter(
        ({ rule }) => options.overlapAllowed !== true || rule !== "objectOverlap",
      ),
      ...sizeFindings(object, area, usual),
      ...outlineFindings(object, options),
    ];
  });
}

function geometryFindings(
  { uid, shape }: CheckedObject,
  area: number,
  grid: ShapeGrid<CheckedObject>,
): CheckFinding[] {
  const isTaken = (y: number, x: number): boolean =>
    grid
      .near({ ...shape, bbox: [y, x, y + 1, x + 1] })
      .some((other) => other.uid !== uid && shapeContains(other.shape, y, x));
  const { holes, pieces } = objectFaults(shape, isTaken);
  const findings: CheckFinding[] = [];
  if (holes.length > 0) {
    const pixels = holes.reduce((sum, hole) => sum + shapeArea(hole), 0);
    findings.push({
      rule: "objectHole",
      uids: [uid],
      value: pixels,
      detail: `${counted(holes.length, "hole")}, ${counted(pixels, "pixel")} of ${area}`,
    });
  }
  const [, ...others] = pieces.map(shapeArea);
  if (others.length > 0) {
    findings.push({
      rule: "objectInPieces",
      uids: [uid],
      value: others.reduce((sum, size) => sum + size, 0),
      detail: `${counted(pieces.length, "piece")}: ${pieces.map(shapeArea).slice(0, 5).join(", ")} pixels`,
    });
  }
  const specks = others.filter((size) => size < fragmentPxMax);
  if (specks.length > 0) {
    findings.push({
      rule: "objectFragment",
      uids: [uid],
      value: specks.length,
      detail: `${counted(specks.length, "speck")} of less than ${fragmentPxMax} pixels`,
    });
  }
  return findings;
}

/** Each pair is found once, at the object with the smaller uid. */
function overlapFindings(
  { uid, shape }: CheckedObject,
  area: number,
  areas: ReadonlyMap<string, number>,
  grid: ShapeGrid<CheckedObject>,
): CheckFinding[] {
  return grid
    .near(shape)
    .filter((other) => uid < other.uid)
    .sort((a, b) => (a.uid < b.uid ? -1 : 1))
    .flatMap((other): CheckFinding[] => {
      const shared = sharedPixels(shape, other.shape);
      if (shared === 0) return [];
      const iou = shared / (area + (areas.get(other.uid) as number) - shared);
      const duplicate = iou > duplicateIouMin;
      return [
        {
          rule: duplicate ? "objectDuplicate" : "objectOverlap",
          uids: [uid, other.uid],
          value: duplicate ? iou : shared,
          detail: duplicate
            ? `the same for ${Math.round(100 * iou)} %`
            : `${counted(shared, "pixel")} belong to both`,
        },
      ];
    });
}

function sizeFindings({ uid }: CheckedObject, area: number, usual: number): CheckFinding[] {
  const against = `${counted(area, "pixel")}; usual here: ${Math.round(usual)}`;
  if (area < tinyPx || area < tinyShare * usual)
    return [{ rule: "objectTiny", uids: [uid], value: usual / area, detail: against }];
  if (area > hugeTimes * usual)
    return [{ rule: "objectHuge", uids: [uid], value: area / usual, detail: against }];
  return [];
}

function outlineFindings(
  { uid, shape }: CheckedObject,
  { height, width }: CheckObjectsOptions,
): CheckFinding[] {
  const findings: CheckFinding[] = [];
  const full = solidity(shape);
  if (full < solidityMin) {
    findings.push({
      rule: "objectNotSolid",
      uids: [uid],
      value: 1 - full,
      detail: `fills ${Math.round(100 * full)} % of its hull`,
    });
  }
  const [y0, x0, y1, x1] = shape.bbox;
  const sides = [y0 === 0, x0 === 0, y1 === height, x1 === width].filter(Boolean).length;
  if (sides > 0) {
    findings.push({
      rule: "objectAtBorder",
      uids: [uid],
      value: sides,
      detail: `at ${counted(sides, "edge")} of the image`,
    });
  }
  return findings;
}

/** Middle value; 0 for none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[half] as number)
    : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
}

export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
