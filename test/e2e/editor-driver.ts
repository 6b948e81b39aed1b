/** Drives the image page as a hand does: positions are given in image pixels and turned into screen pixels. */

import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { Site } from "./harness.ts";
import { ask, editorReady } from "./page-ready.ts";

export { ask, editorReady };

export interface Point {
  readonly y: number;
  readonly x: number;
}

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
  await expect.poll(() => editor.getAttribute("data-waiting"), { timeout: 20_000 }).toBe("0");
  await expect.poll(() => editor.getAttribute("data-saved-state"), { timeout: 20_000 }).toBe("saved");
  return Number(await editor.getAttribute("data-seq"));
}

/** Image pixel -> page pixel, by the view that the page states. */
export async function onScreen(page: Page, point: Point): Promise<Point> {
  const view = JSON.parse((await page.getByTestId("editor").getAttribute("data-view")) ?? "null");
  const box = await page.getByTestId("surface").boundingBox();
  if (view === null || box === null) throw new Error("the image is not on the screen");
  const scale = 2 ** view.zoom;
  return {
    y: box.y + box.height / 2 + (point.y - view.target[1]) * scale,
    x: box.x + box.width / 2 + (point.x - view.target[0]) * scale,
  };
}

/** Presses at the first point, moves through the others, lets go. */
export async function drag(page: Page, points: readonly Point[]): Promise<void> {
  for (const [index, point] of points.entries()) {
    const at = await onScreen(page, point);
    await page.mouse.move(at.x, at.y, { steps: index === 0 ? 1 : 8 });
    if (index === 0) await page.mouse.down();
  }
  await page.mouse.up();
}

export async function click(page: Page, point: Point): Promise<void> {
  const at = await onScreen(page, point);
  await page.mouse.click(at.x, at.y);
}
