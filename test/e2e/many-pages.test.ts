/**
 * Many pages of one browser open at once. A browser has six connections to a server for all of them, so pages that each kept a
 * stream or two open would bring the seventh to a stop, its saving included.
 */

import { afterAll, beforeAll, expect, test } from "vitest";
import { cellCount, drag, editorReady, saved, storedCells } from "./editor-driver.ts";
import { fillFaultyCells } from "./faulty-cells.ts";
import { type FilledSite, openFilledSite } from "./harness.ts";
import { openPage } from "./open-page.ts";

let site: FilledSite<string>;

beforeAll(async () => {
  site = await openFilledSite(fillFaultyCells);
});
afterAll(async () => {
  await site?.stop();
  expect(site?.problems).toEqual([]);
});

/** More than a browser has connections. */
const pageCount = 8;

test("an image in eight pages of one browser: a stroke is saved and comes to them all", async () => {
  const pages = [];
  for (let n = 0; n < pageCount; n++) {
    const page = await openPage(site);
    await page.goto(site.origin + site.filled);
    await editorReady(page);
    pages.push(page);
  }
  // The page that came first edits; in the others the image is to look at.
  const [first] = pages;
  if (first === undefined) throw new Error("No pages.");
  const before = await cellCount(first);
  await first.bringToFront();
  await first.getByTestId("tool-new-cell").click();
  await drag(first, [
    { y: 164, x: 80 },
    { y: 164, x: 84 },
  ]);
  await saved(first);
  expect(await storedCells(first)).toHaveLength(before + 1);
  for (const page of pages) await expect.poll(() => cellCount(page), { timeout: 20_000 }).toBe(before + 1);
});
