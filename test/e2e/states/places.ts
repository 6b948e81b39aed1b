/** Where the showcase is on a site that runs: signs in, waits until its jobs are done, and looks. */

import type { Page } from "playwright-core";
import { type FilledSite, openFilledSite } from "../harness.ts";
import { ask } from "../page-ready.ts";
import type { Parts, Places, Showcase } from "./page-state.ts";
import { fillShowcase } from "./showcase.ts";

/** A server with the showcase, and a browser that has signed in. Call `stop` at the end. */
export async function openShowcase(
  parts: Parts,
): Promise<{ readonly site: FilledSite<Showcase>; readonly places: Places }> {
  const site = await openFilledSite((store, owner) => fillShowcase(store, owner, parts));
  try {
    return { site, places: await findPlaces(site.page, site.origin, site.filled) };
  } catch (error) {
    await site.stop();
    throw error;
  }
}

/** The shipped model pre-labels what has no labels yet; on a busy machine that takes a while. */
const jobsMsMax = 240_000;

async function findPlaces(page: Page, origin: string, showcase: Showcase): Promise<Places> {
  for (const end = Date.now() + jobsMsMax; await hasWork(page); ) {
    if (Date.now() > end) throw new Error("the jobs of the sample project do not end");
    await page.waitForTimeout(300);
  }
  const { items } = await ask<{
    items: { id: string; cellCount: number; status: string }[];
  }>(page, `/projects/${showcase.project.split("/").at(-1)}/images`);
  const most = [...items].sort((a, b) => b.cellCount - a.cellCount);
  const at = (found: (typeof items)[number] | undefined): string => {
    if (found === undefined) throw new Error("the sample project lacks an image");
    return `${showcase.project}/i/${found.id}`;
  };
  return {
    ...showcase,
    origin,
    image: at(most[0]),
    proposed: at(most.slice(1).find(({ status, cellCount }) => status === "proposed" && cellCount > 10)),
  };
}

async function hasWork(page: Page): Promise<boolean> {
  const { jobs } = await ask<{ jobs: { state: string }[] }>(page, "/jobs");
  return jobs.some(({ state }) => state === "waiting" || state === "running");
}
