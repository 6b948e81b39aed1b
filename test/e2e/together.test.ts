/**
 * Two people in one image, each in a browser of their own: they see each other, their edits meet, a conflict is shown and
 * decided, a held region is respected, the past can be looked at and brought back; a killed tab and a lost network lose
 * nothing. `test/bench/editor-live.ts` does the same at full length.
 */

import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { violations } from "./axe.ts";
import { ask, saved, type WireObject } from "./editor-driver.ts";
import { type FilledSite, openFilledSite, shot } from "./harness.ts";
import {
  covered,
  dots,
  type Gesture,
  insertEmptyImage,
  joinAs,
  killTabs,
  type OpenLayer,
  openLayer,
  pageDigest,
  perform,
  placeOf,
  serverDigest,
} from "./people-driver.ts";

let site: FilledSite<OpenLayer>;
let ada: Page;
let eve: Page;
let second: Browser;

beforeAll(async () => {
  site = await openFilledSite((opened, owner) => insertEmptyImage(opened, owner));
  ada = site.page;
  await openLayer(ada, site.origin, site.filled);
  const joined = await joinAs(ada, site.origin, "Eve", site.filled);
  [second, eve] = [joined.browser, joined.page];
});
afterAll(async () => {
  await second?.close();
  await site?.stop();
  expect(site?.problems).toEqual([]);
});

const objects = async (): Promise<WireObject[]> =>
  (await ask<{ objects: WireObject[] }>(ada, `/layers/${site.filled.layerId}/objects`)).objects;

async function expectOneDigest(): Promise<void> {
  await expect
    .poll(
      async () => {
        const stored = await serverDigest(ada, site.filled.layerId);
        return [await pageDigest(ada), await pageDigest(eve)].every((digest) => digest === stored);
      },
      { timeout: 60_000 },
    )
    .toBe(true);
}

const stroke = (...points: { y: number; x: number }[]): Gesture => ({
  kind: "stroke",
  tool: "brush",
  points,
});

test("they see each other, and each other's cells; both screens and the server agree", async () => {
  await expect.poll(() => ada.getByTestId("person").count(), { timeout: 30_000 }).toBe(1);
  expect(await ada.getByTestId("person").textContent()).toContain("Eve");
  const places = Array.from({ length: 40 }, (_, k) => placeOf(k));
  await Promise.all([perform(ada, dots(places.slice(0, 20)), 20), perform(eve, dots(places.slice(20)), 20)]);
  await Promise.all([saved(ada), saved(eve)]);
  await expectOneDigest();
  expect(covered(await objects(), places)).not.toContain(false);
  expect(await violations(ada)).toEqual([]);
});

test("a cell that both change at once is shown to the second and decided; neither side is lost", async () => {
  const [cell] = [placeOf(5)];
  // What Ada draws does not reach the server before Eve's is there.
  await ada.route("**/edits", (route) => route.abort());
  await perform(ada, [stroke(cell, { y: cell.y + 18, x: cell.x })], 20);
  await perform(eve, [stroke(cell, { y: cell.y - 18, x: cell.x })], 20);
  await saved(eve);
  await ada.unroute("**/edits");
  await ada.getByTestId("conflict").waitFor({ timeout: 60_000 });
  await shot(ada, "conflict");
  expect(await violations(ada)).toEqual([]);
  const before = (await objects()).length;
  await ada.getByTestId("keep-both").click();
  await saved(ada);
  await expectOneDigest();
  expect((await objects()).length).toBe(before + 1);
});

test("a part that one keeps is shown to the other, whose strokes there are set aside", async () => {
  await eve.getByTestId("hold-region").click();
  await ada.getByTestId("held-region").waitFor({ timeout: 30_000 });
  await shot(ada, "held-region");
  const before = (await objects()).length;
  await perform(ada, dots([placeOf(300)]), 20);
  await ada.getByTestId("refused-edit").waitFor({ timeout: 30_000 });
  expect(await ada.getByTestId("refused-edit").textContent()).toContain("Eve is working in this part");
  expect((await objects()).length).toBe(before);
  await eve.getByTestId("release-region").click();
  await expect.poll(() => ada.getByTestId("held-region").count(), { timeout: 30_000 }).toBe(0);
  await ada.getByTestId("refused-again").click();
  await saved(ada);
  expect((await objects()).length).toBe(before + 1);
});

test("the past is looked at, brought back as one edit, and taken back", async () => {
  const now = await pageDigest(ada);
  await ada.getByTestId("tab-history").click();
  const slider = ada.getByTestId("time-slider");
  await slider.fill("10");
  await ada.getByTestId("bring-back").waitFor({ timeout: 30_000 });
  await shot(ada, "time-travel");
  expect(await ada.getByTestId("read-only").textContent()).toContain("past");
  expect(await pageDigest(ada)).not.toBe(now);
  expect(await violations(ada)).toEqual([]);
  await ada.getByTestId("bring-back").click();
  await expect.poll(objects, { timeout: 30_000 }).toHaveLength(10);
  await expectOneDigest();
  await ada.keyboard.press("Control+z");
  await saved(ada);
  await expectOneDigest();
  expect(await pageDigest(ada)).toBe(now);
});

test("a tab killed without a network, and a while without one, lose no stroke", async () => {
  const places = Array.from({ length: 12 }, (_, k) => placeOf(400 + k));
  await eve.context().setOffline(true);
  await perform(eve, dots(places.slice(0, 6)), 20);
  expect(await eve.getByTestId("save-status").textContent()).toContain("kept on this computer");
  await eve.context().setOffline(false);
  await saved(eve);
  await eve.route("**/edits", (route) => route.abort());
  await perform(eve, dots(places.slice(6)), 20);
  await sleep(600);
  const crashed = eve.waitForEvent("crash", { timeout: 60_000 });
  await killTabs(second);
  await crashed;
  const context = eve.context();
  await eve.close();
  eve = await context.newPage();
  await openLayer(eve, site.origin, site.filled);
  await saved(eve);
  await expectOneDigest();
  expect(covered(await objects(), places)).not.toContain(false);
});
