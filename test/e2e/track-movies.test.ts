/**
 * Tracking from the catalogue: two simulated movies are chosen, tracked in one run, listed with what was found, opened in
 * the editor with as many tracks as the run says, and filmed.
 */

import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Job } from "#api/index.ts";
import { violations } from "./axe.ts";
import { ask, editorReady } from "./editor-driver.ts";
import { openCommandSite, type Site, shot } from "./harness.ts";

/** Also on a machine that does other things. */
const patience = 180_000;
const soon = { timeout: patience };
const movie = { frames: 6, size: 128 };

let site: Site;
let page: Page;

beforeAll(async () => {
  const made = `--movies 2 --frames ${movie.frames} --size ${movie.size} --cells 6 --seed 5 --look nuclear --closed`;
  site = await openCommandSite((home, movies) => [
    ["simulate", "movie", movies, ...made.split(" ")],
    ["import", movies, "--home", home, "--project", "Movies"],
  ]);
  ({ page } = site);
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page
    .getByRole("link", { name: /Movies/ })
    .first()
    .click(soon);
}, 600_000);
afterAll(async () => {
  await site?.stop();
  expect(site?.problems).toEqual([]);
});

async function inBothThemes(name: string): Promise<void> {
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await page.evaluate(async () => {
      await new Promise((done) => requestAnimationFrame(done));
      await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
    });
    expect(await violations(page)).toEqual([]);
    await shot(page, `${name}-${scheme}`);
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
}

/** Width, height and pictures of a GIF, read by the blocks of its standard. */
function gifFacts(bytes: Buffer): { head: string; width: number; height: number; frames: number } {
  const skipBlocks = (from: number): number => {
    let at = from;
    while (bytes[at] !== 0) at += bytes[at]! + 1;
    return at + 1;
  };
  const tableLength = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let at = 13 + tableLength(bytes[10]!);
  let frames = 0;
  while (bytes[at] !== 0x3b && at < bytes.length) {
    if (bytes[at] === 0x21) at = skipBlocks(at + 2);
    else {
      frames++;
      at = skipBlocks(at + 11 + tableLength(bytes[at + 9]!));
    }
  }
  const head = bytes.toString("latin1", 0, 6);
  return { head, width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8), frames };
}

test("chosen movies are tracked in one run; each has its numbers, its film, and opens in the editor", async () => {
  const boxes = page.getByRole("checkbox", { name: /^Select / });
  await expect.poll(() => boxes.count(), soon).toBe(2);
  for (const at of [0, 1]) await boxes.nth(at).check({ force: true });
  await page.getByRole("button", { name: "Track over time" }).click();
  const sheet = page.getByRole("dialog", { name: "Track over time" });
  await sheet.getByRole("button", { name: "Track 2 movies" }).click(soon);
  const runs = sheet.getByRole("region", { name: "Runs" });
  await runs
    .getByText(/\d+ tracks, \d+ divisions?, \d+ cells/)
    .nth(1)
    .waitFor(soon);
  await runs.getByText(/^Done/).waitFor(soon);
  await inBothThemes("track-movies");

  const { jobs } = await ask<{ jobs: Job[] }>(page, "/jobs");
  const run = jobs.find(({ kind }) => kind === "track")!;
  expect(run.state).toBe("done");
  const [first] = (run.result as unknown as { movies: { imageId: string; tracks: number; cells: number }[] })
    .movies as [{ imageId: string; tracks: number; cells: number }];
  expect(first.cells).toBeGreaterThanOrEqual(6 * movie.frames);
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    runs.getByRole("link", { name: "film" }).first().click(),
  ]);
  expect(gifFacts(readFileSync(await file.path()))).toMatchObject({ head: "GIF89a", frames: movie.frames });

  await runs.locator(`a[href$="/i/${first.imageId}"]`).click();
  await editorReady(page);
  const tour = page.getByRole("button", { name: "Close the tour" });
  await tour.click(soon);
  await page.getByTestId("tab-tracks").click();
  await expect
    .poll(() => page.getByTestId("track-count").textContent(), soon)
    .toMatch(new RegExp(`^${first.tracks} tracks, `));
}, 600_000);

test("the film of the tracks is looked at in the editor and saved", async () => {
  await page.getByTestId("tracks-film").click();
  const film = page.getByTestId("film");
  await film.waitFor(soon);
  await expect
    .poll(() => film.evaluate((image) => (image as HTMLImageElement).naturalWidth), soon)
    .toBeGreaterThanOrEqual(movie.size);
  await inBothThemes("track-film");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByTestId("film-save").click()]);
  expect(file.suggestedFilename()).toMatch(/ tracks\.gif$/);
  const { head, frames, width } = gifFacts(readFileSync(await file.path()));
  expect({ head, frames }).toEqual({ head: "GIF89a", frames: movie.frames });
  expect(width).toBe(await film.evaluate((image) => (image as HTMLImageElement).naturalWidth));
  await page.getByRole("button", { name: "Close" }).last().click();
  await film.waitFor({ state: "detached", ...soon });
}, 400_000);
