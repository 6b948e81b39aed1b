/**
 * Several label layers on the page: nuclei and whole cells at once, linked; the edited one changed in place; a branch and a
 * revision compared with the cells on the screen, over the picture and beside it; and what the page says when there is
 * nothing to show.
 */

import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { imageArray, type LabelImage, labelImage } from "#core/array/index.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { createBranch, createProject, insertImage, type NewLayer } from "#store/index.ts";
import { violations } from "./axe.ts";
import { cellCount, click, drag, editorReady, saved, storedCells } from "./editor-driver.ts";
import { type FilledSite, openFilledSite, shot } from "./harness.ts";

const side = 240;
const soon = { timeout: 60_000 };

/** Discs on a grid of 40 pixels; those in `without` are left out. */
function discs(radius: number, without: readonly number[] = []): LabelImage {
  const labels = labelImage(side, side);
  for (let k = 0; k < 36; k++) {
    if (without.includes(k)) continue;
    const [cy, cx] = [Math.floor(k / 6) * 40 + 20, (k % 6) * 40 + 20];
    for (let y = cy - radius; y <= cy + radius; y++)
      for (let x = cx - radius; x <= cx + radius; x++)
        if ((y - cy) ** 2 + (x - cx) ** 2 <= radius * radius) labels.data[y * side + x] = k + 1;
  }
  return labels;
}

const layer = (compartment: NewLayer["compartment"], labels: LabelImage): NewLayer => ({
  compartment,
  objects: [...objectShapesFromLabels(labels)].map(([label, shape]) => ({ label, shape })),
});

