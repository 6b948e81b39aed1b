/** Shapes put elsewhere: moved by whole pixels, joined, cut free of other masks; and what lies under them. */
import type { LabelImage } from "../../array/index.ts";
import {
  connectedComponents,
  forEachRun,
  type ObjectShape,
  objectShapeFromMask,
  type PlanePosition,
} from "../../labels/index.ts";

interface Size {
  readonly height: number;
  readonly width: number;
}

/** @returns the shape moved by whole pixels in frame `t`, cut at the image's sides; `null` when nothing of it is left. */
export function movedShape(
  shape: ObjectShape,
  by: { readonly y: number; readonly x: number },
  { height, width }: Size,
  position: PlanePosition,
): ObjectShape | null {
  const [dy, dx] = [Math.round(by.y), Math.round(by.x)];
  const [y0, x0, y1, x1] = shape.bbox;
  const canvas = drawing(y0 + dy, x0 + dx, y1 + dy, x1 + dx);
  forEachRun(shape, (y, left, right) => {
    if (y + dy < 0 || y + dy >= height) return;
    canvas.run(y + dy, Math.max(0, left + dx), Math.min(width, right + dx));
  });
  return canvas.shape(position);
}

/** All pixels of several shapes of one frame. */
export function joinedShape(shapes: readonly ObjectShape[], position: PlanePosition): ObjectShape | null {
  const side = (at: 0 | 1 | 2 | 3): number[] => shapes.map(({ bbox }) => bbox[at]);
  const canvas = drawing(
    Math.min(...side(0)),
    Math.min(...side(1)),
    Math.max(...side(2)),
    Math.max(...side(3)),
  );
  for (const shape of shapes) forEachRun(shape, canvas.run);
  return canvas.shape(position);
}

/** Largest connected piece of the shape's pixels whose label passes; `null` when there is none. */
export function largestPiece(
  shape: ObjectShape,
  { data, width }: LabelImage,
  passes: (label: number) => boolean,
  position: PlanePosition,
): ObjectShape | null {
  const [y0, x0, y1, x1] = shape.bbox;
  const canvas = drawing(y0, x0, y1, x1);
  forEachRun(shape, (y, left, right) => {
    for (let x = left; x < right; x++) if (passes(data[y * width + x]!)) canvas.run(y, x, x + 1);
  });
  return canvas.largest(position);
}

/** Pixels of the shape by the label under them, 0 for background. */
export function labelsUnder(shape: ObjectShape, { data, width }: LabelImage): Map<number, number> {
  const counts = new Map<number, number>();
  forEachRun(shape, (y, left, right) => {
    for (let x = left; x < right; x++) {
      const label = Math.max(0, data[y * width + x]!);
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
  });
  return counts;
}

/** A mask over a box, drawn run by run. */
function drawing(y0: number, x0: number, y1: number, x1: number) {
  const [height, width] = [Math.max(0, y1 - y0), Math.max(0, x1 - x0)];
  const data = new Uint8Array(height * width);
  const mask = { dtype: "uint8", height, width, data } as const;
  const place = (position: PlanePosition) => ({ ...position, y: y0, x: x0 });
  return {
    run: (y: number, left: number, right: number): void => {
      if (right > left) data.fill(1, (y - y0) * width + left - x0, (y - y0) * width + right - x0);
    },
    shape: (position: PlanePosition): ObjectShape | null => objectShapeFromMask(mask, place(position)),
    largest: (position: PlanePosition): ObjectShape | null => {
      const pieces = connectedComponents(mask, 4);
      const areas: number[] = [];
      for (const piece of pieces.data) if (piece > 0) areas[piece] = (areas[piece] ?? 0) + 1;
      let best = 0;
      areas.forEach((area, piece) => {
        if (area > (areas[best] ?? 0)) best = piece;
      });
      if (best === 0) return null;
      const kept = { ...mask, data: Uint8Array.from(pieces.data, (piece) => (piece === best ? 1 : 0)) };
      return objectShapeFromMask(kept, place(position));
    },
  };
}
