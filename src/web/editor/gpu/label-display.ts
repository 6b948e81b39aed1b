/**
 * Keeps the card's copy of the labels equal to the canvas, and shows strokes while they are drawn.
 *
 * A stroke that is not finished lives in a mask of one byte per pixel over the canvas: 1 shows the stroke's cell, 2
 * shows background. Only the rectangle that changed is composed and copied, so the cost of a move is that of the brush,
 * not of the image.
 */

import type { BoundingBox } from "#core/array/index.ts";
import type { LabelCanvas, ObjectChange } from "#core/edits/index.ts";
import type { Rgb } from "#core/labels/index.ts";
import { forEachRun, type ObjectShape, shapeContains } from "#core/labels/index.ts";
import { previewNumber } from "./label-shader.ts";
import type { LabelTextures } from "./label-textures.ts";

const drawn = 1;
const erased = 2;

/** The part of `LabelTextures` that is needed here, so that tests need no graphics card. */
export type TextureSink = Pick<LabelTextures, "upload" | "setEntry">;

export class LabelDisplay {
  readonly #textures: TextureSink;
  #canvas: LabelCanvas;
  #mask: Uint8Array | null = null;
  #maskBox: BoundingBox | null = null;
  #previewValue = previewNumber;
  #draftBox: BoundingBox | null = null;

  constructor(textures: TextureSink, canvas: LabelCanvas) {
    this.#textures = textures;
    this.#canvas = canvas;
    this.reset(canvas);
  }

  /** Shows another canvas of the same size. */
  reset(canvas: LabelCanvas): void {
    this.#canvas = canvas;
    this.#mask?.fill(0);
    this.#maskBox = null;
    this.#draftBox = null;
    this.refresh([0, 0, canvas.height, canvas.width]);
  }

  /** Copies a box of the canvas to the card. */
  refresh(box: BoundingBox): void {
    const { labels, width } = this.#canvas;
    this.#textures.upload(labels.data, width, { y: box[0], x: box[1] }, box);
  }

  setEntry(uid: string, colour: Rgb, flags: number): void {
    const number = this.#canvas.numberOf(uid);
    if (number > 0) this.#textures.setEntry(number, colour, flags);
  }

  /** Adds the newest part of a stroke to what is shown. */
  showPreview(changes: readonly ObjectChange[], within: BoundingBox | null): void {
    let box: BoundingBox | null = null;
    for (const change of changes) box = union(box, this.#mark(change, within));
    if (box === null) return;
    this.#maskBox = union(this.#maskBox, box);
    this.#compose(box);
  }

  /**
   * Shows what changes would make of the canvas, instead of what was shown before. Cells not yet born are told apart.
   *
   * Cost: O(box around all changes).
   */
  showDraft(changes: readonly ObjectChange[]): void {
    this.clearPreview();
    let box: BoundingBox | null = null;
    for (const { before, after } of changes)
      box = union(union(box, before?.bbox ?? null), after?.bbox ?? null);
    if (box === null) return;
    this.#draftBox = box;
    const [y0, x0, y1, x1] = box;
    const { width, labels } = this.#canvas;
    const boxWidth = x1 - x0;
    const pixels = new Int32Array((y1 - y0) * boxWidth);
    for (let y = y0; y < y1; y++) {
      pixels.set(labels.data.subarray(y * width + x0, y * width + x1), (y - y0) * boxWidth);
    }
    const fill = (shape: ObjectShape, number: number): void =>
      forEachRun(shape, (y, from, end) => {
        pixels.fill(number, (y - y0) * boxWidth + from - x0, (y - y0) * boxWidth + end - x0);
      });
    for (const { before } of changes) if (before !== null) fill(before, 0);
    changes.forEach(({ uid, after }, k) => {
      if (after !== null) fill(after, this.#canvas.numberOf(uid) || previewNumber + k);
    });
    this.#textures.upload(pixels, boxWidth, { y: 0, x: 0 }, box);
  }

  /** Forgets the stroke or the draft and shows the canvas again where it was. */
  clearPreview(): void {
    if (this.#draftBox !== null) this.refresh(this.#draftBox);
    this.#draftBox = null;
    const box = this.#maskBox;
    if (box === null || this.#mask === null) return;
    const { width } = this.#canvas;
    for (let y = box[0]; y < box[2]; y++) this.#mask.fill(0, y * width + box[1], y * width + box[3]);
    this.#maskBox = null;
    this.refresh(box);
  }

  /** Marks where a change differs from the canvas; only inside `within` for pixels that vanish. */
  #mark({ uid, before, after }: ObjectChange, within: BoundingBox | null): BoundingBox | null {
    const { width, height, labels } = this.#canvas;
    this.#mask ??= new Uint8Array(width * height);
    const mask = this.#mask;
    const own = this.#canvas.numberOf(uid);
    let box: BoundingBox | null = null;
    if (after !== null) {
      this.#previewValue = own === 0 ? previewNumber : own;
      forEachRun(after, (y, x0, x1) => {
        const row = y * width;
        for (let x = x0; x < x1; x++) {
          if (labels.data[row + x] === own && own !== 0) continue;
          if (mask[row + x] === drawn) continue;
          mask[row + x] = drawn;
          box = grow(box, y, x);
        }
      });
    }
    if (before === null) return box;
    forEachRun(before, (y, x0, x1) => {
      if (within !== null && (y < within[0] || y >= within[2])) return;
      const from = within === null ? x0 : Math.max(x0, within[1]);
      const end = within === null ? x1 : Math.min(x1, within[3]);
      for (let x = from; x < end; x++) {
        if (mask[y * width + x] === erased || (after !== null && shapeContains(after, y, x))) continue;
        mask[y * width + x] = erased;
        box = grow(box, y, x);
      }
    });
    return box;
  }

  #compose(box: BoundingBox): void {
    const mask = this.#mask;
    if (mask === null) return;
    const [y0, x0, y1, x1] = box;
    const { width, labels } = this.#canvas;
    const boxWidth = x1 - x0;
    const pixels = new Int32Array((y1 - y0) * boxWidth);
    for (let y = y0; y < y1; y++) {
      for (let x = x0; x < x1; x++) {
        const i = y * width + x;
        const marked = mask[i];
        pixels[(y - y0) * boxWidth + x - x0] =
          marked === drawn ? this.#previewValue : marked === erased ? 0 : (labels.data[i] as number);
      }
    }
    this.#textures.upload(pixels, boxWidth, { y: 0, x: 0 }, box);
  }
}

function grow(box: BoundingBox | null, y: number, x: number): BoundingBox {
  if (box === null) return [y, x, y + 1, x + 1];
  return [Math.min(box[0], y), Math.min(box[1], x), Math.max(box[2], y + 1), Math.max(box[3], x + 1)];
}

function union(a: BoundingBox | null, b: BoundingBox | null): BoundingBox | null {
  if (a === null) return b;
  if (b === null) return a;
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}
