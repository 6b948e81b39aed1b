/**
 * Every page in every state of `page-states.ts`, in both colour schemes: nothing that a machine can find against WCAG 2.2 AA;
 * and in a small window and on a tablet no control is cut off, covered, or too small for its words.
 */

import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violations } from "./axe.ts";
import { openSite, type Site, shot } from "./harness.ts";
import { layoutFaults } from "./layout.ts";
import { closeGroup, findPlaces, openGroup, otherTabs, type Places, pageGroups } from "./page-states.ts";

const sizes = [
  { width: 1280, height: 720 },
  { width: 1024, height: 768 },
];

describe.each(["light", "dark"] as const)("in the %s scheme", (scheme) => {
  let site: Site;
  let places: Places;

  beforeAll(async () => {
    site = await openSite();
    places = await findPlaces(site.page, site.signInUrl);
  });
  afterAll(async () => {
    await site?.stop();
    expect(site.problems).toEqual([]);
  });

  /** The event stream never ends, so "network idle" never comes; what is asked for at once is there by then. */
  const atRest = (page: Page): Promise<void> => page.waitForTimeout(1000);

  async function judge(page: Page, name: string): Promise<void> {
    await atRest(page);
    await shot(page, `${name}-${scheme}`);
    expect.soft(await violations(page), name).toEqual([]);
    // Where things lie does not depend on the scheme.
    if (scheme === "dark") return;
    for (const size of sizes) {
      await page.setViewportSize(size);
      await page.waitForTimeout(200);
      await shot(page, `${name}-${size.width}`);
      expect.soft(await layoutFaults(page), `${name}, ${size.width} x ${size.height}`).toEqual([]);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  }

  test.each(pageGroups.map((group) => ({ group, name: group.states.map((state) => state.name).join(", ") })))(
    "$name",
    async ({ group }) => {
      const page = await openGroup(group, places, site.context, scheme);
      for (const state of group.states) {
        await state.show(page);
        await judge(page, state.name);
      }
      if (group.path === "IMAGE") {
        for (const id of await otherTabs(page)) {
          await page.getByTestId(`tab-${id}`).click();
          await judge(page, `editor-${id}`);
        }
      }
      await closeGroup(group, page);
    },
  );
});
