/** What a machine can judge of WCAG 2.2 AA on the page as it stands: serious and critical violations. */

import { source as axe } from "axe-core";
import type { Page } from "playwright-core";

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** Longest wait for a page to come to rest, ms; what still moves after it is judged as it is. */
const rest = 3_000;

/** One line per violation with the elements concerned; empty when all is well. */
export async function violations(page: Page): Promise<string[]> {
  await settled(page);
  // Run in the page's own world: its content policy forbids a script element, not the debugger.
  await page.evaluate(axe);
  const found = await judged(page);
  if (found.length === 0) return found;
  // The page may have changed between two of the judge's looks at one element (a button that came to life,
  // a list that closed). What is wrong with the page is wrong at the second reading too.
  await page.waitForTimeout(300);
  await settled(page);
  return judged(page);
}

async function judged(page: Page): Promise<string[]> {
  const found = await page.evaluate(() => {
    const run = (globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }).axe;
    return run.run().then((result) => result.violations);
  });
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(-200)} (${failureSummary})`).join(" | ")}`,
    );
}

/** Waits until nothing on the page fades or slides; colours half-way through say nothing. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async (longest) => {
    const ends = document.getAnimations().map((animation) => animation.finished.catch(() => undefined));
    await Promise.race([Promise.all(ends), new Promise((resolve) => setTimeout(resolve, longest))]);
  }, rest);
}