describe("several label layers", () => {
  let site: FilledSite<{ projectId: string; imageId: string; emptyId: string; nucleiId: string }>;
  let page: Page;

  beforeAll(async () => {
    site = await openFilledSite(async (store, owner) => {
      const { id: projectId } = await createProject(store, owner, "Layers");
      const nuclei = discs(7);
      const data = Uint16Array.from({ length: 2 * side * side }, (_, i) => {
        const at = i % (side * side);
        return 300 + ((at * 7919) % 90) + (nuclei.data[at] === 0 ? 0 : i < side * side ? 2_000 : 900);
      });
      const source = { title: "made", licence: "CC0-1.0" };
      const image = imageArray("uint16", "cyx", [2, side, side], data);
      // Three nuclei lie in no cell.
      const layers = [layer("nuclear", nuclei), layer("wholeCell", discs(15, [3, 4, 20]))];
      const inserted = await insertImage(store, owner, { projectId, name: "tissue", image, source, layers });
      const other = imageArray("uint16", "yx", [64, 64], new Uint16Array(64 * 64).fill(7));
      const empty = await insertImage(store, owner, { projectId, name: "empty", image: other, source });
      if (inserted.state !== "inserted" || empty.state !== "inserted") throw new Error("not inserted");
      const nucleiId = inserted.layerId as string;
      await createBranch(store, owner, nucleiId, "second reader", {});
      return { projectId, imageId: inserted.imageId, emptyId: empty.imageId, nucleiId };
    });
    ({ page } = site);
    await openImage(site.filled.imageId);
  }, 600_000);
  afterAll(async () => {
    await site?.stop();
    expect(site.problems).toEqual([]);
  });

  async function openImage(imageId: string, search = ""): Promise<void> {
    await page.goto(`${site.origin}/p/${site.filled.projectId}/i/${imageId}${search}`);
    await editorReady(page);
  }
  const button = (name: string | RegExp) => page.getByRole("button", { name });
  /** The whole image in view, at rest. */
  async function showWhole(): Promise<void> {
    await page.getByTestId("surface").focus();
    await page.keyboard.press("0");
    await page.waitForTimeout(1_500);
  }
  const text = (testId: string) => page.getByTestId(testId).textContent();

  test("nuclei and whole cells lie over each other, and the links of both are told", async () => {
    expect(await cellCount(page)).toBe(36);
    await button("Show Whole cells").click();
    await page.locator('[data-testid="shelf-row"][data-phase="ready"]').waitFor(soon);
    await expect.poll(() => text("nesting-fitting"), soon).toMatch(/^33 of 36 nuclei/);
    expect(await text("nesting-outside")).toBe("3");
    await page.getByTestId("nesting-outside").click();
    await expect.poll(() => new URL(page.url()).searchParams.get("cell"), soon).not.toBeNull();
    await shot(page, "layers-two");
    expect(await violations(page)).toEqual([]);
  });

  test("whole cells are edited in place of nuclei, on the same page, and back", async () => {
    const marker = await page.evaluate(() => {
      const own = window as unknown as { stays?: number };
      own.stays = 7;
      return own.stays;
    });
    await page.getByTestId("edit-layer-wholeCell").click();
    await expect
      .poll(() => page.getByTestId("label-layers").textContent(), soon)
      .toMatch(/Whole cells.*edited/);
    await editorReady(page);
    await expect.poll(() => cellCount(page), soon).toBe(33);
    await showWhole();
    await page.keyboard.press("x");
    await click(page, { y: 20, x: 20 });
    await expect.poll(() => cellCount(page), soon).toBe(32);
    await saved(page);
    await page.getByTestId("edit-layer-nuclear").first().click();
    await editorReady(page);
    await expect.poll(() => cellCount(page), soon).toBe(36);
    expect(await page.evaluate(() => (window as unknown as { stays?: number }).stays)).toBe(marker);
    expect(new URL(page.url()).searchParams.get("layer")).toBe(site.filled.nucleiId);
  });

  test("a branch is compared with the cells on the screen, edits of a moment ago included", async () => {
    await showWhole();
    await page.keyboard.press("x");
    await click(page, { y: 20, x: 60 });
    await expect.poll(() => cellCount(page), soon).toBe(35);
    await page.keyboard.press("Escape");
    await page.keyboard.press("s");
    await drag(page, [
      { y: 85, x: 100 },
      { y: 115, x: 100 },
    ]);
    await expect.poll(() => cellCount(page), soon).toBe(36);
    await page.keyboard.press("Escape");
    await page.keyboard.press("v");
    const compare = page.getByTestId("compare");
    await compare.getByRole("combobox").click();
    await page.getByRole("option", { name: /branch second reader/ }).click();
    await expect.poll(() => compare.getAttribute("data-phase"), soon).toBe("ready");
    await expect.poll(() => text("compare-onlySecond"), soon).toBe("1");
    expect(await text("compare-merged")).toBe("1");
    expect(await text("compare-agree")).toMatch(/^34 cells alike, 2 differences/);
    await page.getByTestId("compare-merged").click();
    expect(await text("compare-at")).toBe("2 of 2");
    await shot(page, "layers-compare");
    await page.getByTestId("compare-side").click();
    await page.locator('[data-testid="compare-pane"] [data-labels="ready"]').waitFor(soon);
    await shot(page, "layers-side-by-side");
    expect(await violations(page)).toEqual([]);
    await page.getByTestId("compare-end").click();
    await page.getByTestId("compare-pane").waitFor({ state: "detached", timeout: 20_000 });
    await saved(page);
  });

  test("an earlier revision is another side to compare with", async () => {
    const compare = page.getByTestId("compare");
    await compare.getByRole("combobox").click();
    await page.getByRole("option", { name: /^Revision 1/ }).click();
    await expect.poll(() => compare.getAttribute("data-phase"), soon).toBe("ready");
    await expect.poll(() => text("compare-onlySecond"), soon).toBe("1");
    await page.getByTestId("compare-end").click();
  });

  test("an image without cells says what to do, and a cell drawn over its border ends at the border", async () => {
    await openImage(site.filled.emptyId);
    expect(await cellCount(page)).toBe(0);
    await page.getByTestId("tab-cells").click();
    await expect
      .poll(() => page.getByText("No cells yet. Propose, or draw one with the brush.").count(), soon)
      .toBe(1);
    await page.keyboard.press("b");
    await drag(page, [
      { y: 30, x: 55 },
      { y: 32, x: 80 },
    ]);
    await expect.poll(() => cellCount(page), soon).toBe(1);
    await saved(page);
    const [cell] = await storedCells(page);
    expect(cell?.shape.bbox[3]).toBe(64);
  });
});
