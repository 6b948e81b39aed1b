/**
 * A layer whose cells may overlap, as a person makes and uses it: the choice when it is made, the third write mode, two cells
 * across each other that both stay whole, clicks from the topmost to the next below, undo, and the same after a reload.
 */

import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LayerObjects, LayerSummary } from "#api/index.ts";
import { shapeFromWire } from "#api/shapes.ts";
import { imageArray } from "#core/array/index.ts";
import { shapeArea, sharedPixels } from "#core/labels/index.ts";
import { createProject, insertImage } from "#store/index.ts";
import { violations } from "./axe.ts";
import { ask, cellCount, click, drag, editorReady, saved } from "./editor-driver.ts";
import { type FilledSite, openFilledSite, shot } from "./harness.ts";

const side = 160;
const soon = { timeout: 60_000 };

describe("a layer whose cells may overlap", () => {
  let site: FilledSite<{ projectId: string; imageId: string }>;
  let page: Page;

  beforeAll(async () => {
    site = await openFilledSite(async (store, owner) => {
      const { id: projectId } = await createProject(store, owner, "Overlap");
      const data = Uint16Array.from({ length: side * side }, (_, i) => 300 + ((i * 7919) % 90));
      const image = imageArray("uint16", "yx", [side, side], data);
      const source = { title: "made", licence: "CC0-1.0" };
      const inserted = await insertImage(store, owner, { projectId, name: "chromosomes", image, source });
      return { projectId, imageId: inserted.imageId };
    });
    ({ page } = site);
    await page.goto(`${site.origin}/p/${site.filled.projectId}/i/${site.filled.imageId}`);
    await editorReady(page);
  }, 600_000);
  afterAll(async () => {
    await site?.stop();
    expect(site.problems).toEqual([]);
  });

  const layerId = (): string => new URL(page.url()).searchParams.get("layer") ?? "";
  async function stored() {
    const { objects } = await ask<LayerObjects>(page, `/layers/${layerId()}/objects`);
    return objects.map(({ uid, shape }) => ({ uid, shape: shapeFromWire(shape) }));
  }
  const areas = async () => (await stored()).map(({ shape }) => shapeArea(shape));
  const selected = () => page.getByTestId("editor").getAttribute("data-selected");
  const writeMode = () => page.getByTestId("tool-write-mode").textContent();
  async function showWhole(): Promise<void> {
    await page.getByTestId("surface").focus();
    await page.keyboard.press("0");
    await page.waitForTimeout(1_000);
  }

  test("on a plain layer W knows two ways only", async () => {
    await showWhole();
    expect(await writeMode()).toMatch(/Around/);
    await page.keyboard.press("w");
    await expect.poll(writeMode, soon).toMatch(/^Over(?!lap)/);
    await page.keyboard.press("w");
    await expect.poll(writeMode, soon).toMatch(/Around/);
  });

  test("the choice is there when a layer is made, and the list tells it", async () => {
    await page.getByTestId("new-layer").click();
    await page.getByLabel(/Cells may overlap/).check();
    await shot(page, "overlap-new-layer");
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Make layer" }).click();
    await expect
      .poll(() => page.getByTestId("label-layers").textContent(), soon)
      .toMatch(/Whole cells.*cells may overlap.*edited/);
    await editorReady(page);
    expect(await ask<LayerSummary>(page, `/layers/${layerId()}`)).toMatchObject({
      compartment: "wholeCell",
      overlapAllowed: true,
      objectCount: 0,
    });
  });

  test("two strokes across each other stay whole, on the server and after a reload", async () => {
    await showWhole();
    await page.keyboard.press("w");
    await page.keyboard.press("w");
    await expect.poll(writeMode, soon).toMatch(/Overlap/);
    await page.keyboard.press("n");
    await drag(page, [
      { y: 80, x: 40 },
      { y: 80, x: 120 },
    ]);
    await expect.poll(() => cellCount(page), soon).toBe(1);
    await saved(page);
    const [alone] = await areas();
    await page.keyboard.press("n");
    await drag(page, [
      { y: 40, x: 80 },
      { y: 120, x: 80 },
    ]);
    await expect.poll(() => cellCount(page), soon).toBe(2);
    await saved(page);
    const [lower, upper] = await stored();
    if (lower === undefined || upper === undefined) throw new Error("two cells were drawn");
    expect(shapeArea(lower.shape)).toBe(alone);
    // The second stroke is the first one turned, but for the rounding of screen pixels; a square as wide as the brush is common.
    expect(shapeArea(upper.shape) / shapeArea(lower.shape)).toBeCloseTo(1, 1);
    expect(sharedPixels(lower.shape, upper.shape)).toBeGreaterThan(100);
    const before = await areas();
    await page.keyboard.press("Escape");
    await page.keyboard.press("v");
    await shot(page, "overlap-two-cells");
    await page.reload();
    await editorReady(page);
    await expect.poll(() => cellCount(page), soon).toBe(2);
    expect(await areas()).toEqual(before);
    await showWhole();
    await shot(page, "overlap-reloaded");
  });

  test("a click takes the topmost cell, the next click the next below", async () => {
    const [lower, upper] = await stored();
    await page.keyboard.press("v");
    const at = { y: 80, x: 80 };
    await click(page, at);
    await expect.poll(selected, soon).toBe(upper?.uid);
    await click(page, at);
    await expect.poll(selected, soon).toBe(lower?.uid);
    await page.waitForTimeout(500);
    await shot(page, "overlap-lower-selected");
    await click(page, at);
    await expect.poll(selected, soon).toBe(upper?.uid);
  });

  test("what is deleted uncovers what lay below, and undo brings it back", async () => {
    const before = await areas();
    await page.keyboard.press("x");
    await expect.poll(() => cellCount(page), soon).toBe(1);
    await page.keyboard.press("Control+z");
    await expect.poll(() => cellCount(page), soon).toBe(2);
    await saved(page);
    expect(await areas()).toEqual(before);
  });

  test("the datasets page says what a version of them would hide, image by image", async () => {
    const status = await page.evaluate(async (id) => {
      const headers = { "x-cellfoundry": "1" };
      return (await fetch(`/api/layers/${id}/accept`, { method: "POST", headers })).status;
    }, layerId());
    expect(status).toBe(200);
    const [lower, upper] = await stored();
    if (lower === undefined || upper === undefined) throw new Error("two cells were drawn");
    await page.goto(`${site.origin}/p/${site.filled.projectId}/datasets`);
    await page.getByText(/Cells overlap in 1 layer: .* of 1 cell are hidden/).waitFor(soon);
    const row = page
      .getByRole("table", { name: /overlapping cells hide/ })
      .getByRole("row")
      .nth(1);
    expect(await row.getByRole("cell").allTextContents()).toEqual([
      "chromosomes",
      String(sharedPixels(lower.shape, upper.shape)),
      "1",
      "0",
    ]);
    await shot(page, "overlap-freeze");
    expect(await violations(page)).toEqual([]);
  });
});
