/** Every page in both colour schemes against WCAG 2.2 AA, as far as a machine can judge: no serious violation. */

import { source as axe } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { editorReady } from "./editor-driver.ts";
import { openBrowser, type RunningServer, startServer } from "./harness.ts";

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

describe.each(["light", "dark"] as const)("in the %s scheme", (colorScheme) => {
  let server: RunningServer;
  let browser: Browser;
  let page: Page;
  let project = "";

  beforeAll(async () => {
    server = await startServer();
    ({ browser, page } = await openBrowser());
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.goto(server.signInUrl);
    await page
      .getByRole("link", { name: /sample/i })
      .first()
      .waitFor({ timeout: 120_000 });
    const href = await page
      .getByRole("link", { name: /sample/i })
      .first()
      .getAttribute("href");
    project = new URL(href ?? "", server.origin).pathname;
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const violations = async (): Promise<string[]> => {
    // Run in the page's own world: its content policy forbids a script element, not the debugger.
    await page.evaluate(axe);
    const found = await page.evaluate(() => {
      const run = (globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }).axe;
      return run.run().then((result) => result.violations);
    });
    return found
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
  };

  test.each(["/", "PROJECT", "PROJECT/datasets", "PROJECT/models", "/predict", "/jobs", "/settings"])(
    "%s",
    async (path) => {
      await page.goto(server.origin + path.replace("PROJECT", project));
      await page.getByRole("heading", { level: 1 }).waitFor();
      // The event stream never ends, so "network idle" never comes; what is asked for at once is there by then.
      await page.waitForTimeout(1000);
      expect(await violations()).toEqual([]);
    },
  );

  test("the image page", async () => {
    await page.goto(server.origin + project);
    await page.locator(`a[href*="${project}/i/"]`).first().click();
    await editorReady(page);
    expect(await violations()).toEqual([]);
  });
});
