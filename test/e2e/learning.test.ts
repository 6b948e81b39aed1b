/**
 * Learning in place, on the page: propose, move the threshold, accept and take back; run the model on a box; start an
 * improvement and stop it. With the shipped model on made-up cells.
 */

import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { imageArray } from "#core/array/index.ts";
import { type Agent, insertImage, type Store } from "#store/index.ts";
import { violations } from "./axe.ts";
import { ask, cellCount, drag, editorReady, saved } from "./editor-driver.ts";
import { shot } from "./harness.ts";
import { late, projectWithModels, scene, sceneHeight, sceneWidth } from "./shipped-scene.ts";
import { siteOfTests } from "./site-of-tests.ts";

interface Filled {
  readonly projectId: string;
  readonly still: string;
}

/** An image without labels. */
async function fill(store: Store, owner: Agent): Promise<Filled> {
  const projectId = await projectWithModels(store, owner, "Learning");
  const { imageId: still } = await insertImage(store, owner, {
    ...{ projectId, name: "still", group: "still" },
    image: imageArray("uint16", "yx", [sceneHeight, sceneWidth], scene.image.data),
    source: { title: "made", licence: "CC0-1.0" },
  });
  return { projectId, still };
}

describe("learning in place", () => {
  const site = siteOfTests(fill);
  let page: Page;
  beforeAll(() => {
    ({ page } = site());
  });

  const open = async (imageId: string): Promise<void> => {
    await page.goto(`${site().origin}/p/${site().filled.projectId}/i/${imageId}`);
    await page
      .getByTestId("editor")
      .waitFor(late)
      .catch(async (error: unknown) => {
        await shot(page, "learn-not-open");
        throw error;
      });
    await editorReady(page);
    await page.getByTestId("tab-model").click();
  };
  const proposals = async () => {
    const panel = page.getByTestId("proposals");
    const count = async (name: string) => Number(await panel.getAttribute(`data-${name}`));
    return { above: await count("above"), below: await count("below"), touched: await count("touched") };
  };
  const part = (name: string): Promise<string | null> =>
    page.getByTestId("part-panel").getAttribute(`data-${name}`);

  test("proposals: a threshold makes ghosts, one key accepts the rest, undo takes it back", async () => {
    await open(site().filled.still);
    await page.getByTestId("primary").click();
    await expect.poll(() => cellCount(page), late).toBeGreaterThan(3);
    const all = await cellCount(page);
    expect(await proposals()).toEqual({ above: all, below: 0, touched: 0 });
    const { layers } = await ask<{ layers: { id: string }[] }>(page, `/images/${site().filled.still}`);
    const stored = async () =>
      (
        await ask<{ objects: { confidence: number; untouched?: boolean }[] }>(
          page,
          `/layers/${layers[0]?.id}/objects`,
        )
      ).objects;
    const confidences = (await stored()).map(({ confidence }) => confidence).sort((a, b) => a - b);
    // Between the two middle ones.
    const middle = confidences[Math.floor(all / 2)] ?? 0.5;
    const slider = page.getByRole("slider", { name: "Threshold" });
    const track = await slider.locator("xpath=ancestor::*[contains(@class,'touch-none')]").boundingBox();
    if (track === null) throw new Error("there is no slider");
    await page.mouse.click(track.x + middle * track.width, track.y + track.height / 2);
    await expect.poll(async () => (await proposals()).below).toBeGreaterThan(0);
    const { above, below } = await proposals();
    expect(above + below).toBe(all);
    await shot(page, "learn-01-threshold");
    expect(await violations(page)).toEqual([]);
    await page.getByTestId("surface").focus();
    await page.keyboard.press("Shift+U");
    await expect.poll(proposals).toEqual({ above: 0, below, touched: above });
    await saved(page);
    expect((await stored()).filter(({ untouched }) => untouched !== true).length).toBe(above);
    await page.keyboard.press("Control+Z");
    await expect.poll(proposals).toEqual({ above, below, touched: 0 });
    await page.keyboard.press("Control+Shift+Z");
    await expect.poll(proposals).toEqual({ above: 0, below, touched: above });
    await page.getByTestId("remove-below").click();
    await expect.poll(() => cellCount(page)).toBe(above);
    await saved(page);
  });

  test("the model is asked to take fainter cells, and back", async () => {
    const counts = await proposals();
    const faint = page.getByRole("slider", { name: "Faint cells" });
    await faint.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => faint.getAttribute("aria-valuetext")).toBe("most");
    await shot(page, "learn-05-fit");
    expect(await violations(page)).toEqual([]);
    await page.getByTestId("propose-whole").click();
    // The cells left out above come back below the threshold, which stands where it was; those a person accepted stay.
    await expect.poll(async () => (await proposals()).below, late).toBeGreaterThan(counts.below);
    expect((await proposals()).touched).toBe(counts.touched);
    await page.getByTestId("image-fit").getByRole("button", { name: "As the model does" }).click();
    await expect.poll(() => faint.getAttribute("aria-valuetext")).toBe("as it is");
    await page.getByTestId("remove-below").click();
    await expect.poll(() => cellCount(page)).toBe(counts.touched);
    await saved(page);
  });

  test("run the model here: a draft that brings back what was missing, exact undo", async () => {
    const before = await cellCount(page);
    await page.getByTestId("surface").focus();
    await page.keyboard.press("Shift+B");
    await drag(page, [
      { y: 4, x: 4 },
      { y: sceneHeight - 4, x: sceneWidth - 4 },
    ]);
    await expect.poll(() => part("asking"), late).toBe("false");
    await expect.poll(async () => Number(await part("made")), late).toBeGreaterThan(0);
    // Accepted cells stay as they are.
    expect([await part("changed"), await part("removed")]).toEqual(["0", "0"]);
    const made = Number(await part("made"));
    await shot(page, "learn-02-run-here");
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Enter");
    await expect.poll(() => cellCount(page)).toBe(before + made);
    await page.keyboard.press("Control+Z");
    await expect.poll(() => cellCount(page)).toBe(before);
    await page.keyboard.press("Escape");
    await saved(page);
  });

  test("an improvement is started from the image, shows how far it is, and can be stopped", async () => {
    await page.getByTestId("tab-model").click();
    await page.getByTestId("improve-start").click();
    await page.getByTestId("improve-running").waitFor(late);
    await shot(page, "learn-03-improving");
    await page.getByTestId("improve-running").getByRole("button", { name: "Cancel" }).click();
    await page.getByTestId("improve-start").waitFor(late);
    await page.getByTestId("effort").waitFor(late);
    expect(await page.getByTestId("effort").getAttribute("data-images")).not.toBe("0");
    await shot(page, "learn-04-effort");
  });
});
