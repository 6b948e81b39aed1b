/**
 * Predictions in the browser: the page's worker gives the server's cells, on the processor and through WebGPU, without a
 * pixel leaving the computer; it can be stopped, says what is wrong with a file, and works with one thread and offline.
 */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { BrowserContext, Page, Request } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/find-node.mjs";
import { imageArray } from "../../src/core/array/index.ts";
import { matchObjects } from "../../src/core/metrics/index.ts";
import { readImage, readLabels, writeImageTiff, writePng } from "../../src/formats/index.ts";
import { violations } from "./axe.ts";
import { openSite, type Site, shot, softwareWebGpu } from "./harness.ts";
import { openBrowserForTest, openPage } from "./open-page.ts";
import {
  agreement,
  openPrivately,
  predictFile,
  privateLabels,
  resultOf,
  saveResult,
  serverLabels,
} from "./private-driver.ts";

const imagesIn = (folder: string): string[] =>
  readdirSync(join(root, "samples", folder))
    .filter((name) => name.endsWith(".png"))
    .sort()
    .map((name) => join(root, "samples", folder, name));
const samples = [...imagesIn("nuclei/images"), ...imagesIn("unseen")];

/** Everything a page asks the network for, its workers included. */
function record(context: BrowserContext): Request[] {
  const requests: Request[] = [];
  context.on("request", (request) => requests.push(request));
  return requests;
}

