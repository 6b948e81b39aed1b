/**
 * The prompt tool: how well it outlines cells by number of clicks on groups it never saw, and how long a click takes in a
 * real Chromium from the release of the button to the draft on the screen.
 *
 * Usage: node test/bench/prompt-tool.ts [--model models/prompt-cell/1.0.0/model.onnx] [--cells 5] [--clicks 40]
 *          [--data ../shared/data] [--no-quality] [--no-speed]
 * `--cells`: of each image, at most. `--clicks`: timed ones, after the first, which loads runtime and model and is told apart.
 */
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { ensureWebBuilt } from "../../scripts/build-web.mjs";
import { root } from "../../scripts/find-node.mjs";
import { createOrtNodeEngine } from "../../src/nn/engine/ort-node.ts";
import { cellCount, editorReady, onScreen, openSampleImage } from "../e2e/editor-driver.ts";
import { openSite } from "../e2e/harness.ts";
import { judgePrompts } from "./prompt/judge-prompts.ts";
import { promptScenes } from "./prompt/prompt-scenes.ts";

const { values } = parseArgs({
  allowNegative: true,
  options: {
    model: { type: "string", default: join(root, "models", "prompt-cell", "1.0.0", "model.onnx") },
    cells: { type: "string", default: "5" },
    clicks: { type: "string", default: "40" },
    data: { type: "string", default: join(root, "..", "shared", "data") },
    quality: { type: "boolean", default: true },
    speed: { type: "boolean", default: true },
  },
});

async function quality(): Promise<void> {
  const engine = await createOrtNodeEngine({ threads: 1 });
  const bytes = new Uint8Array(readFileSync(values.model));
  const settings = { cellsMax: Number(values.cells), seed: 1 };
  const { images, rows } = await judgePrompts(
    engine,
    bytes,
    await promptScenes(values.data, "test"),
    settings,
  );
  console.log(`${images} images of groups that were not learnt from, ${bytes.length} bytes`);
  console.table(rows);
}

/** Milliseconds from the click to the frame in which the panel says what was found, measured in the page. */
async function timedClick(page: Page, at: { y: number; x: number }): Promise<number> {
  await page.evaluate(() => {
    const shared = globalThis as unknown as { clickMs: Promise<number> };
    shared.clickMs = new Promise((resolve) => {
      addEventListener(
        "pointerup",
        () => {
          const start = performance.now();
          let looked = false;
          const watch = (): void => {
            const text = document.querySelector('[data-testid="draft-says"]')?.textContent ?? "";
            if (/Looking/.test(text)) looked = true;
            else if (looked || performance.now() - start > 5000) {
              resolve(performance.now() - start);
              return;
            }
            requestAnimationFrame(watch);
          };
          requestAnimationFrame(watch);
        },
        { once: true, capture: true },
      );
    });
  });
  const place = await onScreen(page, at);
  await page.mouse.click(place.x, place.y);
  return page.evaluate(() => (globalThis as unknown as { clickMs: Promise<number> }).clickMs);
}

async function speed(): Promise<void> {
  ensureWebBuilt();
  const site = await openSite();
  const { page } = site;
  try {
    await openSampleImage(site);
    await editorReady(page);
    console.log(`cells on the image: ${await cellCount(page)}`);
    await page.keyboard.press("Shift+P");
    const { width, height } = (await page.getByTestId("surface").boundingBox()) ?? { width: 0, height: 0 };
    const view = JSON.parse((await page.getByTestId("editor").getAttribute("data-view")) ?? "null");
    const scale = 2 ** view.zoom;
    const times: number[] = [];
    for (let i = 0; i <= Number(values.clicks); i++) {
      // A grid over the right half, where no panel lies over the image.
      const at = {
        y: view.target[1] + (((i % 6) - 2.5) / 8) * (height / scale),
        x: view.target[0] + ((1 + (Math.floor(i / 6) % 5)) / 14) * (width / scale),
      };
      times.push(await timedClick(page, at));
      await page.keyboard.press("Escape");
    }
    const [first = 0, ...rest] = times;
    rest.sort((a, b) => a - b);
    const at = (share: number): string => (rest[Math.floor(share * (rest.length - 1))] ?? 0).toFixed(0);
    console.log(`first click, with runtime and model loaded: ${first.toFixed(0)} ms`);
    console.log(`${rest.length} further clicks: median ${at(0.5)} ms, 95th percentile ${at(0.95)} ms`);
    console.log(
      `load of the machine: ${loadavg()
        .map((value) => value.toFixed(1))
        .join(", ")}`,
    );
  } finally {
    await site.stop();
  }
}

if (values.quality) await quality();
if (values.speed) await speed();
