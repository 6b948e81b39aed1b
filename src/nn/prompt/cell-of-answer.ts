/**
 * From the network's answer to one cell in pixels of the image.
 *
 * Only pieces that a click lies on (of a box: the largest in it) are the cell; holes are closed. The answer is interpolated
 * between pixels of the view, so a cell that was shrunk for the network gets a smooth border.
 */
import type { BoundingBox, Mask, Point } from "#core/array/index.ts";
import { connectedComponents, fillHoles } from "#core/labels/index.ts";
import type { Prompt } from "./prompt-maps.ts";
import { diameterOfArea } from "./prompt-scene.ts";
import { boxOfView, type ImageSize, inView, ofView, type PromptView, viewSide } from "./prompt-view.ts";

const pixels = viewSide * viewSide;

/** The answer from which a pixel is the cell's. */
const cellFrom = 0.5;

/** A click this far beside the answer still means it, pixels of the view: small cells are hard to hit. */
const besidePx = 5;

export interface PromptedCell {
  /** Half-open, pixels of the image, cut off at its edge. */
  readonly box: BoundingBox;
  /** Of the box's size; at least one pixel. */
  readonly mask: Mask;
  /** Mean of the answer over the cell, 0.5..1: how sure the network is of its pixels. */
  readonly sureness: number;
  /** As it lies in the view: diameter of the circle with its area, and whether it goes on behind the view's edge. */
  readonly diameterInView: number;
  readonly leavesView: boolean;
}

/** The cell; null when the network finds none where the person points. @param answer  0..1, `viewSide` squared. */
export function cellOfAnswer(
  answer: Float32Array,
  view: PromptView,
  prompt: Prompt,
  size: ImageSize,
): PromptedCell | null {
  const found = new Int32Array(pixels);
  for (let i = 0; i < pixels; i++) if ((answer[i] as number) >= cellFrom) found[i] = 1;
  const pieces = connectedComponents(
    { dtype: "int32", height: viewSide, width: viewSide, data: found },
    4,
  ).data;
  const meant = meantPieces(pieces, view, prompt);
  if (meant.size === 0) return null;
  const own = Int32Array.from(pieces, (piece) => (meant.has(piece) ? 1 : 0));
  const whole = fillHoles({ dtype: "int32", height: viewSide, width: viewSide, data: own }).data;
  const kept = answer.map((value, i) =>
    whole[i] === 1 ? Math.max(cellFrom, value) : Math.min(value, pieces[i] === 0 ? 1 : 0),
  );
  const drawn = drawInImage(kept, view, size, boxOfPixels(whole));
  if (drawn === null) return null;
  let [sum, count] = [0, 0];
  for (let i = 0; i < pixels; i++)
    if (whole[i] === 1) {
      sum += kept[i] as number;
      count++;
    }
  return {
    ...drawn,
    sureness: sum / count,
    diameterInView: diameterOfArea(count),
    leavesView: touchesOpenEdge(whole, view, size),
  };
}

/** Pieces of the answer that the person means. */
function meantPieces(pieces: Int32Array, view: PromptView, { inside, box }: Prompt): Set<number> {
  const meant = new Set<number>();
  for (const click of inside) {
    const piece = pieceNear(pieces, inView(view, click));
    if (piece > 0) meant.add(piece);
  }
  if (inside.length > 0 || box === null) return meant;
  const from = inView(view, { y: box[0], x: box[1] });
  const to = inView(view, { y: box[2] - 1, x: box[3] - 1 });
  const areas = new Map<number, number>();
  pieces.forEach((piece, i) => {
    const [y, x] = [Math.floor(i / viewSide), i % viewSide];
    if (piece === 0 || y < from.y || x < from.x || y > to.y || x > to.x) return;
    areas.set(piece, (areas.get(piece) ?? 0) + 1);
  });
  const [largest] = [...areas].sort((a, b) => b[1] - a[1]);
  return largest === undefined ? meant : meant.add(largest[0]);
}