describe("predictions in the browser", () => {
  let site: Site;
  let context: BrowserContext;
  let page: Page;
  let folder: string;
  let model: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "private-"));
    site = await openSite();
    ({ context, page } = site);
    await page.goto(site.signInUrl);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await openPrivately(page, site.origin);
    model = (await page.getByRole("combobox", { name: "Model version" }).textContent()) ?? "";
  });
  afterAll(async () => {
    await site?.stop();
    rmSync(folder, { recursive: true, force: true });
    expect(site.problems).toEqual([]);
  });

  const compare = (of: Page, paths: readonly string[]) =>
    agreement(of, { origin: site.origin, model }, paths, 0.9);

  test("nothing of the runtime is loaded before it is used; then only from this server, and no pixel is sent", async () => {
    const requests = record(context);
    await openPrivately(page, site.origin);
    await page.waitForTimeout(500);
    expect(requests.filter((request) => /\.wasm|private-worker|onnx/.test(request.url()))).toEqual([]);
    const before = requests.length;
    const facts = await predictFile(page, samples[0] as string);
    const after = requests.slice(before);
    // The page and its worker were heard.
    expect(after.some((request) => request.url().endsWith(".wasm"))).toBe(true);
    expect(after.some((request) => request.url().endsWith("/model.onnx"))).toBe(true);
    for (const request of requests) {
      expect([request.method(), request.postData()]).toEqual(["GET", null]);
      const url = new URL(request.url());
      if (url.protocol !== "blob:") expect(url.origin).toBe(site.origin);
      expect(request.url().length).toBeLessThan(300);
    }
    expect(facts).toMatch(/processor with \d threads/);
    expect(facts).toMatch(/Loaded .*runtime and .*model from this server/);
    await shot(page, "private-result");
  });

  test("the processor gives the server's cells in every sample", async () => {
    const { f1, cells } = await compare(page, samples);
    expect(cells).toBeGreaterThan(400);
    expect(f1).toBeGreaterThanOrEqual(0.99);
  });

  test("labels and measurements can be taken away", async () => {
    await predictFile(page, samples[1] as string);
    const labels = await privateLabels(page);
    const highest = labels.data.reduce((a, b) => Math.max(a, b), 0);
    const rows = new TextDecoder()
      .decode(await saveResult(page, "Measurements"))
      .trim()
      .split("\n");
    const png = await readLabels(await saveResult(page, "Label PNG"), { name: "labels.png" });
    expect([...png.data]).toEqual([...labels.data]);
    expect(rows).toHaveLength(1 + highest);
    const areas = new Map<number, number>();
    for (const label of labels.data) areas.set(label, (areas.get(label) ?? 0) + 1);
    const columns = (rows[0] ?? "").split(",");
    for (const row of rows.slice(1)) {
      const cells = row.split(",").map(Number);
      expect(cells[columns.indexOf("area_px")]).toBe(areas.get(cells[columns.indexOf("label")] as number));
    }
  });

  test("sliders work on the result without another run of the network", async () => {
    const count = async () =>
      Number.parseInt((await page.getByRole("status").first().textContent()) ?? "", 10);
    const before = await count();
    const slider = page.getByRole("slider", { name: "Smallest object" });
    await slider.focus();
    await slider.press("End");
    await expect.poll(count).toBeLessThan(before);
    await page.getByRole("button", { name: "As the model says" }).click();
    await expect.poll(count).toBe(before);
  });

  test("it stops at once when told so, and starts again", async () => {
    const path = join(folder, "large.tif");
    writeFileSync(path, noiseTiff(3000, 3000));
    await page.getByTestId("predict-file").setInputFiles(path);
    await page.getByText("Segmenting large.tif").waitFor();
    const progress = page.getByRole("progressbar", { name: "Prediction" });
    await expect.poll(() => progress.getAttribute("aria-valuenow"), { timeout: 120_000 }).not.toBe("0");
    await page.getByText(/ left$/).waitFor();
    await shot(page, "private-progress");
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("heading", { name: "Cancelled" }).waitFor({ timeout: 2_000 });
    await expect.poll(() => page.workers().length, { timeout: 30_000 }).toBe(0);
    await predictFile(page, samples[2] as string);
  });

  test("the second use needs no network, also after the worker was ended", async () => {
    await context.setOffline(true);
    const facts = await predictFile(page, samples[3] as string);
    await context.setOffline(false);
    expect(facts).toMatch(/nothing was loaded/);
  });

  test.each([
    ["text.png", () => new TextEncoder().encode("notes, not an image"), /text\.png/],
    ["cut.png", () => readFileSync(samples[0] as string).subarray(0, 9_000), /cut\.png/],
    ["bomb.png", bombPng, /bomb\.png.*limit/],
    ["nan.tif", () => noiseTiff(40, 40, Number.NaN), /not a finite number \(row 20, column 20\)/],
    ["cut.tif", () => noiseTiff(64, 64).subarray(0, 5_000), /cut\.tif/],
  ])("a bad file is refused with its reason: %s", async (name, bytes, said) => {
    const path = join(folder, name);
    writeFileSync(path, bytes());
    await page.getByTestId("predict-file").setInputFiles(path);
    const alert = page.getByRole("alert");
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(said);
    expect(await alert.textContent()).not.toMatch(/went wrong|inside the page/);
  });

  test("a stack asks for its plane, and the chosen one is segmented", async () => {
    const path = join(folder, "stack.tif");
    const read = await readImage(readFileSync(samples[4] as string), { name: "sample" });
    const plane = read.image.data as Uint8Array;
    const [height, width] = read.image.shape.slice(-2) as [number, number];
    const first = plane.subarray(0, height * width);
    const stack = new Uint8Array(3 * height * width);
    stack.set(first, height * width);
    writeFileSync(path, writeImageTiff(imageArray("uint8", "zyx", [3, height, width], stack)));
    await page.getByTestId("predict-file").setInputFiles(path);
    const plane2 = page.getByLabel("Focal plane, 1 to 3");
    await plane2.waitFor();
    await shot(page, "private-question");
    expect(await violations(page)).toEqual([]);
    expect(await plane2.inputValue()).toBe("2");
    await page.getByRole("button", { name: "Segment" }).click();
    await resultOf(page, "stack.tif");
    const grey = join(folder, "plane.tif");
    writeFileSync(grey, writeImageTiff(imageArray("uint8", "yx", [height, width], first)));
    const expected = await serverLabels(context, site.origin, model, grey);
    expect(matchObjects(expected, await privateLabels(page), 0.9).f1).toBeGreaterThanOrEqual(0.99);
  });

  test.each(["light", "dark"] as const)("no serious fault against WCAG in the %s scheme", async (scheme) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await openPrivately(page, site.origin);
    expect(await violations(page)).toEqual([]);
    await predictFile(page, samples[0] as string);
    expect(await violations(page)).toEqual([]);
    await page.getByTestId("private-facts").scrollIntoViewIfNeeded();
    await shot(page, `private-${scheme}`);
  });

  test("a page that is not isolated works with one thread and says so", async () => {
    const plain = await openPage({ context });
    await plain.route(`${site.origin}/predict`, async (route) => {
      const response = await route.fetch();
      const headers = { ...response.headers() };
      for (const name of ["cross-origin-opener-policy", "cross-origin-embedder-policy"]) delete headers[name];
      await route.fulfill({ response, headers });
    });
    await openPrivately(plain, site.origin);
    expect(await plain.evaluate(() => self.crossOriginIsolated)).toBe(false);
    expect(await page.evaluate(() => self.crossOriginIsolated)).toBe(true);
    const facts = await predictFile(plain, samples[1] as string);
    expect(facts).toMatch(/one thread only, because this page may not share memory/);
    const expected = await serverLabels(context, site.origin, model, samples[1] as string);
    expect(matchObjects(expected, await privateLabels(plain), 0.9).f1).toBeGreaterThanOrEqual(0.99);
  });

  test("a model file that was exchanged on the way is refused", async () => {
    const other = await openPage({ context });
    await context.route("**/model.onnx", async (route) => {
      const response = await route.fetch();
      const body = Buffer.from(await response.body());
      body[body.length >> 1] = (body[body.length >> 1] as number) ^ 1;
      await route.fulfill({ response, body });
    });
    await openPrivately(other, site.origin);
    await clearKeptModels(page);
    await expect(predictFile(other, samples[1] as string)).rejects.toThrow(/its digest differs/);
    await context.unroute("**/model.onnx");
  });

  test("WebGPU gives the server's cells too; without a card the processor takes over and says so", async () => {
    await openPrivately(page, site.origin, "Graphics card");
    expect(await predictFile(page, samples[1] as string)).toMatch(/graphics card was not used: .*no WebGPU/);
    const gpu = await openBrowserForTest(softwareWebGpu);
    const cookies = await context.cookies();
    await gpu.context.addCookies(cookies);
    await openPrivately(gpu.page, site.origin, "Graphics card");
    // Two and small: in software each takes the better part of a minute, most of it to find the scale.
    const dense = samples.find((path) => path.endsWith("0ea22171.png")) as string;
    const parts = await Promise.all([0, 1].map((i) => part(dense, 100 + 128 * i, folder)));
    const { f1, cells } = await compare(gpu.page, parts);
    expect(await gpu.page.getByTestId("private-facts").textContent()).toMatch(
      /on the graphics card .*through WebGPU/,
    );
    expect(cells).toBeGreaterThanOrEqual(20);
    expect(f1).toBeGreaterThanOrEqual(0.99);
  });
});

