/**
 * A real server on an empty data folder and a real Chromium, for tests that go the whole way a person goes.
 *
 * Both are started by the test and stopped by it; the data folder is thrown away. Screenshots go to
 * `E2E_SHOTS` when it names a folder, so that a person can look at what the test saw.
 */

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { type Agent, agentOf, ensureLab, ensureOwner, openStore, type Store } from "#store/index.ts";
import { findChromium } from "../../scripts/chromium.mjs";
import { runCommand, startServe } from "../serve-command.ts";

interface RunningServer {
  /** Address with the one-time sign-in token in its fragment. */
  readonly signInUrl: string;
  readonly origin: string;
  stop(): Promise<void>;
}

/** Starts `cellfoundry serve` with the sample project on a folder of its own; resolves when people may come. */
export const startServer = (): Promise<RunningServer> => serveFolder(newFolder());

const newFolder = (): string => mkdtempSync(join(tmpdir(), "cf-e2e-"));

async function serveFolder(home: string): Promise<RunningServer> {
  const { child, signInUrl } = await startServe(home, ["--port", "0"]);
  const stop = async (): Promise<void> => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.exitCode === null) {
      child.kill("SIGTERM");
      await ended;
    }
    rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  };
  return { signInUrl, origin: new URL(signInUrl).origin, stop };
}

/** A server, and a browser that has not signed in yet. */
export interface Site extends Pick<RunningServer, "signInUrl" | "origin"> {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the page threw; a test asks at its end that it is empty. */
  readonly problems: readonly string[];
  stop(): Promise<void>;
}

/** With the sample project, which a job fills. Call `stop` at the end. */
export const openSite = async (): Promise<Site> => visit(await startServer());

async function visit(server: RunningServer): Promise<Site> {
  try {
    const { browser, context, page } = await openBrowser();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    const stop = async (): Promise<void> => {
      await browser.close();
      await server.stop();
    };
    const { signInUrl, origin } = server;
    return { signInUrl, origin, context, page, problems, stop };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

export interface FilledSite<T> extends Site {
  readonly filled: T;
}

/**
 * Instead of the sample project, what `fill` puts into the store as its owner.
 *
 * @returns signed in, with the start page open. Call `stop` at the end.
 */
export async function openFilledSite<T>(
  fill: (store: Store, owner: Agent) => Promise<T>,
): Promise<FilledSite<T>> {
  const home = newFolder();
  const store = await openStore({ home });
  await ensureLab(store);
  const filled = await fill(store, agentOf(await ensureOwner(store)));
  await store.close();
  const site = await visit(await serveFolder(home));
  try {
    await site.page.goto(site.signInUrl);
    await site.page.getByRole("heading", { level: 1 }).waitFor({ timeout: 60_000 });
    return { ...site, filled };
  } catch (error) {
    await site.stop();
    throw error;
  }
}

/**
 * Instead of the sample project, what commands put into the data folder.
 *
 * @param words  command lines, given the data folder and a folder for files of their own.
 * @returns signed in, with the start page open, and the folder of files. Call `stop` at the end.
 */
export async function openCommandSite(
  words: (home: string, files: string) => readonly (readonly string[])[],
): Promise<Site & { readonly files: string }> {
  const [home, files] = [newFolder(), newFolder()];
  for (const line of words(home, files)) {
    const { status, stderr } = runCommand(line);
    if (status !== 0) throw new Error(`${line.slice(0, 2).join(" ")} failed: ${stderr}`);
  }
  const site = await visit(await serveFolder(home));
  const stop = async (): Promise<void> => {
    await site.stop();
    rmSync(files, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  };
  try {
    await site.page.goto(site.signInUrl);
    await site.page.getByRole("heading", { level: 1 }).waitFor({ timeout: 60_000 });
    return { ...site, stop, files };
  } catch (error) {
    await stop();
    throw error;
  }
}

const browsers = new Set<Browser>();

/** Every page that is open now, in whatever browser of this test. */
export const openPages = (): readonly Page[] =>
  [...browsers].flatMap((browser) => browser.contexts().flatMap((context) => context.pages()));

/** Flags for WebGPU in software: right numbers, slowly. */
export const softwareWebGpu = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/**
 * Headless Chromium with WebGL2 in software; a fixed window so that coordinates mean the same everywhere.
 *
 * @param flags  more flags for the browser.
 */
export async function openBrowser(
  flags: readonly string[] = [],
): Promise<{ browser: Browser; context: BrowserContext; page: Page }> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error("No Chrome found; `npm test` brings one.");
  const browser = await chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--use-gl=angle",
      "--use-angle=swiftshader",
      "--enable-unsafe-swiftshader",
      ...flags,
    ],
  });
  browsers.add(browser);
  browser.on("disconnected", () => browsers.delete(browser));
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true });
  const page = await context.newPage();
  return { browser, context, page };
}

/**
 * Drops files or folders of this machine on the page, as a hand with a file manager does.
 *
 * The browser finds what lies under the pointer by the last frame it drew; right after a page came, that can still be the
 * page before, and the drop is lost. So it counts whether the drop arrived, and a hand would try again.
 */
export async function dropFiles(
  page: Page,
  paths: readonly string[],
  at: { x: number; y: number },
): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  const arrived = await page.evaluateHandle(() => {
    const seen = { drop: false };
    const see = (): void => {
      seen.drop = true;
    };
    window.addEventListener("drop", see, { capture: true, once: true });
    return seen;
  });
  for (let attempt = 0; attempt < 3; attempt++) {
    for (const type of ["dragEnter", "dragOver", "drop"] as const) {
      await devtools.send("Input.dispatchDragEvent", { type, x: at.x, y: at.y, data });
    }
    const there = await page
      .waitForFunction((seen) => seen.drop, arrived, { timeout: 5_000 })
      .then(() => true)
      .catch(() => false);
    if (there) break;
    process.stderr.write(`a drop on ${page.url()} did not arrive\n`);
  }
  await devtools.detach();
}

/** Keeps a picture of the page when someone asked for pictures. */
export async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env.E2E_SHOTS;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
