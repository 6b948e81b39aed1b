/**
 * What was on the screen when a page test failed: address, words and recent faults of every open page go to the log, and a
 * picture where pictures are kept. A timeout alone says what did not come, never what was there instead.
 */

import { afterEach } from "vitest";
import { openPages, shot } from "./harness.ts";

/** Words of a page in the log; enough for a sheet and what lies behind it. */
const wordsMax = 2_500;

afterEach(async ({ task }) => {
  if (task.result?.state !== "fail") return;
  for (const [k, page] of openPages().entries()) {
    const words = await page
      .locator("body")
      .ariaSnapshot({ timeout: 5_000 })
      .catch((error: unknown) => `(the page does not answer: ${String(error)})`);
    const line = words.replaceAll(/\s*\n\s*/g, " | ").slice(0, wordsMax);
    process.stderr.write(`${task.name}\n  page ${k + 1}: ${page.url()}\n  ${line}\n`);
    await shot(page, `failed-${task.name.replaceAll(/[^a-z0-9]+/gi, "-").slice(0, 60)}-${k + 1}`).catch(
      () => undefined,
    );
  }
});