/** Forgets what private mode has kept, so that the model is fetched again. */
const clearKeptModels = (page: Page): Promise<unknown> =>
  page.evaluate(async () => Promise.all((await caches.keys()).map((key) => caches.delete(key))));

/** A square of 128 pixels of a sample, as a file of its own. */
async function part(path: string, x0: number, folder: string): Promise<string> {
  const { image } = await readImage(readFileSync(path), { name: path });
  const [, width = 0] = image.shape;
  const [side, y0] = [128, 200];
  const data = Uint8Array.from({ length: side * side }, (_, i) =>
    Number(image.data[(y0 + Math.floor(i / side)) * width + x0 + (i % side)]),
  );
  const out = join(folder, `part-${x0}.png`);
  writeFileSync(out, writePng({ height: side, width: side, channels: 1, data }));
  return out;
}

/** Smooth noise in float32; `middle` replaces the centre pixel. */
function noiseTiff(height: number, width: number, middle?: number): Uint8Array {
  const data = Float32Array.from(
    { length: height * width },
    (_, i) => Math.sin(i / 17) * Math.cos(Math.floor(i / width) / 13),
  );
  if (middle !== undefined) data[(height >> 1) * width + (width >> 1)] = middle;
  return writeImageTiff(imageArray("float32", "yx", [height, width], data));
}

/** A PNG whose header announces 60,000 x 60,000 pixels. */
function bombPng(): Uint8Array {
  const bytes = writePng({ height: 1, width: 1, channels: 1, data: Uint8Array.of(7) });
  const view = new DataView(bytes.buffer);
  view.setUint32(16, 60_000);
  view.setUint32(20, 60_000);
  view.setUint32(29, crc32(bytes.subarray(12, 29)));
  return bytes;
}
