/** What tests and the command that takes pictures both need of a page; without the test runner. */

import type { Page } from "playwright-core";

/** Calls the API as the page does, with the page's own session. */
export const ask = <T>(page: Page, path: string): Promise<T> =>
  page.evaluate(async (url) => (await fetch(url)).json(), `/api${path}`) as Promise<T>;

/** Waits until pixels and labels are on the screen. */
export async function editorReady(page: Page): Promise<void> {
  await page.getByTestId("editor").waitFor({ timeout: 60_000 });
  await page.locator('[data-testid="surface"][data-pixels="ready"]').waitFor({ timeout: 60_000 });
}
