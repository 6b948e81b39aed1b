/** A filled site for all tests of a file: there before the first, gone after the last, in whose pages nothing may have been thrown. */

import { afterAll, beforeAll, expect } from "vitest";
import type { Agent, Store } from "#store/index.ts";
import { type FilledSite, openFilledSite } from "./harness.ts";

/** Registering the shipped models takes a while on a machine that does other things. */
const patienceMs = 600_000;

/** @returns the site, once the first test runs. */
export function siteOfTests<T>(fill: (store: Store, owner: Agent) => Promise<T>): () => FilledSite<T> {
  let site: FilledSite<T> | undefined;
  beforeAll(async () => {
    site = await openFilledSite(fill);
  }, patienceMs);
  afterAll(async () => {
    await site?.stop();
    expect(site?.problems).toEqual([]);
  });
  return () => {
    if (site === undefined) throw new Error("The site is not open yet.");
    return site;
  };
}
