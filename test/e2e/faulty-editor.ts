/** The image of `faulty-cells` open in the editor, and the place where a test can draw without meeting a cell. */

import type { Page } from "playwright-core";
import { drag, editorReady } from "./editor-driver.ts";
import type { FilledSite } from "./harness.ts";
import { openPage } from "./open-page.ts";

/** In a page of its own, closed when the test ends. @param spoil  what is done to the page before it loads anything. */
export async function openEditor(
  site: FilledSite<string>,
  spoil?: (page: Page) => Promise<unknown>,
): Promise<Page> {
  const page = await openPage(site);
  await spoil?.(page);
  await page.goto(site.origin + site.filled);
  await editorReady(page);
  return page;
}

/** Draws a new cell in the lower margin, where none is. */
export async function drawInMargin(page: Page, x: number): Promise<void> {
  await page.getByTestId("tool-new-cell").click();
  await drag(page, [
    { y: 164, x },
    { y: 164, x: x + 4 },
  ]);
}
