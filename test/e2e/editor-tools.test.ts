/**
 * The tools whose outcome is looked at first, on the page: a cell drawn by flood, cells by a threshold in a box, one split by
 * two seeds, the small ones deleted together; all taken back, and the cells are those of the beginning, on the server too.
 */

import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violations } from "./axe.ts";
import {
  ask,
  boxArea,
  cellCount,
  click,
  drag,
  openSampleImage,
  type Point,
  saved,
  storedCells,
  type WireObject,
} from "./editor-driver.ts";
import { openSite, type Site, shot } from "./harness.ts";

describe("tools with a draft", () => {
  let site: Site;
  let page: Page;

  beforeAll(async () => {
    site = await openSite();
    ({ page } = site);
    await openSampleImage(site);
  });
  afterAll(async () => {
    await site?.stop();
    expect(site.problems).toEqual([]);
  });

  /** A cell in the right half, away from the image's edge and from the panel at the left. */
  const freeCell = async (): Promise<WireObject> => {
    const imageId = new URL(page.url()).pathname.split("/").at(-1);
    const { height, width } = await ask<{ height: number; width: number }>(page, `/images/${imageId}`);
    const found = [...(await storedCells(page))]
      .sort((a, b) => boxArea(b) - boxArea(a))
      .find(({ shape: { bbox } }) => {
        const [y0, x0, y1, x1] = bbox;
        return y0 > 20 && x0 > width / 2 && y1 < height - 20 && x1 < width - 20;
      });
    if (found === undefined) throw new Error("no cell lies in the right half");
    return found;
  };

  /** Which cells there are and their exact shapes. */
  const cells = async (): Promise<string[]> =>
    (await storedCells(page)).map(({ uid, digest }) => `${uid} ${digest}`).sort();

  const panel = () => page.getByTestId("draft-panel");
  const drafted = async (): Promise<number> => Number(await panel().getAttribute("data-cells"));

  test("flood, threshold, seeds and bulk delete, then all taken back", async () => {
    if ((await cellCount(page)) === 0) {
      await page.getByTestId("primary").click();
      await expect.poll(() => cellCount(page), { timeout: 90_000 }).toBeGreaterThan(3);
      await saved(page);
    }
    const start = await cells();
    const boxes = [...(await storedCells(page))].sort((a, b) => boxArea(b) - boxArea(a));
    const victim = await freeCell();

    // Delete one cell, so that the picture shows one that nobody has drawn.
    await page.getByTestId("tool-select").click();
    await click(page, middle(victim));
    await page.keyboard.press("x");
    await expect.poll(() => cellCount(page)).toBe(start.length - 1);
    await saved(page);

    await page.keyboard.press("a");
    await panel().waitFor();
    await click(page, middle(victim));
    await expect.poll(drafted).toBe(1);
    expect(await cellCount(page)).toBe(start.length - 1);
    expect(await cells()).toHaveLength(start.length - 1);
    expect(await violations(page)).toEqual([]);
    await shot(page, "editor-flood");
    await page.keyboard.press("Enter");
    await expect.poll(() => cellCount(page)).toBe(start.length);
    await saved(page);
    await page.keyboard.press("Control+z");
    await expect.poll(() => cellCount(page)).toBe(start.length - 1);

    // The same cell by a threshold in a box around it.
    await page.getByTestId("tool-threshold").click();
    const [y0, x0, y1, x1] = victim.shape.bbox;
    await drag(page, [
      { y: y0 - 3, x: x0 - 3 },
      { y: y1 + 2, x: x1 + 2 },
    ]);
    await expect.poll(drafted).toBeGreaterThan(0);
    expect(await violations(page)).toEqual([]);
    await shot(page, "editor-threshold");
    const made = await drafted();
    await page.getByRole("button", { name: /^Apply/ }).click();
    await expect.poll(() => cellCount(page)).toBe(start.length - 1 + made);
    await page.keyboard.press("Control+z");
    await page.keyboard.press("Control+z");
    await expect.poll(() => cellCount(page)).toBe(start.length);
    await saved(page);
    expect(await cells()).toEqual(start);

    await page.keyboard.press("d");
    const { y, x } = middle(victim);
    const wide = x1 - x0 > y1 - y0;
    for (const by of [-3, 3]) await click(page, wide ? { y, x: x + by } : { y: y + by, x });
    await expect.poll(drafted).toBe(2);
    expect(await page.getByTestId("draft-point").count()).toBe(2);
    expect(await violations(page)).toEqual([]);
    await shot(page, "editor-seeds");
    await page.keyboard.press("Enter");
    await expect.poll(() => cellCount(page)).toBe(start.length + 1);

    await page.keyboard.press("z");
    await page.getByLabel(/^Smaller than/).fill("100000");
    await expect.poll(drafted).toBe(start.length + 1);
    await page.getByLabel(/^Smaller than/).fill("");
    await page.getByLabel("At the edge of the image").check();
    await expect.poll(drafted).toBeLessThan(start.length + 1);
    await page.getByLabel("At the edge of the image").uncheck();
    const middleArea = boxArea(boxes[Math.floor(boxes.length / 2)] as WireObject);
    await page.getByLabel(/^Smaller than/).fill(String(Math.round(middleArea / 2)));
    await expect.poll(drafted).toBeGreaterThan(0);
    const found = await drafted();
    expect(found).toBeLessThan(start.length + 1);
    expect(await violations(page)).toEqual([]);
    await shot(page, "editor-bulk");
    // In the field, Enter is the form's.
    await page.keyboard.press("Enter");
    await expect.poll(() => cellCount(page)).toBe(start.length + 1 - found);
    await saved(page);
    expect(await cells()).toHaveLength(start.length + 1 - found);

    await page.keyboard.press("Control+z");
    await expect.poll(() => cellCount(page)).toBe(start.length + 1);
    await page.keyboard.press("Control+z");
    await expect.poll(() => cellCount(page)).toBe(start.length);
    await saved(page);
    expect(await cells()).toEqual(start);
  });

  test("growing is shown before it is done, and by the keyboard; Escape leaves nothing", async () => {
    const start = await cells();
    const one = await freeCell();
    await page.getByTestId("tool-select").click();
    await click(page, middle(one));
    await page.keyboard.press("g");
    await expect.poll(drafted).toBe(1);
    await page.keyboard.press("]");
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await violations(page)).toEqual([]);
    await shot(page, "editor-grow-dark");
    await page.keyboard.press("Escape");
    await panel().waitFor({ state: "detached" });

    await page.keyboard.press("a");
    for (const key of ["ArrowLeft", "ArrowDown", "Space"]) await page.keyboard.press(key);
    await page.getByTestId("arrow-pointer").waitFor({ state: "attached" });
    await page.getByTestId("draft-point").waitFor({ state: "attached" });
    await shot(page, "editor-arrows-dark");
    await page.keyboard.press("Escape");
    await page.getByTestId("draft-point").waitFor({ state: "detached" });
    await page.keyboard.press("?");
    await page.getByTestId("key-help").waitFor();
    expect(await violations(page)).toEqual([]);
    await shot(page, "editor-keys-dark");
    await page.getByTestId("key-help").getByRole("button", { name: "Close" }).click();
    await page.getByTestId("key-help").waitFor({ state: "detached" });
    expect(await cells()).toEqual(start);
  });
});

const middle = ({ shape: { bbox } }: WireObject): Point => ({
  y: Math.floor((bbox[0] + bbox[2] - 1) / 2),
  x: Math.floor((bbox[1] + bbox[3] - 1) / 2),
});
