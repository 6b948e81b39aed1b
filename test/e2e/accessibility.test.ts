/** Every page in both colour schemes against WCAG 2.2 AA, as far as a machine can judge: no serious violation. */

import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violations } from "./axe.ts";
import { editorReady } from "./editor-driver.ts";
import { openSite, type Site } from "./harness.ts";

describe.each(["light", "dark"] as const)("in the %s scheme", (colorScheme) => {
  let site: Site;
  let page: Page;
  let project = "";

  beforeAll(async () => {
    site = await openSite();
    ({ page } = site);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.goto(site.signInUrl);
    await page
      .getByRole("link", { name: /sample/i })
      .first()
      .waitFor({ timeout: 120_000 });
    const href = await page
      .getByRole("link", { name: /sample/i })
      .first()
      .getAttribute("href");
    project = new URL(href ?? "", site.origin).pathname;
  });
  afterAll(async () => {
    await site?.stop();
  });

  test.each([
    "/",
    "PROJECT",
    "PROJECT/checks",
    "PROJECT/datasets",
    "PROJECT/models",
    "/predict",
    "/jobs",
    "/settings",
    "/settings/vocabulary",
  ])("%s", async (path) => {
    await page.goto(site.origin + path.replace("PROJECT", project));
    await page.getByRole("heading", { level: 1 }).waitFor();
    // The event stream never ends, so "network idle" never comes; what is asked for at once is there by then.
    await page.waitForTimeout(1000);
    expect(await violations(page)).toEqual([]);
  });

  test("the image page", async () => {
    await page.goto(site.origin + project);
    await page.locator(`a[href*="${project}/i/"]`).first().click();
    await editorReady(page);
    expect(await violations(page)).toEqual([]);
  });
});