/** The piece at a place, or the nearest one a few pixels beside it; 0 for none. */
function pieceNear(pieces: Int32Array, at: Point): number {
  let [nearest, found] = [besidePx ** 2, 0];
  const reach = Math.ceil(besidePx);
  const [cy, cx] = [Math.round(at.y), Math.round(at.x)];
  for (let y = Math.max(0, cy - reach); y <= Math.min(viewSide - 1, cy + reach); y++)
    for (let x = Math.max(0, cx - reach); x <= Math.min(viewSide - 1, cx + reach); x++) {
      const distance = (y - cy) ** 2 + (x - cx) ** 2;
      const piece = pieces[y * viewSide + x] as number;
      if (piece === 0 || distance > nearest || (distance === nearest && found !== 0)) continue;
      [nearest, found] = [distance, piece];
    }
  return found;
}

/** Box around what is 1, half-open, pixels of the view. */
function boxOfPixels(data: Int32Array): BoundingBox {
  const box: [number, number, number, number] = [viewSide, viewSide, 0, 0];
  for (let i = 0; i < pixels; i++) {
    if (data[i] === 0) continue;
    const [y, x] = [Math.floor(i / viewSide), i % viewSide];
    box[0] = Math.min(box[0], y);
    box[1] = Math.min(box[1], x);
    box[2] = Math.max(box[2], y + 1);
    box[3] = Math.max(box[3], x + 1);
  }
  return box;
}

/** The answer between its pixels, bilinear; its edge goes on outside. */
export function answerAt(answer: Float32Array, { y, x }: Point): number {
  const inside = (at: number): number => Math.min(viewSide - 1, Math.max(0, at));
  const [ty, tx] = [inside(y), inside(x)];
  const [y0, x0] = [Math.floor(ty), Math.floor(tx)];
  const [y1, x1] = [inside(y0 + 1), inside(x0 + 1)];
  const [fy, fx] = [ty - y0, tx - x0];
  const at = (row: number, column: number): number => answer[row * viewSide + column] as number;
  return (
    (1 - fy) * ((1 - fx) * at(y0, x0) + fx * at(y0, x1)) + fy * ((1 - fx) * at(y1, x0) + fx * at(y1, x1))
  );
}

/** Pixels of the image whose centres lie where the answer is the cell's, in their box. */
function drawInImage(answer: Float32Array, view: PromptView, size: ImageSize, inBox: BoundingBox) {
  const from = ofView(view, { y: inBox[0] - 1, x: inBox[1] - 1 });
  const to = ofView(view, { y: inBox[2], x: inBox[3] });
  const y0 = Math.max(0, Math.floor(from.y));
  const x0 = Math.max(0, Math.floor(from.x));
  const y1 = Math.min(size.height, Math.ceil(to.y) + 1);
  const x1 = Math.min(size.width, Math.ceil(to.x) + 1);
  if (y0 >= y1 || x0 >= x1) return null;
  const mask = {
    dtype: "uint8",
    height: y1 - y0,
    width: x1 - x0,
    data: new Uint8Array((y1 - y0) * (x1 - x0)),
  };
  const half = 0.5;
  let any = false;
  for (let y = y0; y < y1; y++)
    for (let x = x0; x < x1; x++) {
      const at = inView(view, { y, x });
      // The view ends half a pixel behind the centres of its last pixels.
      if (at.y < -half || at.x < -half || at.y > viewSide - half || at.x > viewSide - half) continue;
      if (answerAt(answer, at) < cellFrom) continue;
      mask.data[(y - y0) * mask.width + x - x0] = 1;
      any = true;
    }
  return any ? { box: [y0, x0, y1, x1] as BoundingBox, mask: mask as Mask } : null;
}

/** Whether the cell reaches an edge of the view behind which the image goes on. */
function touchesOpenEdge(cell: Int32Array, view: PromptView, size: ImageSize): boolean {
  const shown = boxOfView(view, size);
  if (shown === null) return false;
  const last = viewSide - 1;
  const open = {
    top: shown[0] > 0,
    left: shown[1] > 0,
    bottom: shown[2] < size.height,
    right: shown[3] < size.width,
  };
  for (let k = 0; k < viewSide; k++) {
    if (open.top && cell[k] === 1) return true;
    if (open.bottom && cell[last * viewSide + k] === 1) return true;
    if (open.left && cell[k * viewSide] === 1) return true;
    if (open.right && cell[k * viewSide + last] === 1) return true;
  }
  return false;
}
