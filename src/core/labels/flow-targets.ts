/**
 * Flows: for each pixel of an object the direction to its centre, around every bend of its shape.
 *
 * Heat is let in at the pixel nearest to the median of the object's pixels and spreads inside the object; the gradient
 * of its logarithm, brought to length one, is the flow. Each object is worked on in a box of its own, twice as many
 * steps as the box has rows and columns, so that heat reaches every end.
 * Source: Stringer, Wang, Michaelos, Pachitariu, "Cellpose", Nature Methods 18 (2021).
 */

import type { LabelImage, Plane } from "../array/index.ts";
import { indexLabels, type LabelIndex } from "./label-index.ts";

export interface Flows {
  /** Component along y of a unit vector inside objects, 0 outside; float32, axes yx. */
  readonly flowY: Plane<"float32">;
  /** The same along x. */
  readonly flowX: Plane<"float32">;
}

/** Neighbours with the pixel itself: the heat of a step is their mean. */
const meanOver = 9;

/** Cost: O(object pixels x object size). The argument is not changed. */
export function flowTargets(labels: LabelImage): Flows {
  const { height, width } = labels;
  const flowY = new Float32Array(height * width);
  const flowX = new Float32Array(height * width);
  const index = indexLabels(labels);
  const box = new ObjectBox(index);
  for (let k = 0; k < index.labels.length; k++) {
    box.take(labels, index, k);
    box.diffuse();
    box.writeFlows(flowY, flowX, width);
  }
  const plane = (data: Float32Array): Plane<"float32"> => ({ dtype: "float32", height, width, data });
  return { flowY: plane(flowY), flowX: plane(flowX) };
}

/** One object in a box with a frame of one pixel; memory is taken once, for the largest object. */
class ObjectBox {
  /** Box index of each pixel of the object. */
  readonly #pixels: Int32Array;
  readonly #inside: Uint8Array;
  /** First and last column of the object in each row. */
  readonly #spans: Int32Array;
  #heat: Float64Array;
  #next: Float64Array;
  readonly #counts: Int32Array;
  #count = 0;
  #y0 = 0;
  #x0 = 0;
  #height = 0;
  #width = 0;

  constructor({ boxes, areas }: LabelIndex) {
    let [most, area, side] = [0, 0, 0];
    for (let k = 0; k < areas.length; k++) {
      const h = (boxes[4 * k + 2] as number) - (boxes[4 * k] as number) + 2;
      const w = (boxes[4 * k + 3] as number) - (boxes[4 * k + 1] as number) + 2;
      most = Math.max(most, h * w);
      side = Math.max(side, h, w);
      area = Math.max(area, areas[k] as number);
    }
    this.#pixels = new Int32Array(area);
    this.#inside = new Uint8Array(most);
    this.#heat = new Float64Array(most);
    this.#next = new Float64Array(most);
    this.#counts = new Int32Array(side);
    this.#spans = new Int32Array(2 * side);
  }

  take({ width, data }: LabelImage, { labels, boxes }: LabelIndex, k: number): void {
    const [y0, x0] = [boxes[4 * k] as number, boxes[4 * k + 1] as number];
    this.#y0 = y0;
    this.#x0 = x0;
    this.#height = (boxes[4 * k + 2] as number) - y0 + 2;
    this.#width = (boxes[4 * k + 3] as number) - x0 + 2;
    this.#count = 0;
    this.#inside.fill(0, 0, this.#height * this.#width);
    for (let y = 1; y < this.#height - 1; y++) {
      const before = this.#count;
      for (let x = 1; x < this.#width - 1; x++) {
        if (data[(y0 + y - 1) * width + x0 + x - 1] !== labels[k]) continue;
        const at = y * this.#width + x;
        this.#inside[at] = 1;
        this.#pixels[this.#count++] = at;
      }
      // A row without pixels of the object, as of one in two pieces, has a span of none.
      const isEmpty = this.#count === before;
      this.#spans[2 * y] = isEmpty ? 1 : (this.#pixels[before] as number) - y * this.#width;
      this.#spans[2 * y + 1] = isEmpty ? 0 : (this.#pixels[this.#count - 1] as number) - y * this.#width;
    }
  }

