/**
 * The images page as a catalogue: edit many images at once, find them by term, undo, trash and restore, save a query,
 * look at charts; in both colour schemes without a serious violation of WCAG 2.2 AA.
 */

import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { violations } from "./axe.ts";
import { openSite, type Site, shot } from "./harness.ts";

let site: Site;
let page: Page;
let project = "";

beforeAll(async () => {
  site = await openSite();
  ({ page } = site);
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto(site.signInUrl);
  const link = page.getByRole("link", { name: /sample/i }).first();
  await link.waitFor({ timeout: 120_000 });
  project = new URL((await link.getAttribute("href")) ?? "", site.origin).pathname;
  await page.goto(site.origin + project);
  await page.getByRole("list", { name: "Images" }).waitFor();
  await imagesShown(24);
});
afterAll(async () => {
  await site?.stop();
});

/** The sample project is filled by a job; the count beside the query says how many answer. */
async function imagesShown(count: number): Promise<void> {
  await page
    .getByText(`${count} image${count === 1 ? "" : "s"}`, { exact: true })
    .waitFor({ timeout: 120_000 });
}

test("many images at once: choose, preview, edit, find by a term above, undo", async () => {
  const boxes = page.getByRole("checkbox", { name: /^Select / });
  await boxes.nth(0).click();
  await boxes.nth(3).click({ modifiers: ["Shift"] });
  await page.getByText("4 images selected").waitFor();
  await shot(page, "catalogue-selection");
  await page.getByRole("button", { name: "Edit metadata" }).click();
  await page.getByRole("combobox", { name: "Value of organ" }).fill("jejunum");
  await page.getByText("4 images will change.").waitFor();
  await shot(page, "catalogue-bulk-edit");
  await page.getByRole("button", { name: "Change 4 images" }).click();
  await page.getByText("4 images changed.").waitFor();

  await page.getByRole("checkbox", { name: /jejunum/ }).check();
  await imagesShown(4);
  expect(new URL(page.url()).searchParams.get("q")).toBe("organ under UBERON:0002115");
  await page.getByRole("button", { name: "Remove organ: jejunum" }).waitFor();
  await shot(page, "catalogue-term");
  // A term above it, found by typing, holds the same images.
  await page.getByRole("button", { name: "Remove organ: jejunum" }).click();
  await imagesShown(24);
  await page.getByRole("combobox", { name: "Find a term" }).fill("small intestine");
  await page
    .getByRole("option", { name: /small intestine/ })
    .first()
    .click();
  await imagesShown(4);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("4 images as before.").waitFor();
  await page.getByText("No image answers this query").waitFor();
  await page.getByRole("button", { name: "Clear all" }).click();
  await imagesShown(24);
});

test("a query is kept under a name and comes back with a link", async () => {
  await page.getByRole("spinbutton", { name: "Cells per image, from" }).fill("20");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Remove cells at least 20" }).waitFor();
  const address = page.url();
  expect(new URL(address).searchParams.get("q")).toBe("cells>=20");
  await page.getByRole("button", { name: "Saved queries" }).click();
  await page.getByRole("textbox", { name: "Name of the query" }).fill("Crowded");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Delete Crowded" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Clear all" }).click();
  await imagesShown(24);
  await page.getByRole("button", { name: "Saved queries" }).click();
  await page.getByRole("button", { name: /^Crowded/ }).click();
  await page.getByRole("button", { name: "Remove cells at least 20" }).waitFor();
  expect(page.url()).toBe(address);
  await page.getByRole("button", { name: "Clear all" }).click();
  await imagesShown(24);
});

test("all of a query to the trash, and back", async () => {
  await page
    .getByRole("checkbox", { name: /^Select / })
    .first()
    .click();
  await page.getByRole("button", { name: "Select all 24 images of this query" }).click();
  await page.getByText("24 images selected").waitFor();
  await page.getByRole("button", { name: "Move to trash" }).click();
  await page.getByText("No images yet").waitFor();
  await page.getByRole("link", { name: "Trash" }).click();
  await page.getByText("24 images in the trash").waitFor();
  await shot(page, "catalogue-trash");
  expect(await violations(page)).toEqual([]);
  await page.getByRole("checkbox", { name: "Select all listed" }).check();
  await page.getByRole("button", { name: "Restore 24 images" }).click();
  await page.getByText("The trash is empty").waitFor();
  await page
    .getByRole("navigation", { name: "Views of the images" })
    .getByRole("link", { name: "Images" })
    .click();
  await imagesShown(24);
});

test.each(["light", "dark"] as const)("charts with their tables, in the %s scheme", async (colorScheme) => {
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  await page.goto(`${site.origin}${project}?view=charts&rows=kind&columns=status`);
  await page.getByRole("heading", { name: "Cells by kind and status" }).waitFor();
  await page.getByRole("img", { name: /^Cells per image: / }).waitFor();
  await shot(page, `catalogue-charts-${colorScheme}`);
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Show table: Cells per image" }).click();
  const counts = await page
    .getByRole("table", { name: "Cells per image" })
    .locator("td:nth-child(2)")
    .allInnerTexts();
  expect(counts.reduce((sum, text) => sum + Number(text), 0)).toBe(24);
  await page.goto(site.origin + project);
  await imagesShown(24);
  await shot(page, `catalogue-grid-${colorScheme}`);
  expect(await violations(page)).toEqual([]);
});
