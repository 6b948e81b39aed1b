/**
 * Private mode in a real Chromium: seconds per megapixel of the shipped model in the page's worker, by size and device.
 *
 * Images are sample images laid side by side, so cells are as dense as in life. Every size is predicted once to warm up
 * and then `--rounds` times; printed are medians: the worker's own time (network, post-processing, confidence), the time
 * from the choice of the file to the picture on the page, and the processor time of all the browser's processes, which a
 * busy machine changes least. Bars: 8 s per megapixel with two threads in software, weights of at most 8 MB.
 *
 *   node test/bench/browser-predict.ts [--sizes 512,1024,2048] [--rounds 3] [--devices wasm,one-thread,webgpu] [--model NAME@V]
 *
 * `--agree 27` also compares the cells of so many sample images with the server's (F1 of objects at IoU 0.9).
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { ensureWebBuilt } from "../../scripts/build-web.mjs";
import { root } from "../../scripts/find-node.mjs";
import { imageArray } from "../../src/core/array/index.ts";
import { readImage, writeImageTiff } from "../../src/formats/index.ts";
import { openBrowser, softwareWebGpu, startServer } from "../e2e/harness.ts";
import { agreement, openPrivately, predictFile } from "../e2e/private-driver.ts";

const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "512,1024,2048" },
    rounds: { type: "string", default: "3" },
    devices: { type: "string", default: "wasm,one-thread" },
    model: { type: "string" },
    agree: { type: "string", default: "0" },
  },
});
const rounds = Number(values.rounds);
const sizes = values.sizes === "" ? [] : values.sizes.split(",").map(Number);

const median = (list: readonly number[]): number =>
  [...list].sort((a, b) => a - b)[list.length >> 1] ?? Number.NaN;

/** Sample images, small ones first. */
function samples(): string[] {
  const folders = [join(root, "samples", "nuclei", "images"), join(root, "samples", "unseen")];
  return folders
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((path) => path.endsWith(".png"))
    .sort((a, b) => statSync(a).size - statSync(b).size);
}

/** A square of sample images side by side, mirrored so that no edge is a cut. */
async function writeSquare(folder: string, side: number): Promise<string> {
  const bytes = readFileSync(join(root, "samples", "nuclei", "images", "0ea22171.png"));
  const { image } = await readImage(bytes, { name: "sample" });
  const [height, width] = image.shape.slice(-2) as [number, number];
  const mirror = (i: number, n: number): number => (Math.floor(i / n) % 2 === 0 ? i % n : n - 1 - (i % n));
  const data = new Uint8Array(side * side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      data[y * side + x] = image.data[mirror(y, height) * width + mirror(x, width)] as number;
  const path = join(folder, `square-${side}.tif`);
  writeFileSync(path, writeImageTiff(imageArray("uint8", "yx", [side, side], data)));
  return path;
}

/** Processor seconds of all processes of the browser so far. */
async function processorSeconds(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

const flagsOf = (device: string): readonly string[] => (device === "webgpu" ? softwareWebGpu : []);

/** Takes from the page's answer what lets it share memory, and so all threads but one. */
async function withoutIsolation(context: BrowserContext, origin: string): Promise<void> {
  await context.route(`${origin}/predict`, async (route) => {
    const response = await route.fetch();
    const headers = { ...response.headers() };
    delete headers["cross-origin-opener-policy"];
    delete headers["cross-origin-embedder-policy"];
    await route.fulfill({ response, headers });
  });
}

async function measure(browser: Browser, page: Page, path: string, megapixels: number): Promise<void> {
  const times: { worker: number; page: number; processor: number }[] = [];
  let facts = "";
  for (let round = 0; round <= rounds; round++) {
    const before = await processorSeconds(browser);
    const startedAt = performance.now();
    // The same name would be answered by the result that is still shown.
    const copy = path.replace(/\.tif$/, `-${round}.tif`);
    writeFileSync(copy, readFileSync(path));
    facts = await predictFile(page, copy);
    const took = (performance.now() - startedAt) / 1000;
    const worker = Number(await page.getByTestId("private-facts").getAttribute("data-compute-ms")) / 1000;
    const processor = (await processorSeconds(browser)) - before;
    if (round > 0) times.push({ worker, page: took, processor });
  }
  const cells = (await page.getByRole("status").filter({ hasText: "cells in" }).textContent()) ?? "";
  const per = (pick: (one: (typeof times)[number]) => number): string =>
    (median(times.map(pick)) / megapixels).toFixed(2).padStart(7);
  console.log(
    `  ${megapixels.toFixed(2).padStart(6)} MP  worker ${per((t) => t.worker)} s/MP  page ${per((t) => t.page)} s/MP` +
      `  processor ${per((t) => t.processor)} s/MP  ${cells.split(" in ")[0]}`,
  );
  console.log(`          ${/Computed[^.]*\./.exec(facts)?.[0]}  load ${loadavg()[0]?.toFixed(1)}`);
}

async function main(): Promise<void> {
  ensureWebBuilt();
  const folder = mkdtempSync(join(tmpdir(), "browser-predict-"));
  const server = await startServer();
  console.log(`${cpus()[0]?.model}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`);
  let signIn: string | undefined = server.signInUrl;
  let cookies: Awaited<ReturnType<BrowserContext["cookies"]>> = [];
  try {
    for (const device of values.devices.split(",")) {
      const { browser, context, page } = await openBrowser(flagsOf(device));
      if (signIn !== undefined) {
        await page.goto(signIn);
        await page.getByRole("heading", { level: 1 }).waitFor();
        cookies = await context.cookies();
        signIn = undefined;
      } else await context.addCookies(cookies);
      if (device === "one-thread") await withoutIsolation(context, server.origin);
      await openPrivately(page, server.origin, device === "webgpu" ? "Graphics card" : "Processor");
      if (values.model !== undefined) {
        await page.getByRole("combobox", { name: "Model version" }).click();
        await page.getByRole("option", { name: values.model }).click();
      }
      const first = performance.now();
      const facts = await predictFile(page, join(root, "samples", "unseen", "9bf9f3dc.png"));
      const model = await page.getByRole("combobox", { name: "Model version" }).textContent();
      console.log(
        `${device}, ${model}: first image with loading ${((performance.now() - first) / 1000).toFixed(1)} s; ${/Loaded[^;]*/.exec(facts)?.[0]}`,
      );
      const compared = samples().slice(0, Number(values.agree));
      if (compared.length > 0) {
        const at = { origin: server.origin, model: model ?? "" };
        const { f1, cells } = await agreement(page, at, compared, 0.9);
        console.log(
          `  F1@0.9 with the server's ${cells} cells in ${compared.length} images: ${f1.toFixed(4)}`,
        );
      }
      for (const side of sizes)
        await measure(browser, page, await writeSquare(folder, side), (side * side) / 1e6);
      await browser.close();
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