  /** The pixel of the object nearest to the median row and column; the first in scan order of equal ones. */
  #centre(): number {
    const my = this.#median((at) => Math.floor(at / this.#width), this.#height);
    const mx = this.#median((at) => at % this.#width, this.#width);
    let best = this.#pixels[0] as number;
    let nearest = Infinity;
    for (let i = 0; i < this.#count; i++) {
      const at = this.#pixels[i] as number;
      const far = (Math.floor(at / this.#width) - my) ** 2 + ((at % this.#width) - mx) ** 2;
      if (far < nearest) [nearest, best] = [far, at];
    }
    return best;
  }

  #median(of: (at: number) => number, side: number): number {
    const counts = this.#counts.fill(0, 0, side);
    for (let i = 0; i < this.#count; i++) counts[of(this.#pixels[i] as number)]!++;
    const rank = (this.#count - 1) / 2;
    let [below, low] = [0, -1];
    for (let value = 0; ; value++) {
      below += counts[value] as number;
      if (low < 0 && below > Math.floor(rank)) low = value;
      if (below > Math.ceil(rank)) return (low + value) / 2;
    }
  }

  diffuse(): void {
    const size = this.#height * this.#width;
    this.#heat.fill(0, 0, size);
    this.#next.fill(0, 0, size);
    const centre = this.#centre();
    for (let step = 2 * (this.#height + this.#width - 4); step >= 0; step--) {
      this.#heat[centre]! += 1;
      this.#step();
      [this.#heat, this.#next] = [this.#next, this.#heat];
    }
  }

  /**
   * Means of nine from `heat` to `next`, along the rows: of nine values six are at hand from the pixel before. The order of
   * the sum is fixed, because in the middle of a symmetric object its rounding decides where the flow points.
   */
  #step(): void {
    const [heat, next, inside, spans, width] = [
      this.#heat,
      this.#next,
      this.#inside,
      this.#spans,
      this.#width,
    ];
    for (let y = 1; y < this.#height - 1; y++) {
      let at = y * width + spans[2 * y]!;
      let [upLeft, left, downLeft] = [heat[at - 1 - width]!, heat[at - 1]!, heat[at - 1 + width]!];
      let [up, own, down] = [heat[at - width]!, heat[at]!, heat[at + width]!];
      for (const end = y * width + spans[2 * y + 1]!; at <= end; at++) {
        const upRight = heat[at + 1 - width]!;
        const right = heat[at + 1]!;
        const downRight = heat[at + 1 + width]!;
        // Pixels outside the object stay at 0 in both buffers, so the frame and the background need no test.
        if (inside[at] !== 0)
          next[at] = (upLeft + up + upRight + left + own + right + downLeft + down + downRight) / meanOver;
        upLeft = up;
        left = own;
        downLeft = down;
        up = upRight;
        own = right;
        down = downRight;
      }
    }
  }

  writeFlows(flowY: Float32Array, flowX: Float32Array, imageWidth: number): void {
    const [heat, width] = [this.#heat, this.#width];
    for (let i = 0; i < this.#count; i++) {
      const at = this.#pixels[i] as number;
      const dy = Math.log1p(heat[at + width]!) - Math.log1p(heat[at - width]!);
      const dx = Math.log1p(heat[at + 1]!) - Math.log1p(heat[at - 1]!);
      const length = Math.hypot(dy, dx);
      if (length === 0) continue;
      const y = this.#y0 + Math.floor(at / width) - 1;
      const pixel = y * imageWidth + this.#x0 + (at % width) - 1;
      flowY[pixel] = dy / length;
      flowX[pixel] = dx / length;
    }
  }
}
