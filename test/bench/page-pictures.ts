/**
 * Photographs every page and state of `test/e2e/page-states.ts` in both colour schemes, and writes the page that shows them.
 *
 * Usage: node test/bench/page-pictures.ts [--only NAME] [--scheme light|dark]
 *
 * Starts a server on an empty data folder with the sample project, and Chromium. Pictures are WebP of 1280 x 800, at most
 * 150 kB each and 5 MB together, in `docs/screenshots/`; more is refused, so that a clone stays small.
 */

import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { root } from "../../scripts/find-node.mjs";
import { openSite } from "../e2e/harness.ts";
import { closeGroup, findPlaces, openGroup, otherTabs, pageGroups } from "../e2e/page-states.ts";

const { values } = parseArgs({
  options: { only: { type: "string" }, scheme: { type: "string" }, out: { type: "string" } },
});
const folder = values.out ?? join(root, "docs", "screenshots");
const schemes = (["light", "dark"] as const).filter(
  (one) => values.scheme === undefined || one === values.scheme,
);

const pictureBytesMax = 150_000;
const folderBytesMax = 5_000_000;
/** Text stays sharp; below it, edges of letters show blocks. */
const quality = 82;

async function photograph(page: Page, name: string, scheme: string): Promise<void> {
  await page.waitForTimeout(1500);
  const devtools = await page.context().newCDPSession(page);
  const { data } = await devtools.send("Page.captureScreenshot", { format: "webp", quality });
  await devtools.detach();
  const bytes = Buffer.from(data, "base64");
  if (bytes.length > pictureBytesMax) throw new Error(`${name}-${scheme} has ${bytes.length} bytes`);
  writeFileSync(join(folder, `${name}-${scheme}.webp`), bytes);
  console.info(`${name}-${scheme}.webp ${Math.round(bytes.length / 1000)} kB`);
}

async function photographAll(scheme: "light" | "dark"): Promise<{ name: string; title: string }[]> {
  const site = await openSite();
  const shown: { name: string; title: string }[] = [];
  try {
    const places = await findPlaces(site.page, site.signInUrl);
    for (const group of pageGroups) {
      const names = group.states.map(({ name }) => name);
      if (values.only !== undefined && !names.some((name) => name.startsWith(values.only as string)))
        continue;
      const page = await openGroup(group, places, site.context, scheme);
      for (const { name, title, show } of group.states) {
        await show(page);
        await photograph(page, name, scheme);
        shown.push({ name, title });
      }
      if (group.path === "IMAGE") {
        for (const id of await otherTabs(page)) {
          await page.getByTestId(`tab-${id}`).click();
          await photograph(page, `editor-${id}`, scheme);
          shown.push({ name: `editor-${id}`, title: `The tab ${id} of the image page` });
        }
      }
      await closeGroup(group, page);
    }
  } finally {
    await site.stop();
  }
  return shown;
}

mkdirSync(folder, { recursive: true });
let shown: { name: string; title: string }[] = [];
for (const scheme of schemes) shown = await photographAll(scheme);
const total = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
if (total > folderBytesMax) throw new Error(`the pictures have ${total} bytes together`);
console.info(`${shown.length} states, ${Math.round(total / 1000)} kB together`);
if (values.only === undefined && values.out === undefined && schemes.length === 2) {
  const rows = shown.map(
    ({ name, title }) =>
      `## ${title}\n\n| light | dark |\n|---|---|\n| ![${title}, light](screenshots/${name}-light.webp) | ![${title}, dark](screenshots/${name}-dark.webp) |\n`,
  );
  const head =
    "# Every page, light and dark\n\nTaken by `node test/bench/page-pictures.ts` on the sample project; the same states are judged by axe in\n`test/e2e/accessibility.test.ts`.\n";
  writeFileSync(join(root, "docs", "screenshots.md"), `${head}\n${rows.join("\n")}`);
}
process.exit(0);
