/**
 * The faults of a segmentation put into detections without pixels, for linking tests that are too large to draw.
 */
import { assert } from "../errors.ts";
import type { Rng } from "../rng.ts";
import { drawFates } from "./draw-fates.ts";
import type { ErrorShares, SegmentationError } from "./error-shares.ts";
import type { DetectionFrame, MovieCell } from "./simulate-movie.ts";

/** What a segmentation would show of a frame. */
export interface FaultyDetection {
  /** 1 to n within the frame. */
  readonly label: number;
  /** Pixels. */
  readonly y: number;
  readonly x: number;
  readonly areaPx: number;
  readonly long: number;
  readonly short: number;
  readonly angle: number;
  readonly brightness: number;
  /** Tracks in it: one, two where merged, none where invented. */
  readonly cells: readonly number[];
}

export interface FaultyDetections {
  readonly detections: readonly FaultyDetection[];
  readonly errors: readonly SegmentationError[];
}

/**
 * @param frame  exact detections. @param size  of the view in pixels, where inventions are thrown.
 * @param jitterPx  standard deviation of the error of a centre; areas get 1 % per hundredth of a pixel.
 * Cost: O(cells x neighbours).
 */
export function injectDetectionErrors(
  frame: DetectionFrame,
  size: { readonly height: number; readonly width: number },
  shares: ErrorShares,
  random: Rng,
  jitterPx = 0,
): FaultyDetections {
  for (const share of Object.values(shares)) assert(share >= 0 && share <= 1, "shares lie in 0..1");
  const fates = drawFates(frame.cells, shares, random);
  const byLabel = new Map(frame.cells.map((cell) => [cell.label, cell]));
  const detections: FaultyDetection[] = [];
  const errors: SegmentationError[] = [];
  const add = (shape: Shape, cells: readonly number[]): number => {
    const grow = Math.exp(Math.min(0.5, jitterPx) * 0.1 * random.normal());
    const label = detections.length + 1;
    const [y, x] = [shape.y + jitterPx * random.normal(), shape.x + jitterPx * random.normal()];
    detections.push({ ...shape, label, y, x, areaPx: shape.areaPx * grow, cells });
    return label;
  };
  for (const cell of frame.cells) {
    const { label } = cell;
    const fate = fates.get(label);
    if (fate?.kind === "miss") errors.push({ kind: "miss", cells: [label], objects: [] });
    else if (fate?.kind === "split") {
      const objects = halves(cell).map((half) => add(half, [label]));
      errors.push({ kind: "split", cells: [label], objects });
    } else if (fate?.kind === "merge") {
      const other = byLabel.get(fate.partner?.label ?? 0);
      if (other === undefined || other.label < label) continue;
      const cells = [label, other.label];
      errors.push({ kind: "merge", cells, objects: [add(union(cell, other), cells)] });
    } else add(shapeOf(cell), [label]);
  }
  for (const cell of frame.cells) {
    if (!random.chance(shares.false)) continue;
    const place = { y: random.uniform(0, size.height), x: random.uniform(0, size.width) };
    const objects = [add({ ...shapeOf(cell), ...place, angle: random.uniform(0, Math.PI) }, [])];
    errors.push({ kind: "false", cells: [], objects });
  }
  return { detections, errors };
}

type Shape = Omit<FaultyDetection, "label" | "cells">;

const shapeOf = ({ y, x, areaPx, long, short, angle, brightness }: MovieCell): Shape => ({
  ...{ y, x, areaPx, long, short, angle, brightness },
});

/** A cell cut across its long axis. */
function halves(cell: MovieCell): Shape[] {
  const away = 0.45 * cell.long;
  return [1, -1].map((side) => {
    const [y, x] = [cell.y + side * away * Math.sin(cell.angle), cell.x + side * away * Math.cos(cell.angle)];
    const long = Math.max(cell.short, cell.long / 2);
    const short = Math.min(cell.short, cell.long / 2);
    return { ...shapeOf(cell), y, x, areaPx: cell.areaPx / 2, long, short };
  });
}

/** Two cells as one ellipse along the line between them. */
function union(a: MovieCell, b: MovieCell): Shape {
  const areaPx = a.areaPx + b.areaPx;
  const mean = (name: "y" | "x" | "brightness"): number => (a.areaPx * a[name] + b.areaPx * b[name]) / areaPx;
  const long = Math.hypot(b.y - a.y, b.x - a.x) / 2 + (a.short + b.short) / 2;
  const short = Math.min(long, areaPx / (Math.PI * long));
  const angle = Math.atan2(b.y - a.y, b.x - a.x);
  return { y: mean("y"), x: mean("x"), brightness: mean("brightness"), areaPx, long, short, angle };
}
