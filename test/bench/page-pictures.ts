/**
 * Photographs every page and state of `test/e2e/page-states.ts` in both colour schemes, and writes the page that shows them.
 *
 * Usage: node test/bench/page-pictures.ts [--only NAME] [--at SIGN-IN-LINK] [--list]
 *
 * The page lists the states whose pictures are there; `--list` only writes it anew. Without a link the command starts a server on
 * an empty data folder with the sample project; the browser is its own. Pictures are WebP of 1280 x 800, at most 150 kB each
 * and 5 MB together, in `docs/screenshots/`; more is refused, so that a clone stays small.
 */

import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { BrowserContext, CDPSession, Page } from "playwright-core";
import { root } from "../../scripts/find-node.mjs";
import { openBrowser, openSite } from "../e2e/harness.ts";
import { closeGroup, findPlaces, openGroup, otherTabs, pageGroups } from "../e2e/page-states.ts";

const { values } = parseArgs({
  options: { only: { type: "string" }, at: { type: "string" }, list: { type: "boolean", default: false } },
});
const folder = join(root, "docs", "screenshots");

const pictureBytesMax = 150_000;
const folderBytesMax = 5_000_000;
/** Text stays sharp; below it, edges of letters show blocks. */
const quality = 80;
/** What a page asks for at once is there by then. */
const restMs = 1200;
/** Colours change gently, in a fifth of a second; a picture taken meanwhile shows words that cannot be read. */
const colourMs = 600;

interface Shown {
  readonly name: string;
  readonly title: string;
}

/** Both schemes of what the page shows: nothing but colours depends on them. */
async function photograph(page: Page, devtools: CDPSession, name: string): Promise<void> {
  await page.waitForTimeout(restMs);
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await page.waitForTimeout(colourMs);
    const { data } = await devtools.send("Page.captureScreenshot", { format: "webp", quality });
    const bytes = Buffer.from(data, "base64");
    if (bytes.length > pictureBytesMax) throw new Error(`${name}-${scheme} has ${bytes.length} bytes`);
    writeFileSync(join(folder, `${name}-${scheme}.webp`), bytes);
  }
  console.info(name);
}

async function photographAll(context: BrowserContext, signedIn: Page, signInUrl: string): Promise<Shown[]> {
  const shown: Shown[] = [];
  const places = await findPlaces(signedIn, signInUrl);
  const wanted = ({ name }: { readonly name: string }): boolean =>
    values.only === undefined || name.startsWith(values.only);
  for (const group of pageGroups.filter(({ states }) => states.some(wanted))) {
    const page = await openGroup(group, places, context, "light");
    const devtools = await page.context().newCDPSession(page);
    try {
      for (const { name, title, show } of group.states) {
        await show(page);
        await photograph(page, devtools, name);
        shown.push({ name, title });
      }
      for (const id of group.path === "IMAGE" ? await otherTabs(page) : []) {
        await page.getByTestId(`tab-${id}`).click();
        await photograph(page, devtools, `editor-${id}`);
        shown.push({ name: `editor-${id}`, title: `The tab ${id} of the image page` });
      }
    } catch (error) {
      // The other pages are photographed all the same; the command fails at its end.
      process.exitCode = 1;
      console.error(`${group.path}: ${error instanceof Error ? error.message : String(error)}`);
    }
    await closeGroup(group, page);
  }
  return shown;
}

async function visit(): Promise<Shown[]> {
  if (values.at !== undefined) {
    const { browser, context, page } = await openBrowser();
    const shown = await photographAll(context, page, values.at);
    await browser.close();
    return shown;
  }
  const site = await openSite();
  try {
    return await photographAll(site.context, site.page, site.signInUrl);
  } finally {
    await site.stop();
  }
}

/** The states in their order, then tabs that were found on the page; each with both its pictures. */
function writeList(): void {
  const files = new Set(readdirSync(folder));
  const told = pageGroups.flatMap(({ states }) => states);
  const others = [...files]
    .flatMap((file) => /^editor-(.+)-light\.webp$/.exec(file)?.[1] ?? [])
    .filter((id) => !told.some(({ name }) => name === `editor-${id}`))
    .map((id) => ({ name: `editor-${id}`, title: `The tab ${id} of the image page` }));
  const parts = [...told, ...others]
    .filter(({ name }) => files.has(`${name}-light.webp`) && files.has(`${name}-dark.webp`))
    .map(({ name, title }) => {
      const cell = (scheme: string): string => `![${title}, ${scheme}](screenshots/${name}-${scheme}.webp)`;
      return `## ${title}\n\n| light | dark |\n|---|---|\n| ${cell("light")} | ${cell("dark")} |`;
    });
  const head = [
    "# Pages, light and dark",
    "Taken by `node test/bench/page-pictures.ts` on the sample project; pages are judged by axe in\n`test/e2e/accessibility.test.ts`.",
  ];
  writeFileSync(join(root, "docs", "screenshots.md"), `${[...head, ...parts].join("\n\n")}\n`);
}

mkdirSync(folder, { recursive: true });
if (!values.list) console.info(`${(await visit()).length} states`);
const total = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
if (total > folderBytesMax) throw new Error(`the pictures have ${total} bytes together`);
console.info(`${Math.round(total / 1000)} kB together`);
writeList();
