/**
 * Further pages and browsers of a test, closed when the test ends, also when it fails: one that stays open goes on asking
 * the server, and what the next test then says of itself is misleading.
 */

import type { Browser, BrowserContext, Page } from "playwright-core";
import { onTestFinished } from "vitest";
import { openBrowser } from "./harness.ts";

/** A further page in a browser that is signed in. */
export async function openPage({ context }: { readonly context: BrowserContext }): Promise<Page> {
  const page = await context.newPage();
  onTestFinished(() => page.close());
  return page;
}

/** A browser of its own. @param flags  see `openBrowser`. */
export async function openBrowserForTest(
  flags: readonly string[] = [],
): Promise<{ readonly browser: Browser; readonly context: BrowserContext; readonly page: Page }> {
  const opened = await openBrowser(flags);
  onTestFinished(() => opened.browser.close());
  return opened;
}
