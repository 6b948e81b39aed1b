/**
 * Photographs every page and state of `test/e2e/states` in both colour schemes, and writes the page that shows them.
 *
 * Usage: node test/bench/page-pictures.ts [--area NAME] [--only NAME] [--list]
 *
 * Each area has a server of its own with something to show on every page; the page `docs/screenshots.md` lists the states
 * whose pictures are there, and `--list` only writes it anew. Pictures are WebP of 1280 x 800, at most 150 kB each and
 * 6 MB together, in `docs/screenshots/`; more is refused, so that a clone stays small. Pictures of states that are
 * no longer there are removed.
 */

import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { CDPSession, Page } from "playwright-core";
import { root } from "../../scripts/find-node.mjs";
import { settled } from "../e2e/page-ready.ts";
import { type Area, areas, openGroup, openShowcase, type PageState, titles } from "../e2e/states/index.ts";

const { values } = parseArgs({
  options: {
    area: { type: "string" },
    only: { type: "string" },
    list: { type: "boolean", default: false },
  },
});
const folder = join(root, "docs", "screenshots");

const size = { width: 1280, height: 800 };
const pictureBytesMax = 150_000;
const folderBytesMax = 6_000_000;
/** Text stays sharp; below it, edges of letters show blocks. */
const quality = 40;
/** A picture on the graphics surface is drawn with the frame after the one that asked for it. */
const frameMs = 300;

/** Both schemes of what the page shows: nothing but colours depends on them. */
async function photograph(page: Page, devtools: CDPSession, name: string): Promise<void> {
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await settled(page);
    await page.waitForTimeout(frameMs);
    const { data } = await devtools.send("Page.captureScreenshot", { format: "webp", quality });
    const bytes = Buffer.from(data, "base64");
    if (bytes.length > pictureBytesMax) throw new Error(`${name}-${scheme} has ${bytes.length} bytes`);
    writeFileSync(join(folder, `${name}-${scheme}.webp`), bytes);
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  console.info(name);
}

const wanted = ({ name, judgedOnly }: PageState): boolean =>
  judgedOnly !== true && (values.only === undefined || name.startsWith(values.only));

async function photographArea({ parts, groups }: Area): Promise<void> {
  const { site, places } = await openShowcase(parts);
  try {
    for (const group of groups.filter(({ states }) => states.some(wanted))) {
      const stage = await openGroup(group, places, site.context, size);
      const devtools = await stage.page.context().newCDPSession(stage.page);
      try {
        for (const state of group.states) {
          await state.show(stage).catch((error: unknown) => {
            throw new Error(`${state.name}: ${error instanceof Error ? error.message : String(error)}`);
          });
          if (wanted(state)) await photograph(stage.page, devtools, state.name);
        }
      } catch (error) {
        // The other pages are photographed all the same; the command fails at its end.
        process.exitCode = 1;
        console.error(error instanceof Error ? error.message : String(error));
      } finally {
        await stage.close();
      }
    }
  } finally {
    await site.stop();
  }
}

function removeForgotten(): void {
  const named = new Set(titles.map(({ name }) => name));
  for (const file of readdirSync(folder)) {
    if (!named.has(file.replace(/-(?:light|dark)\.webp$/, ""))) rmSync(join(folder, file));
  }
}

/** States in their order, each with both its pictures. */
function writeList(): void {
  const files = new Set(readdirSync(folder));
  const parts = titles
    .filter(({ name }) => files.has(`${name}-light.webp`) && files.has(`${name}-dark.webp`))
    .map(({ name, title }) => {
      const cell = (scheme: string): string => `![${title}, ${scheme}](screenshots/${name}-${scheme}.webp)`;
      return `## ${title}\n\n| light | dark |\n|---|---|\n| ${cell("light")} | ${cell("dark")} |`;
    });
  const head = [
    "# Pages, light and dark",
    "Taken by `node test/bench/page-pictures.ts` of the sample project, simulated tissue and a simulated movie. The same pages\nand states are judged by axe, and for controls that are cut off or covered, in `test/e2e/accessibility-*.test.ts`.",
  ];
  writeFileSync(join(root, "docs", "screenshots.md"), `${[...head, ...parts].join("\n\n")}\n`);
}

mkdirSync(folder, { recursive: true });
if (!values.list) {
  for (const [name, area] of Object.entries(areas)) {
    if ((values.area ?? name) === name && area.groups.some(({ states }) => states.some(wanted)))
      await photographArea(area);
  }
}
removeForgotten();
const total = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
if (total > folderBytesMax) throw new Error(`the pictures have ${total} bytes together`);
console.info(`${Math.round(total / 1000)} kB together`);
writeList();
