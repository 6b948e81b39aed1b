/**
 * Many pages of one browser open at once. A browser has six connections to a server for all of them, so pages that each kept a
 * stream or two open would bring the seventh to a stop, its saving included.
 */

import { expect, test } from "vitest";
import { cellCount, saved, storedCells } from "./editor-driver.ts";
import { fillFaultyCells } from "./faulty-cells.ts";
import { drawInMargin, openEditor } from "./faulty-editor.ts";
import { siteOfTests } from "./site-of-tests.ts";

const site = siteOfTests(fillFaultyCells);

/** More than a browser has connections. */
const pageCount = 8;

test("an image in eight pages of one browser: a stroke is saved and comes to them all", async () => {
  const pages = [];
  for (let n = 0; n < pageCount; n++) pages.push(await openEditor(site()));
  // The page that came first edits; in the others the image is to look at.
  const [first] = pages;
  if (first === undefined) throw new Error("No pages.");
  const before = await cellCount(first);
  await first.bringToFront();
  await drawInMargin(first, 80);
  await saved(first);
  expect(await storedCells(first)).toHaveLength(before + 1);
  for (const page of pages) await expect.poll(() => cellCount(page), { timeout: 20_000 }).toBe(before + 1);
});
