import { describe, expect, test } from "vitest";
import {
  clampView,
  fitView,
  keepOnImage,
  panBy,
  screenToWorld,
  type View,
  viewBetween,
  viewOfBox,
  worldToPixel,
  worldToScreen,
  zoomAt,
  zoomMax,
} from "./view-maths.ts";

const viewport = { width: 800, height: 600 };
const view: View = { zoom: 1, target: { y: 50, x: 100 } };

describe("view maths", () => {
  test("the target lies in the middle, one image pixel is two screen pixels at zoom 1", () => {
    expect(screenToWorld(view, viewport, { x: 400, y: 300 })).toEqual({ y: 50, x: 100 });
    expect(screenToWorld(view, viewport, { x: 402, y: 298 })).toEqual({ y: 49, x: 101 });
    expect(worldToScreen(view, viewport, { y: 49, x: 101 })).toEqual({ x: 402, y: 298 });
  });

  test("the middle of the first pixel is pixel (0, 0)", () => {
    expect(worldToPixel({ y: 0.5, x: 0.5 })).toEqual({ y: 0, x: 0 });
  });

  test("zooming holds the point under the pointer", () => {
    const anchor = { x: 123, y: 456 };
    const held = screenToWorld(view, viewport, anchor);
    const zoomed = zoomAt(view, viewport, anchor, 1.7);
    const after = screenToWorld(zoomed, viewport, anchor);
    expect(after.x).toBeCloseTo(held.x, 9);
    expect(after.y).toBeCloseTo(held.y, 9);
    expect(zoomed.zoom).toBeCloseTo(2.7, 9);
  });

  test("zooming stops at the limit and still holds the point", () => {
    const anchor = { x: 700, y: 10 };
    const zoomed = zoomAt(view, viewport, anchor, 99);
    expect(zoomed.zoom).toBe(zoomMax);
    expect(screenToWorld(zoomed, viewport, anchor).x).toBeCloseTo(screenToWorld(view, viewport, anchor).x, 9);
  });

  test("dragging 20 pixels right moves the target 10 image pixels left at zoom 1", () => {
    expect(panBy(view, 20, -4)).toEqual({ zoom: 1, target: { y: 52, x: 90 } });
  });

  test("a fitted image is seen whole: the tighter side decides", () => {
    const fitted = fitView({ width: 1000, height: 1000 }, viewport);
    expect(2 ** fitted.zoom).toBeCloseTo(0.6 * 0.94, 9);
    expect(fitted.target).toEqual({ y: 500, x: 500 });
    const corner = worldToScreen(fitted, viewport, { y: 1000, x: 0 });
    expect(corner.y).toBeCloseTo(300 + 282, 6);
  });

  test("a viewport without size gives a usable view", () => {
    expect(fitView({ width: 10, height: 10 }, { width: 0, height: 0 }).zoom).toBe(0);
  });

  test("a box is centred and has room for its neighbours", () => {
    const seen = viewOfBox([10, 20, 34, 36], viewport, 6);
    expect(seen.target).toEqual({ y: 22, x: 28 });
    expect(2 ** seen.zoom).toBeCloseTo(600 / (24 * 5), 9);
  });

  test("a cell at the border is shown with little room beside the image; a small image is centred", () => {
    const image = { width: 1000, height: 200 };
    const kept = keepOnImage({ zoom: 1, target: { y: 3, x: 995 } }, image, viewport);
    // 800 x 600 screen pixels are 400 x 300 image pixels; 120 of the screen are 60 of the image.
    expect(kept).toEqual({ zoom: 1, target: { y: 100, x: 860 } });
    expect(keepOnImage({ zoom: 3, target: { y: 100, x: 500 } }, image, viewport).target).toEqual({
      y: 100,
      x: 500,
    });
  });

  test("the view cannot leave the image", () => {
    const lost = clampView({ zoom: 99, target: { y: -5, x: 2000 } }, { width: 100, height: 100 });
    expect(lost).toEqual({ zoom: zoomMax, target: { y: 0, x: 100 } });
  });

  test("a flight starts and ends where it should", () => {
    const to: View = { zoom: 3, target: { y: 0, x: 0 } };
    expect(viewBetween(view, to, 0)).toEqual(view);
    expect(viewBetween(view, to, 1)).toEqual(to);
    expect(viewBetween(view, to, 0.5).zoom).toBeCloseTo(2, 9);
  });
});
