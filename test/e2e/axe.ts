/** What a machine can judge of WCAG 2.2 AA and of good practice on the page as it stands: every violation, however small. */

import { source as axe } from "axe-core";
import type { Page } from "playwright-core";
import { settled } from "./page-ready.ts";

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/**
 * One line per violation with the elements concerned; empty when all is well.
 *
 * @param rules  only these rules, for what differs between two looks at one state; default all.
 */
export async function violations(page: Page, rules?: readonly string[]): Promise<string[]> {
  await settled(page);
  // Run in the page's own world: its content policy forbids a script element, not the debugger.
  await page.evaluate(axe);
  const found = await judged(page, rules);
  if (found.length === 0) return found;
  // The page may have changed between two of the judge's looks at one element (a button that came to life,
  // a list that closed). What is wrong with the page is wrong at the second reading too.
  await page.waitForTimeout(300);
  await settled(page);
  return judged(page, rules);
}

async function judged(page: Page, rules?: readonly string[]): Promise<string[]> {
  const found = await page.evaluate((only) => {
    const judge = (
      globalThis as unknown as { axe: { run(options: object): Promise<{ violations: Violation[] }> } }
    ).axe;
    const options = only === undefined ? {} : { runOnly: { type: "rule", values: only } };
    return judge.run(options).then((result) => result.violations);
  }, rules);
  return found.map(
    ({ id, impact, nodes }) =>
      `${impact} ${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(-200)} (${failureSummary})`).join(" | ")}`,
  );
}
