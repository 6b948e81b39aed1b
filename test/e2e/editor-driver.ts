/** Drives the image page as a hand does, and asks what the server has of it. */

import type { Page } from "playwright-core";
import type { Site } from "./harness.ts";
import { ask, editorReady } from "./page-ready.ts";

export type { Point } from "./page-ready.ts";
export { ask, click, drag, editorReady, onScreen } from "./page-ready.ts";

/** A cell as the API tells it; boxes are [y0, x0, y1, x1], half open. */
export interface WireObject {
  readonly uid: string;
  readonly digest: string;
  readonly shape: { readonly bbox: readonly [number, number, number, number] };
}

/** Cells of the first layer of the image that is open, as the server knows them. */
export async function storedCells(page: Page): Promise<readonly WireObject[]> {
  const imageId = new URL(page.url()).pathname.split("/").at(-1);
  const image = await ask<{ layers: { id: string }[] }>(page, `/images/${imageId}`);
  return (await ask<{ objects: WireObject[] }>(page, `/layers/${image.layers[0]?.id}/objects`)).objects;
}

export const boxArea = ({ shape: { bbox } }: WireObject): number => (bbox[2] - bbox[0]) * (bbox[3] - bbox[1]);

/** Signs in and opens the first image of the sample project. */
export async function openSampleImage({ page, signInUrl }: Pick<Site, "page" | "signInUrl">): Promise<void> {
  await page.goto(signInUrl);
  await page.getByText("Sample", { exact: false }).first().waitFor({ timeout: 120_000 });
  await page
    .getByRole("link", { name: /sample/i })
    .first()
    .click();
  await page.locator('a[href*="/i/"]').first().click({ timeout: 60_000 });
  await editorReady(page);
}

export async function cellCount(page: Page): Promise<number> {
  return Number(await page.getByTestId("editor").getAttribute("data-cell-count"));
}

/** Waits until the page says that everything is saved, and only then says the sequence number. */
export async function saved(page: Page): Promise<number> {
  const editor = page.getByTestId("editor");
  // No poll of a test: pages are also made ready before the first one.
  await page
    .locator('[data-testid="editor"][data-waiting="0"][data-saved-state="saved"]')
    .waitFor({ state: "attached", timeout: 20_000 });
  return Number(await editor.getAttribute("data-seq"));
}
