/** Looks and corrections with a network that knows the truth, and the simulated person. */
import { describe, expect, test } from "vitest";
import type { Mask, Point } from "#core/array/index.ts";
import { rng } from "#core/rng.ts";
import { correctCell, type PromptGround, promptCell } from "./prompt-cell.ts";
import { promptPlanes } from "./prompt-network.ts";
import { inView, ofView, type PromptView, viewSide } from "./prompt-view.ts";
import { clickOn, correctionOf, drawnBox } from "./simulate-prompt.ts";

const size = { height: 400, width: 400 };
const pixels = viewSide ** 2;

/** A ground whose network answers the disc, as far as the view shows it. */
function discGround(centre: Point, radius: number) {
  const views: PromptView[] = [];
  const asked: Float32Array[] = [];
  const ground: PromptGround = {
    size,
    isTaken: (y, x) => y === 10 && x === 20,
    pictures: async (view) => {
      views.push(view);
      return { outline: new Float32Array(pixels).fill(0.5), nuclear: null };
    },
    ask: async (planes) => {
      asked.push(planes);
      const view = views.at(-1) as PromptView;
      return Float32Array.from({ length: pixels }, (_, i) => {
        const at = ofView(view, { y: Math.floor(i / viewSide), x: i % viewSide });
        return Math.hypot(at.y - centre.y, at.x - centre.x) <= radius ? 0.95 : 0.05;
      });
    },
  };
  return { ground, views, asked };
}

const click = (y: number, x: number) => ({ inside: [{ y, x }], outside: [], box: null });

describe("looks", () => {
  test("a cell of about the expected size takes one look", async () => {
    const { ground, views } = discGround({ y: 200, x: 200 }, 14);
    const { cell } = await promptCell(ground, click(200, 204), 28);
    expect(views).toHaveLength(1);
    expect(cell?.diameterInView).toBeCloseTo(28, 0);
  });

  test.each([
    ["much larger", 70, 20],
    ["much smaller", 6, 60],
  ])("a %s cell is looked at again at its own size", async (_, radius, guess) => {
    const { ground, views } = discGround({ y: 200, x: 200 }, radius);
    const { cell, view } = await promptCell(ground, click(200, 200), guess);
    expect(views.length).toBeGreaterThan(1);
    expect(views.length).toBeLessThanOrEqual(3);
    expect(cell?.leavesView).toBe(false);
    expect(view.scale * 2 * radius).toBeGreaterThan(14);
    expect(view.scale * 2 * radius).toBeLessThan(57);
    const area = cell?.mask.data.reduce((sum, value) => sum + value, 0) ?? 0;
    expect(area / (Math.PI * radius ** 2)).toBeCloseTo(1, 1);
  });

  test("a box decides the view, and is looked at once", async () => {
    const { ground, views } = discGround({ y: 200, x: 200 }, 30);
    await promptCell(ground, { inside: [], outside: [], box: [170, 170, 231, 231] }, 5);
    expect(views).toHaveLength(1);
    expect(views[0]?.centre).toEqual({ y: 200, x: 200 });
  });
});

describe("corrections", () => {
  const plane = (planes: Float32Array | undefined, name: (typeof promptPlanes)[number]): Float32Array => {
    const at = promptPlanes.indexOf(name) * pixels;
    return planes?.slice(at, at + pixels) ?? new Float32Array();
  };

  test("show the network its earlier answer and all clicks in the same view", async () => {
    const { ground, views, asked } = discGround({ y: 200, x: 200 }, 14);
    const first = await promptCell(ground, click(200, 204), 28);
    expect(plane(asked[0], "before").some((value) => value !== 0)).toBe(false);
    await correctCell(ground, { ...click(200, 204), outside: [{ y: 190, x: 215 }] }, first);
    expect(views[1]).toEqual(views[0]);
    expect(plane(asked[1], "before")).toEqual(first.answer);
    const at = inView(first.view, { y: 190, x: 215 });
    expect(plane(asked[1], "outside")[Math.round(at.y) * viewSide + Math.round(at.x)]).toBeGreaterThan(0.9);
  });

  test("a click outside of the view widens it, and the earlier answer goes along", async () => {
    const { ground, views, asked } = discGround({ y: 200, x: 200 }, 14);
    const first = await promptCell(ground, click(200, 200), 28);
    await correctCell(ground, { ...click(200, 200), outside: [{ y: 200, x: 270 }] }, first);
    expect(views[1]?.scale).toBe((views[0]?.scale ?? 0) / 2);
    const before = plane(asked[1], "before");
    // A quarter of the pixels it had.
    const share =
      before.filter((value) => value > 0.5).length / first.answer.filter((value) => value > 0.5).length;
    expect(share).toBeCloseTo(0.25, 1);
  });

  test("pixels of other cells are shown as taken", async () => {
    const { ground, asked } = discGround({ y: 10, x: 20 }, 14);
    await promptCell(ground, click(12, 20), 28);
    expect(plane(asked[0], "taken").reduce((sum, value) => sum + value, 0)).toBe(1);
  });
});

describe("a simulated person", () => {
  const mask = (height: number, width: number, isIn: (y: number, x: number) => boolean): Mask => ({
    ...{ dtype: "uint8", height, width },
    data: Uint8Array.from({ length: height * width }, (_, i) =>
      isIn(Math.floor(i / width), i % width) ? 1 : 0,
    ),
  });

  test("clicks in the middle, or well inside at random; never beside the cell", () => {
    const square = mask(11, 11, (y, x) => y >= 2 && y <= 8 && x >= 2 && x <= 8);
    expect(clickOn(square, null)).toEqual({ y: 5, x: 5 });
    for (let seed = 0; seed < 50; seed++) {
      const at = clickOn(square, rng(seed));
      expect(square.data[(at?.y ?? 0) * 11 + (at?.x ?? 0)]).toBe(1);
    }
    expect(
      clickOn(
        mask(3, 3, () => false),
        null,
      ),
    ).toBeNull();
  });

  test("corrects the largest mistake, in its middle", () => {
    const truth = mask(9, 20, (y, x) => y >= 2 && y <= 6 && x >= 2 && x <= 11);
    // The last five columns are missing, and a speck of two pixels is too much.
    const answer = mask(
      9,
      20,
      (y, x) => (y >= 2 && y <= 6 && x >= 2 && x <= 6) || (y === 8 && x >= 17 && x <= 18),
    );
    expect(correctionOf(answer, truth, null, null)).toEqual({ at: { y: 4, x: 9 }, onCell: true });
    expect(correctionOf(truth, answer, null, null)).toEqual({ at: { y: 4, x: 9 }, onCell: false });
    expect(correctionOf(truth, truth, null, null)).toBeNull();
    const left = mask(9, 20, (_, x) => x < 7);
    expect(correctionOf(answer, truth, left, null)).toBeNull();
  });

  test("draws boxes that are off by an eighth of a side at most, and never empty", () => {
    for (let seed = 0; seed < 100; seed++) {
      const [y0, x0, y1, x1] = drawnBox([100, 100, 200, 150], rng(seed));
      expect(Math.max(Math.abs(y0 - 100), Math.abs(y1 - 200))).toBeLessThanOrEqual(12);
      expect(Math.max(Math.abs(x0 - 100), Math.abs(x1 - 150))).toBeLessThanOrEqual(6);
      const [a, b, c, d] = drawnBox([5, 5, 6, 6], rng(seed));
      expect(c > a && d > b).toBe(true);
    }
  });
});
