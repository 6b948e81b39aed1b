/**
 * What tests, the judge of pages and the command that takes pictures all need of a page; without the test runner.
 *
 * Positions are given in image pixels and turned into screen pixels.
 */

import type { Page } from "playwright-core";

export interface Point {
  readonly y: number;
  readonly x: number;
}

/** Calls the API as the page does, with the page's own session. */
export const ask = <T>(page: Page, path: string): Promise<T> =>
  page.evaluate(async (url) => (await fetch(url)).json(), `/api${path}`) as Promise<T>;

/** Waits until pixels and labels are on the screen. */
export async function editorReady(page: Page): Promise<void> {
  await page.getByTestId("editor").waitFor({ timeout: 60_000 });
  await page.locator('[data-testid="surface"][data-pixels="ready"]').waitFor({ timeout: 60_000 });
}

/** Waits until the server has every edit of the page. */
export const allSaved = (page: Page): Promise<void> =>
  page
    .locator('[data-testid="editor"][data-waiting="0"][data-saved-state="saved"]')
    .waitFor({ timeout: 60_000 });

/** The view flies to its place; who clicks on the image waits for it. */
export async function viewAtRest(page: Page): Promise<void> {
  const view = () => page.getByTestId("editor").getAttribute("data-view");
  for (let before: string | null = null; ; ) {
    const now = await view();
    if (now === before) return;
    before = now;
    await page.waitForTimeout(250);
  }
}

/** Longest wait for a page to come to rest, ms; what still moves after it is taken as it is. */
const rest = 3_000;

/** Waits until fonts are there and nothing on the page fades or slides; colours half-way through say nothing. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async (longest) => {
    // A transition begins with the frame after its cause.
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const ends: Promise<unknown>[] = document
      .getAnimations()
      // What goes on for ever (stand-ins that shimmer) has no end to wait for.
      .filter((one) => one.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
      .map((one) => one.finished.catch(() => undefined));
    ends.push(document.fonts.ready);
    await Promise.race([Promise.all(ends), new Promise((resolve) => setTimeout(resolve, longest))]);
  }, rest);
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
