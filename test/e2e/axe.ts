/** What a machine can judge of WCAG 2.2 AA on the page as it stands: serious and critical violations. */

import { source as axe } from "axe-core";
import type { Page } from "playwright-core";

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** One line per violation with the elements concerned; empty when all is well. */
export async function violations(page: Page): Promise<string[]> {
  // Run in the page's own world: its content policy forbids a script element, not the debugger.
  await page.evaluate(axe);
  const found = await page.evaluate(() => {
    const run = (globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }).axe;
    return run.run().then((result) => result.violations);
  });
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}
