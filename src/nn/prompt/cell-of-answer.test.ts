/** From an answer to a cell: which piece is meant, how it lies in the image. */
import { describe, expect, test } from "vitest";
import { cellOfAnswer } from "./cell-of-answer.ts";
import { type PromptView, viewSide } from "./prompt-view.ts";

const middle = (viewSide - 1) / 2;
const own: PromptView = { centre: { y: middle, x: middle }, scale: 1 };
const size = { height: 300, width: 300 };

/** 0.9 in discs, 0.1 elsewhere; a negative radius makes a hole. */
function answerOf(discs: readonly (readonly [y: number, x: number, radius: number])[]): Float32Array {
  return Float32Array.from({ length: viewSide ** 2 }, (_, i) => {
    const [y, x] = [Math.floor(i / viewSide), i % viewSide];
    const isIn = (sign: number): boolean =>
      discs.some(([cy, cx, r]) => Math.sign(r) === sign && Math.hypot(y - cy, x - cx) <= Math.abs(r));
    return isIn(1) && !isIn(-1) ? 0.9 : 0.1;
  });
}

const click = (y: number, x: number) => ({ inside: [{ y, x }], outside: [], box: null });
const areaOf = (cell: ReturnType<typeof cellOfAnswer>): number =>
  cell?.mask.data.reduce((sum, value) => sum + value, 0) ?? 0;

describe("the cell of an answer", () => {
  test("is the piece under the click, with its holes closed", () => {
    const answer = answerOf([
      [30, 30, 10],
      [30, 30, -3],
      [70, 70, 12],
    ]);
    const first = cellOfAnswer(answer, own, click(30, 22), size);
    const second = cellOfAnswer(answer, own, click(70, 70), size);
    // Pixels with centres within 10 of a pixel's centre: 317 (Gauss' circle problem); within 12: 441.
    expect(areaOf(first)).toBe(317);
    expect(areaOf(second)).toBe(441);
    expect(first?.diameterInView).toBeCloseTo(2 * Math.sqrt(317 / Math.PI), 6);
    expect(first?.leavesView).toBe(false);
  });

  test("two clicks mean both pieces; one a little beside still means its piece; one far off means none", () => {
    const answer = answerOf([
      [30, 30, 10],
      [70, 70, 12],
    ]);
    const both = {
      inside: [
        { y: 30, x: 30 },
        { y: 70, x: 70 },
      ],
      outside: [],
      box: null,
    };
    expect(areaOf(cellOfAnswer(answer, own, both, size))).toBe(317 + 441);
    expect(areaOf(cellOfAnswer(answer, own, click(30, 43), size))).toBe(317);
    expect(cellOfAnswer(answer, own, click(30, 50), size)).toBeNull();
  });

  test("of a box, the piece with most pixels in it", () => {
    const answer = answerOf([
      [30, 30, 10],
      [50, 50, 6],
    ]);
    const box = (at: readonly [number, number, number, number]) => ({ inside: [], outside: [], box: at });
    expect(areaOf(cellOfAnswer(answer, own, box([20, 20, 60, 60]), size))).toBe(317);
    // Within 6 of a pixel's centre: 113.
    expect(areaOf(cellOfAnswer(answer, own, box([42, 42, 60, 60]), size))).toBe(113);
    expect(cellOfAnswer(answer, own, box([80, 80, 90, 90]), size)).toBeNull();
  });

  test("lies where the view does, larger by its scale, and never outside the image", () => {
    const answer = answerOf([[middle, middle, 10]]);
    const view: PromptView = { centre: { y: 150, x: 100 }, scale: 0.25 };
    const cell = cellOfAnswer(answer, view, click(150, 100), size);
    // A disc of radius 10 in the view has radius 40 in the image; the border lies half way between 0.9 and 0.1.
    expect(areaOf(cell) / (Math.PI * 40 ** 2)).toBeGreaterThan(0.97);
    expect(areaOf(cell) / (Math.PI * 40 ** 2)).toBeLessThan(1.08);
    const atEdge = cellOfAnswer(answer, { centre: { y: 0, x: 100 }, scale: 0.25 }, click(0, 100), size);
    expect(atEdge?.box[0]).toBe(0);
    expect(areaOf(atEdge) / areaOf(cell)).toBeGreaterThan(0.48);
    expect(areaOf(atEdge) / areaOf(cell)).toBeLessThan(0.53);
  });

  test("says when it goes on behind the view, but not behind the image", () => {
    const answer = answerOf([[0, middle, 20]]);
    expect(
      cellOfAnswer(answer, { ...own, centre: { y: 150, x: 150 } }, click(150 - middle + 5, 150), size)
        ?.leavesView,
    ).toBe(true);
    expect(cellOfAnswer(answer, own, click(5, middle), size)?.leavesView).toBe(false);
  });
});
