/** Tracking from the catalogue: two movies are chosen, tracked in one run, listed with what was found, filmed, opened. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningServe, runCommand, startServe } from "../serve-command.ts";
import { violations } from "./axe.ts";
import { editorReady } from "./editor-driver.ts";
import { openBrowser, shot } from "./harness.ts";

/** Also on a machine that does other things. */
const patience = 120_000;

let folder: string;
let server: RunningServe;
let browser: Browser;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "cf-track-"));
  const home = join(folder, "home");
  const movies = join(folder, "movies");
  const made = [
    "--movies",
    "2",
    "--frames",
    "6",
    "--size",
    "128",
    "--cells",
    "6",
    "--seed",
    "5",
    "--look",
    "nuclear",
  ];
  for (const words of [
    ["simulate", "movie", movies, ...made, "--closed"],
    ["import", movies, "--home", home, "--project", "Movies"],
  ]) {
    const { status, stderr } = runCommand(words);
    if (status !== 0) throw new Error(`${words.slice(0, 2).join(" ")} failed: ${stderr}`);
  }
  server = await startServe(home, ["--port", "0"]);
  ({ browser, page } = await openBrowser());
  page.on("pageerror", (error) => problems.push(error.message));
  await page.goto(server.signInUrl);
  await page.getByRole("heading", { level: 1 }).waitFor({ timeout: 60_000 });
}, 600_000);
afterAll(async () => {
  await browser?.close();
  if (server !== undefined) {
    const ended = new Promise((resolve) => server.child.once("exit", resolve));
    server.child.kill("SIGTERM");
    await ended;
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  expect(problems).toEqual([]);
});

test("chosen movies are tracked in one run; each has its numbers, its film, and opens in the editor", async () => {
  const boxes = page.getByRole("checkbox", { name: /^Select / });
  await boxes.first().waitFor({ timeout: patience });
  await boxes.nth(0).check({ force: true });
  await boxes.nth(1).check({ force: true });
  await page.getByRole("button", { name: "Track over time" }).click();
  const sheet = page.getByRole("dialog", { name: "Track over time" });
  await sheet.getByRole("button", { name: "Track 2 movies" }).click({ timeout: patience });
  const runs = sheet.getByRole("region", { name: "Runs" });
  await runs
    .getByText(/\d+ tracks, \d+ divisions?, \d+ cells/)
    .nth(1)
    .waitFor({ timeout: patience });
  await runs.getByText(/^Done/).waitFor({ timeout: patience });
  expect(await violations(page)).toEqual([]);
  await shot(page, "track-movies");
  const film = runs.getByRole("link", { name: "film" }).first();
  const head = await page.evaluate(
    async (address) => {
      const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
      return new TextDecoder().decode(bytes.subarray(0, 6));
    },
    await film.evaluate((link) => (link as HTMLAnchorElement).href),
  );
  expect(head).toBe("GIF89a");
  await runs.getByRole("listitem").getByRole("link").first().click();
  await editorReady(page);
}, 400_000);
