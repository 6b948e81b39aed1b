/**
 * Outlines drawn twice: LIVECell's annotations hold the same cell two times over with slightly different contours.
 *
 * Two outlines that share most of their pixels are one cell; the earlier is kept. Cells that merely touch or overlap
 * share far less.
 */
import { forEachRun, type ObjectShape, shapeArea } from "#core/labels/index.ts";

/** Intersection over union from which two outlines are one cell; neighbours in the set stay below 0.3. */
const DUPLICATE_IOU = 0.7;

// Objects of one place that are compared; more than this on one spot is no microscope image.
const COMPARED_MAX = 500;

/**
 * @param shapes  of one plane, in the source's order; `null` stays `null`.
 * @returns the same list with duplicates of earlier shapes as `null`, and how many those were.
 * Cost: O(n log n + pixels of outlines whose boxes nearly agree).
 */
export function dropDuplicates(shapes: readonly (ObjectShape | null)[]): {
  readonly shapes: (ObjectShape | null)[];
  readonly dropped: number;
} {
  const kept: (ObjectShape | null)[] = [];
  const byCell = new Map<string, ObjectShape[]>();
  let dropped = 0;
  for (const shape of shapes) {
    if (shape === null) {
      kept.push(null);
      continue;
    }
    const isCopy = near(byCell, shape).some((earlier) => iou(earlier, shape) >= DUPLICATE_IOU);
    kept.push(isCopy ? null : shape);
    if (isCopy) dropped++;
    else {
      const key = cellKey(shape, 0, 0);
      byCell.set(key, [...(byCell.get(key) ?? []), shape]);
    }
  }
  return { shapes: kept, dropped };
}

const CELL = 32;

function cellKey({ bbox: [y0, x0, y1, x1] }: ObjectShape, dy: number, dx: number): string {
  return `${Math.floor((y0 + y1) / 2 / CELL) + dy}/${Math.floor((x0 + x1) / 2 / CELL) + dx}`;
}

/**
 * Shapes with a centre near enough: the boxes of two shapes with IoU 0.7 have an IoU above 0.7 x their fill, and their
 * centres differ by less than a cell of the grid unless the shapes are larger than it, which the box test below sees.
 */
function near(byCell: ReadonlyMap<string, readonly ObjectShape[]>, shape: ObjectShape): ObjectShape[] {
  const [y0, x0, y1, x1] = shape.bbox;
  const reach = Math.min(8, 1 + Math.ceil(Math.max(y1 - y0, x1 - x0) / CELL / 2));
  const found: ObjectShape[] = [];
  for (let dy = -reach; dy <= reach; dy++)
    for (let dx = -reach; dx <= reach; dx++)
      for (const other of byCell.get(cellKey(shape, dy, dx)) ?? [])
        if (boxIou(other, shape) > DUPLICATE_IOU / 2 && found.length < COMPARED_MAX) found.push(other);
  return found;
}

function boxIou(a: ObjectShape, b: ObjectShape): number {
  const height = Math.min(a.bbox[2], b.bbox[2]) - Math.max(a.bbox[0], b.bbox[0]);
  const width = Math.min(a.bbox[3], b.bbox[3]) - Math.max(a.bbox[1], b.bbox[1]);
  if (height <= 0 || width <= 0) return 0;
  const area = ({ bbox: [y0, x0, y1, x1] }: ObjectShape) => (y1 - y0) * (x1 - x0);
  return (height * width) / (area(a) + area(b) - height * width);
}

/** Intersection over union of two shapes of one plane. */
export function iou(a: ObjectShape, b: ObjectShape): number {
  const [y0, x0, y1, x1] = a.bbox;
  const width = x1 - x0;
  const mask = new Uint8Array(width * (y1 - y0));
  forEachRun(a, (y, from, to) => mask.fill(1, (y - y0) * width + from - x0, (y - y0) * width + to - x0));
  let common = 0;
  forEachRun(b, (y, from, to) => {
    if (y < y0 || y >= y1) return;
    for (let x = Math.max(from, x0); x < Math.min(to, x1); x++) common += mask[(y - y0) * width + x - x0]!;
  });
  return common / (shapeArea(a) + shapeArea(b) - common);
}
